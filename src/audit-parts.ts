import { z } from 'zod';
import { shareOf } from './asked-options.ts';
import { buildRun, type Part, type Ruled, type Run, runRules } from './audit-run.ts';
import { isOutOfMemory, messageOf } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import { firstAndMore } from './engine/issue-accounts.ts';
import { memoryLimitOf } from './engine/memory-limit.ts';
import { mergeResults } from './findings/merge.ts';
import { fetchPeople } from './findings/people.ts';
import type { AuditResult, Timing } from './findings/result.ts';
import { fetchTimelines } from './findings/timelines.ts';
import { type AccountRange, openFocus, rangesOf, showWhole } from './ingest/focus.ts';
import { keptParts } from './kept-parts.ts';
import type { Wanted } from './model/build.ts';

/*
 * Rules look at one account at a time, so an audit of many can be done a part of the accounts after the other: where all of them together
 * do not fit into memory, and where an audit that is cut off is to go on from where it was.
 */

/**
 * What a part needs of memory, by its entries: their columns that the model reads, the tables that it makes of them, and the work of
 * making them. Measured: test/bench/RESULTS.md, memory.
 */
const bytesPerEntry = 450;

/** So often accounts are halved where a rule fails for both halves, until that is taken for a fault of the rule. */
const leastLevels = 2;

/** So many parts an audit has at least that is to be resumed: no more than one of them is done again. */
const leastParts = 8;

/** The ranges in which a run has to be done; null where all accounts can be looked at together. */
export async function partsOf({ session, options, loaded }: Run): Promise<readonly AccountRange[] | null> {
  const fits = options.entriesAtATime ?? Math.floor((await memoryLimitOf(session)) / bytesPerEntry);
  const most = options.resume === true ? Math.min(fits, Math.ceil(loaded.events / leastParts)) : fits;
  if (options.resume !== true && loaded.events <= most) return null;
  const ranges = await rangesOf(session, most);
  return ranges.length > 1 ? ranges : null;
}

export type Audited = { readonly result: AuditResult; readonly tables: Timing['tables'] };

/** Audits one range after the other, and puts the results together. */
export async function auditParts(run: Run, ranges: readonly AccountRange[]): Promise<Audited> {
  const kept = run.options.resume === true ? await keptParts(run) : null;
  const auditor = await openAuditor(run);
  const parts: Part[] = [];
  for (const range of ranges) {
    const before = (await kept?.read(range)) ?? null;
    if (before !== null) {
      parts.push(before);
      continue;
    }
    const passedOver = auditor.failed().length;
    const audited = await auditor.audit(range);
    // What is kept of a range is one part, however often it had to be parted.
    if (audited.length === 0) continue;
    const part = audited.length === 1 ? audited[0] : together(audited);
    if (part === undefined) continue;
    // Whom it passed over would not be told again, and may fit into what the next run has.
    if (auditor.failed().length === passedOver) await kept?.write(range, part);
    parts.push(part);
  }
  await auditor.close();
  const result = await whole(run, parts, auditor.failed());
  await kept?.remove();
  return { result, tables: auditor.tables() };
}

/**
 * For a run of which a rule failed over its rows: parts the accounts until the rule fails for those alone that it cannot take. Null where
 * that tells nothing, as there is one account, or the rule fails for any.
 */
export async function isolate(run: Run, ruled: Ruled): Promise<Audited | null> {
  const [range, ...others] = await rangesOf(run.session, Number.POSITIVE_INFINITY);
  if (range === undefined || range.accounts < 2 || others.length > 0) return null;
  const auditor = await openAuditor(run, { isLocked: true });
  const parts = await auditor.isolate(range, ruled);
  await auditor.close();
  return parts.length < 2 ? null : { result: await whole(run, parts, auditor.failed()), tables: auditor.tables() };
}

