import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { aboutColumns, aboutOf, type EventAbout } from './event-about.ts';
import { evidenceColumns, evidenceOf } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';

/** An event around a finding: what evidence shows of it, and what it is about. `errorReason`, `name` and `address` may be cut. */
export type TimelineEvent = Evidence & EventAbout & { readonly accountId: string };

export type Timeline = {
  /** Places in `Timelines.events`, in the order of time, ties by log id. */
  readonly events: readonly number[];
  /** How many there are with those that were left out. */
  readonly total: number;
};

/** What happened around findings. An event that several of them have around them is there once. */
export type Timelines = {
  /** When the first and the last thing could be seen (ISO 8601, UTC); `null` where there was no event. */
  readonly begin: string | null;
  readonly end: string | null;
  readonly events: readonly TimelineEvent[];
  /** By the fingerprint of the finding. */
  readonly ofFindings: ReadonlyMap<string, Timeline>;
  /** Findings that have none because all of them together would be too much; the mildest. */
  readonly leftOut: number;
};

/** So many events around the evidence of one finding. */
const mostEvents = 200;
/** So much text in all, in bytes, about. */
const mostText = 20_000_000;
/** So many ids of a kind are followed from one finding: one that is about thousands of conversations tells of the first. */
const followed = { log: mostEvents, request: 50, conversation: 20, participant: 20 } as const;
type Kind = keyof typeof followed;
/** Findings are looked up together, as each look is a pass over the log, but not all at once, as they may have much around them. */
const batch = 2000;
/** What a place in a list of events takes. */
const placeText = 7;

const groupRow = z.object({ place: z.number(), total: z.number(), event_keys: z.array(z.bigint()) });

const eventRow = z.object({
  ...evidenceColumns,
  ...aboutColumns,
  event_key: z.bigint(),
  account_id: z.string(),
  line: z.bigint().nullable(),
});

/**
 * What happened around findings: the events of the conversations, participants and requests that they and their evidence name.
 * Findings come first that are first in their list, the worst ones, until the text is too much.
 */
export async function fetchTimelines(session: Session, findings: readonly Finding[]): Promise<Timelines> {
  const [sql, eventsSql] = await Promise.all([
    sqlFile(import.meta.url, './timelines.sql'),
    sqlFile(import.meta.url, './timeline-events.sql'),
  ]);
  const known = new Map<bigint, TimelineEvent>();
  const list = timelineList((key: bigint) => known.get(key));
  let looked = 0;
  while (looked < findings.length && !list.isFull()) {
    const some = findings.slice(looked, looked + batch);
    const groups = await session.rows(groupRow, sql, { ids: JSON.stringify(idsOf(some)), most: mostEvents });
    for (const [key, event] of await fetchEvents(session, eventsSql, groups, known)) known.set(key, event);
    const byPlace = new Map(groups.map((group) => [group.place, group]));
    for (const [at, finding] of some.entries()) {
      if (list.isFull()) break;
      looked += 1;
      const group = byPlace.get(at);
      if (group !== undefined) list.add(finding.fingerprint, group.event_keys, group.total);
    }
  }
  return { ...(await extent(session)), ...list.told(), leftOut: findings.length - looked };
}

/** Puts the events around one finding after the other into one list, each once, until their text is too much. */
export function timelineList<Key>(eventOf: (key: Key) => TimelineEvent | undefined) {
  const events: TimelineEvent[] = [];
  const places = new Map<Key, number>();
  const ofFindings = new Map<string, Timeline>();
  let room = mostText;
  return {
    isFull: () => room <= 0,
    add(fingerprint: string, keys: readonly Key[], total: number) {
      for (const key of keys) {
        const event = eventOf(key);
        if (event === undefined || places.has(key)) continue;
        places.set(key, events.push(event) - 1);
        room -= JSON.stringify(event).length;
      }
      room -= keys.length * placeText;
      ofFindings.set(fingerprint, { events: keys.flatMap((key) => places.get(key) ?? []), total });
    },
    told: (): Pick<Timelines, 'events' | 'ofFindings'> => ({ events, ofFindings }),
  };
}

type AskedId = { readonly place: number; readonly account_id: string; readonly kind: Kind; readonly id: string };

function idsOf(findings: readonly Finding[]): readonly AskedId[] {
  return findings.flatMap(({ accountId, subject, related, evidence, requestIds, correlationIds }, place) => {
    const about = (kind: Kind) => [subject, ...related].flatMap(({ type, id }) => (type === kind ? [id] : []));
    const ids = (kind: Kind, all: readonly string[]) =>
      [...new Set(all)].slice(0, followed[kind]).map((id): AskedId => ({ place, account_id: accountId, kind, id }));
    return [
      ...ids(
        'log',
        evidence.map(({ logId }) => logId),
      ),
      ...ids('request', [...requestIds, ...correlationIds, ...about('request')]),
      ...ids('conversation', about('conversation')),
      ...ids('participant', about('participant')),
    ];
  });
}

async function fetchEvents(
  session: Session,
  sql: string,
  groups: readonly z.infer<typeof groupRow>[],
  known: ReadonlyMap<bigint, TimelineEvent>,
): Promise<ReadonlyMap<bigint, TimelineEvent>> {
  const wanted = new Set(groups.flatMap((group) => group.event_keys.filter((key) => !known.has(key))));
  if (wanted.size === 0) return new Map();
  // As one text: a list parameter would be bound value by value.
  const rows = await session.rows(eventRow, sql, { keys: [...wanted].join(',') });
  return new Map(rows.map((row) => [row.event_key, eventOf(row)]));
}

function eventOf(row: z.infer<typeof eventRow>): TimelineEvent {
  const line = row.line === null ? null : Number(row.line);
  return { accountId: row.account_id, ...evidenceOf(row, line), ...aboutOf(row) };
}

async function extent(session: Session): Promise<Pick<Timelines, 'begin' | 'end'>> {
  const [row] = await session.rows(
    z.object({ begin: z.date().nullable(), end: z.date().nullable() }),
    'SELECT min(export_begin) AS begin, max(as_of) AS "end" FROM coverage',
  );
  return { begin: row?.begin?.toISOString() ?? null, end: row?.end?.toISOString() ?? null };
}
