import { z } from 'zod';
import { buildTables, type Run, runRules } from './audit-run.ts';
import { messageOf } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import { mergeResults } from './findings/merge.ts';
import { fetchPeople } from './findings/people.ts';
import type { AuditResult, Timing } from './findings/result.ts';
import { fetchTimelines } from './findings/timelines.ts';
import { type AccountRange, openFocus, rangesOf, showWhole } from './ingest/focus.ts';
import { keptParts } from './kept-parts.ts';

/*
 * Rules look at one account at a time, so an audit of many can be done a part of the accounts after the other: where all of them together
 * do not fit into memory, and where an audit that is cut off is to go on from where it was.
 */

/**
 * What a part needs of memory, by its entries: their columns that the model reads, the tables that it makes of them, and the work of
 * making them. Measured: test/bench/RESULTS.md, memory.
 */
const bytesPerEntry = 450;

/** So many parts an audit has at least that is to be resumed: no more than one of them is done again. */
const leastParts = 8;

/** The ranges in which a run has to be done; null where all accounts can be looked at together. */
export async function partsOf({ session, options, loaded }: Run): Promise<readonly AccountRange[] | null> {
  const fits = Math.floor((await memoryLimitOf(session)) / bytesPerEntry);
  const most = options.resume === true ? Math.min(fits, Math.ceil(loaded.events / leastParts)) : fits;
  if (options.resume !== true && loaded.events <= most) return null;
  const ranges = await rangesOf(session, most);
  return ranges.length > 1 ? ranges : null;
}

const limitRow = z.object({ bytes: z.bigint() });

async function memoryLimitOf(session: Run['session']): Promise<number> {
  const [row] = await session.rows(limitRow, "SELECT parse_formatted_bytes(current_setting('memory_limit'))::BIGINT AS bytes");
  return Number(row?.bytes ?? 0n);
}

export type Audited = { readonly result: AuditResult; readonly tables: Timing['tables'] };

/** Audits one range after the other, and puts the results together. */
export async function auditParts(run: Run, ranges: readonly AccountRange[]): Promise<Audited> {
  const { session, options, rules, meta } = run;
  const log = meta === null ? 'read' : 'stored';
  const asOf = options.asOf ?? (await lastEventOf(session));
  const kept = options.resume === true ? await keptParts(run) : null;
  const focus = await openFocus(session, log);
  const tables = new Map<string, number>();
  const parts: AuditResult[] = [];
  const failed: Issue[] = [];
  let isLocked = false;
  const waiting = [...ranges];
  for (let range = waiting.shift(); range !== undefined; range = waiting.shift()) {
    const before = await kept?.read(range);
    if (before !== undefined && before !== null) {
      parts.push(before);
      continue;
    }
    try {
      await focus(range);
      const part = { ...run, loaded: await loadedOf(run), rules: { ...rules, issues: [] } };
      const built = await buildTables(part);
      if (!isLocked) await session.lock();
      isLocked = true;
      for (const { name, ms } of built.tableTimes) tables.set(name, (tables.get(name) ?? 0) + ms);
      const result = await withSurroundings(
        run,
        await runRules(part, { ...built, asOf: built.asOf === null ? null : asOf }),
      );
      await kept?.write(range, result);
      parts.push(result);
    } catch (thrown) {
      if (!/Out of Memory/i.test(messageOf(thrown))) throw thrown;
      const halves = await rangesOf(session, Math.ceil((await loadedOf(run)).events / 2));
      if (range.accounts > 1 && halves.length > 1) waiting.unshift(...halves);
      else failed.push(tooLarge(range, messageOf(thrown)));
    }
  }
  await showWhole(session, log);
  await kept?.remove();
  return { result: whole(run, parts, failed), tables: [...tables].map(([name, ms]) => ({ name, ms })) };
}

function tooLarge({ first, accounts }: AccountRange, message: string): Issue {
  const whom = accounts === 1 ? first : `${first} and ${accounts - 1} more accounts`;
  return {
    severity: 'error',
    message: `${whom}: not audited, as it does not fit into memory; give it more with --memory-limit (${message}).`,
  };
}

function whole(
  { loaded, rules, started, options }: Run,
  parts: readonly AuditResult[],
  failed: readonly Issue[],
): AuditResult {
  const merged = mergeResults(parts);
  const { config } = options;
  return {
    ...merged,
    run: {
      ...merged.run,
      events: loaded.events,
      duplicates: loaded.duplicates,
      durationMs: Math.round(performance.now() - started),
      ...(config === undefined ? {} : { config: config.file }),
    },
    files: loaded.files,
    issues: [...rules.issues, ...failed, ...loaded.issues, ...merged.issues],
  };
}

/** What a part is as a whole: its entries; files and what is wrong with them belong to the run. */
async function loadedOf({ session }: Run): Promise<Run['loaded']> {
  const [row] = await session.rows(z.object({ events: z.bigint() }), 'SELECT count(*) AS events FROM event_log');
  return { files: [], issues: [], events: Number(row?.events ?? 0n), duplicates: 0 };
}

async function lastEventOf(session: Run['session']): Promise<Date | null> {
  const [row] = await session.rows(
    z.object({ event_time: z.date().nullable() }),
    'SELECT max(event_time) AS event_time FROM event_log',
  );
  return row?.event_time ?? null;
}

/** Whom findings hit, and what happened around them: looked up while the tables are there. */
export async function withSurroundings({ session, options }: Run, result: AuditResult): Promise<AuditResult> {
  const people = options.people === false ? {} : { people: await fetchPeople(session, result.findings) };
  const timelines = options.timelines === true ? { timelines: await fetchTimelines(session, result.findings) } : {};
  return { ...result, ...people, ...timelines };
}