async function openAuditor(run: Run, { isLocked = false } = {}) {
  const { session, rules, meta } = run;
  // A part is no share: only all of them together are.
  const { shard: _shard, ...options } = run.options;
  const log = meta === null ? 'read' : 'stored';
  // Kept tables are of all accounts: of a range they can be looked at, of a share not.
  const kept = run.options.shard === undefined ? meta : null;
  const focus = await openFocus(session, log);
  const tables = new Map<string, number>();
  const failed: Issue[] = [];
  let locked = isLocked;

  const once = async (range: AccountRange): Promise<Ruled> => {
    await focus(range);
    const part = { ...run, options, meta: kept, loaded: await loadedOf(run), rules: { ...rules, issues: [] } };
    const built = await buildRun(part, range);
    if (!locked) await run.lock();
    locked = true;
    for (const { name, ms } of built.tableTimes) tables.set(name, (tables.get(name) ?? 0) + ms);
    const ruled = await runRules(part, { ...built, issues: [] });
    const result = await withSurroundings(run, ruled.result);
    return { ...ruled, result: range.accounts > 1 ? result : naming(range.first, { ...ruled, result }) };
  };
  /** Accounts that do not fit into memory together are parted; one that does not fit alone is passed over, and told. */
  const fitting = async (range: AccountRange): Promise<readonly (readonly [AccountRange, Ruled])[]> => {
    try {
      return [[range, await once(range)]];
    } catch (thrown) {
      if (!isOutOfMemory(thrown)) throw thrown;
      const halves = await halvesOf(range);
      if (halves.length < 2) {
        failed.push(tooLarge(range, messageOf(thrown)));
        return [];
      }
      return (await oneByOne(halves, fitting)).flat();
    }
  };
  const halvesOf = async (range: AccountRange) => {
    if (range.accounts < 2) return [];
    await focus(range);
    return rangesOf(session, Math.ceil((await loadedOf(run)).events / 2));
  };
  const isolated = async (range: AccountRange, ruled: Ruled, levels = leastLevels): Promise<readonly Part[]> => {
    if (ruled.failedSelects.size === 0) return [ruled];
    const halves = await halvesOf(range);
    const tried = halves.length < 2 ? [] : (await oneByOne(halves, fitting)).flat();
    const left = tried.every(([, { failedSelects }]) => failedSelects.size > 0) ? levels - 1 : leastLevels;
    // What fails everywhere is the rule, not the rows of some account.
    if (tried.length === 0 || left < 0) return [ruled];
    const parts = (await oneByOne(tried, ([half, ruledHalf]) => isolated(half, ruledHalf, left))).flat();
    return left < leastLevels && parts.length === tried.length ? [ruled] : parts;
  };
  return {
    audit: async (range: AccountRange) =>
      (await oneByOne(await fitting(range), ([part, ruled]) => isolated(part, ruled))).flat(),
    isolate: isolated,
    tables: () => [...tables].map(([name, ms]) => ({ name, ms })),
    failed: (): readonly Issue[] => failed,
    close: () => showWhole(session, log),
  };
}

async function oneByOne<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function together(parts: readonly Part[]): Part {
  const requirements = new Map<string, Set<string>>();
  for (const [table, accounts] of parts.flatMap((part) => [...part.requirements])) {
    const there = requirements.get(table) ?? new Set();
    for (const account of accounts) there.add(account);
    requirements.set(table, there);
  }
  return { result: mergeResults(parts.map(({ result }) => result)), requirements };
}

/** Among other parts it has to be said whose rows a rule failed over. */
function naming(account: string, { result, failedOverRows }: Ruled): AuditResult {
  return {
    ...result,
    rules: result.rules.map((rule) =>
      failedOverRows.has(rule.id) ? { ...rule, reason: `${account}: ${rule.reason ?? ''}` } : rule,
    ),
  };
}

function tooLarge({ first, accounts }: AccountRange, message: string): Issue {
  const whom = firstAndMore(first, accounts - 1);
  return {
    severity: 'error',
    message: `${whom}: not audited, as it does not fit into memory; give it more with --memory-limit (${message}).`,
  };
}

/** Coverage alone, which is always made. */
const nothing: Wanted = { tables: new Set(), columns: new Set() };

/** What the parts say together. What one run over all accounts would know at once is looked at again, as everything is to be seen by now. */
async function whole(run: Run, parts: readonly Part[], failed: readonly Issue[]): Promise<AuditResult> {
  const { loaded, rules, started, options } = run;
  const { result, requirements } = together(parts);
  const { accounts, issues } = await buildRun({ ...run, wanted: nothing, loaded: await loadedOf(run) });
  const { skipReasonOf } = await run.runner;
  const sound = new Map(rules.checked.sound.map((rule) => [rule.id, rules.configured.of(rule)]));
  return {
    ...result,
    run: {
      ...result.run,
      events: loaded.events,
      duplicates: loaded.duplicates,
      accounts: accounts.length,
      ...shareOf(options),
      durationMs: Math.round(performance.now() - started),
    },
    files: loaded.files,
    issues: [...rules.issues, ...failed, ...loaded.issues, ...issues],
    rules: result.rules.map((rule) => {
      const configured = sound.get(rule.id);
      if (rule.status === 'failed' || configured === undefined) return rule;
      return { ...rule, reason: skipReasonOf(configured, accounts, requirements) };
    }),
  };
}

/** What a part is as a whole: its entries; files and what is wrong with them belong to the run. */
async function loadedOf({ session, loaded: { lastEvent } }: Run): Promise<Run['loaded']> {
  const [row] = await session.rows(z.object({ events: z.bigint() }), 'SELECT count(*) AS events FROM event_log');
  return { files: [], issues: [], events: Number(row?.events ?? 0n), duplicates: 0, lastEvent };
}

/** Whom findings hit, and what happened around them: looked up while the tables are there. */
export async function withSurroundings({ session, options }: Run, result: AuditResult): Promise<AuditResult> {
  const people = options.people === false ? {} : { people: await fetchPeople(session, result.findings) };
  const timelines = options.timelines === true ? { timelines: await fetchTimelines(session, result.findings) } : {};
  return { ...result, ...people, ...timelines };
}
