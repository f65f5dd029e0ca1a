import { z } from 'zod';
import { compareText } from '../engine/compare.ts';
import { UserError } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Wanted } from '../model/build.ts';
import { fetchEvents, type TracedEvent } from './events.ts';
import { typeOfId } from './id-type.ts';
import { dataOf, fetchRecords } from './records.ts';
import { idTypes, type Match, type Story, type StoryEvent, type StoryFinding, type StoryRecord } from './story.ts';
import { requestsOf, touchedBy } from './touched.ts';
import { touchingFindings } from './touching.ts';

/** What following an id reads of the model. */
export const wantedForStories: Wanted = {
  tables: new Set([
    'trace_ids',
    'conversations',
    'participants',
    'diagnostics',
    'profile_merges',
    'configuration_periods',
    'coverage',
  ]),
  columns: new Set(),
};

/**
 * Everything that the loaded files tell of an id, one story per account in which it occurs. The id is data: it is compared, never
 * a pattern.
 * @throws UserError where no event and no record names it, with ids that may have been meant.
 */
export async function followId(session: Session, id: string, audit: AuditResult): Promise<readonly Story[]> {
  await session.run(await sqlFile(import.meta.url, './macros.sql'));
  await session.run(await sqlFile(import.meta.url, './hits.sql'), { id, kind: typeOfId(id) });
  await session.run(await sqlFile(import.meta.url, './parts.sql'), { id });
  const events = await fetchEvents(session);
  const entities = await fetchEntities(session);

  const drafts = [...events].map(([accountId, own]) => {
    const touched = touchedBy(own, (each) => entities.get(place(accountId, each)));
    return { accountId, events: own, touched, requests: requestsOf(own) };
  });
  const records = await fetchRecords(
    session,
    id,
    drafts.map(({ accountId, events: own, touched, requests }) => ({
      accountId,
      ids: new Set([
        ...touched.flatMap((each) => [each.id, ...textsOf(each.data.configuration_id)]),
        ...requests.flatMap(({ requestId, correlationIds }) => [requestId, ...correlationIds]),
      ]),
      began: earliest([own[0]?.event.eventTime, ...touched.flatMap(({ data }) => textsOf(data.created_at))]),
      ended: own.at(-1)?.event.eventTime ?? null,
    })),
  );
  // What only a finding names, an address or a store that no file describes, has no events of its own.
  const found = audit.findings.filter(({ subject, related }) => [subject, ...related].some((each) => each.id === id));
  const accounts = [...new Set([...events.keys(), ...records.keys(), ...found.map(({ accountId }) => accountId)])].sort(
    compareText,
  );
  if (accounts.length === 0) throw await unknownId(session, id, audit);

  const hits = await countHits(session);
  const ends = await fetchEnds(session);
  return accounts.map((accountId) => {
    const draft = drafts.find((each) => each.accountId === accountId);
    const own = draft?.events ?? [];
    const beside = records.get(accountId) ?? [];
    const touched = draft?.touched ?? [];
    const requests = draft?.requests ?? [];
    const findings = touchingFindings(audit.findings, {
      id,
      accountId,
      logIds: new Set(own.map(({ event }) => event.logId)),
      requestIds: requests.flatMap(({ requestId, correlationIds }) => [requestId, ...correlationIds]),
      touched,
      addresses: new Set(own.flatMap(({ event }) => event.address ?? [])),
      records: beside,
    });
    return {
      accountId,
      matches: matchesOf(id, hits.get(accountId) ?? new Map(), beside),
      began: own[0]?.event.eventTime ?? null,
      ended: own.at(-1)?.event.eventTime ?? null,
      exportBegin: ends.get(accountId)?.begin ?? null,
      asOf: ends.get(accountId)?.end ?? null,
      files: filesOf(own),
      requests,
      touched,
      events: withFindings(own, findings),
      findings,
      records: beside,
    };
  });
}

async function fetchEntities(session: Session): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), id: z.string(), data: z.string() }),
    await sqlFile(import.meta.url, './entities.sql'),
  );
  return new Map(rows.map(({ account_id, id, data }) => [place(account_id, id), dataOf(data)]));
}

function place(accountId: string, id: string): string {
  return `${accountId}\n${id}`;
}

/** How many events name the id, by account and type. */
async function countHits(session: Session): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), kind: z.string(), events: z.bigint() }),
    'SELECT account_id, kind, count(*) AS events FROM story_hits GROUP BY account_id, kind',
  );
  const counts = new Map<string, Map<string, number>>();
  for (const { account_id, kind, events } of rows) {
    counts.set(account_id, (counts.get(account_id) ?? new Map<string, number>()).set(kind, Number(events)));
  }
  return counts;
}

/** Where the export of the sources of each story's events begins and ends. */
async function fetchEnds(
  session: Session,
): Promise<ReadonlyMap<string, { readonly begin: string; readonly end: string }>> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), begin: z.date(), end: z.date() }),
    await sqlFile(import.meta.url, './ends.sql'),
  );
  return new Map(
    rows.map(({ account_id, begin, end }) => [account_id, { begin: begin.toISOString(), end: end.toISOString() }]),
  );
}

function matchesOf(id: string, hits: ReadonlyMap<string, number>, records: readonly StoryRecord[]): readonly Match[] {
  // An API error or an observation names an id as what its form says; a request id has no form.
  const own = records.filter(({ through }) => through === id);
  const asRequest = own.filter(({ type, data }) => type === 'api-error' && data.request_id === id).length;
  const formed = own.length - asRequest;
  const type = typeOfId(id);
  return idTypes.flatMap((each) => {
    const events = hits.get(each) ?? 0;
    const count = (each === 'request' ? asRequest : 0) + (each === type ? formed : 0);
    return events + count === 0 ? [] : [{ type: each, events, records: count }];
  });
}

function filesOf(events: readonly TracedEvent[]): Story['files'] {
  const files = new Map<string, { readonly format: string; events: number }>();
  for (const { event } of events) {
    const there = files.get(event.file);
    if (there === undefined) files.set(event.file, { format: event.format, events: 1 });
    else there.events++;
  }
  return [...files]
    .map(([path, { format, events }]) => ({ path, format, events }))
    .sort((a, b) => compareText(a.path, b.path));
}

function withFindings(events: readonly TracedEvent[], findings: readonly StoryFinding[]): readonly StoryEvent[] {
  const citing = new Map<string, string[]>();
  for (const { fingerprint, evidence } of findings) {
    for (const { logId } of evidence) {
      const there = citing.get(logId);
      if (there === undefined) citing.set(logId, [fingerprint]);
      else if (there.at(-1) !== fingerprint) there.push(fingerprint);
    }
  }
  return events.map(({ event }) => ({ ...event, findings: citing.get(event.logId) ?? [] }));
}

function textsOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

function earliest(times: readonly (string | undefined)[]): string | null {
  const [first] = times.filter((time) => time !== undefined).sort(compareText);
  return first ?? null;
}

async function unknownId(session: Session, id: string, { run, files, issues }: AuditResult): Promise<UserError> {
  const near = await session.rows(z.object({ id: z.string() }), await sqlFile(import.meta.url, './near-ids.sql'), {
    id,
  });
  const searched = `${run.events} ${run.events === 1 ? 'event' : 'events'} and the records of ${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  const advice =
    near.length > 0
      ? `: did you mean ${near.map((row) => row.id).join(' or ')}?`
      : '; see that the id is whole, and that the exports of its time and account are among the files';
  // Where an input could not be used, the id may well be in that one.
  const unusable = issues
    .filter(({ severity }) => severity === 'error')
    .map(({ file, message }) => (file === undefined ? message : `${file}: ${message}`));
  return new UserError(
    [...unusable, `nothing is known of "${id.length > 80 ? `${id.slice(0, 79)}…` : id}" in ${searched}${advice}`].join(
      '\n',
    ),
  );
}
