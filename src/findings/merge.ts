import { createHash } from 'node:crypto';
import { compareText } from '../engine/compare.ts';
import { UserError } from '../engine/errors.ts';
import type { Issue } from '../engine/issue.ts';
import { mergeAccounts } from './merge-accounts.ts';
import { checkParts, type Part, shardList } from './merge-check.ts';
import { mergeFiles } from './merge-files.ts';
import { mergeIssues } from './merge-issues.ts';
import { mergeRules } from './merge-rules.ts';
import { mergeSuppressions } from './merge-suppressions.ts';
import { mergePeople, mergeTimelines } from './merge-surroundings.ts';
import { compareFindings } from './order.ts';
import type { AuditResult, RunSummary, Timing } from './result.ts';

export type MergeOptions = {
  /** What the parts are called in errors, in their order; `part 1`, … by default. */
  readonly names?: readonly string[];
  /** Shards may be missing; an issue says which. */
  readonly partial?: boolean;
};

/**
 * The result that one run would have given, from those of its parts: the shares of `--shard`, or runs over different accounts or
 * folders. Findings are those of one run, byte for byte. The order of the parts does not matter.
 *
 * A rule that failed in one part counts as failed, and keeps what it found in the others. A file of which all parts say the same is
 * told once. Where shards say different things of a file, it changed between their runs: then the row with the most entries is told,
 * and an issue says so, as it does of a file that not all of them read. Where other parts do, each row stays: files of different folders can have the same name.
 * @throws UserError in one line where the parts do not belong together
 */
export function mergeResults(parts: readonly AuditResult[], options: MergeOptions = {}): AuditResult {
  const named = parts.map((result, at): Part => ({ result, name: options.names?.[at] ?? `part ${at + 1}` }));
  const missing = checkParts(named, options.partial ?? false);
  const ordered = inOrder(parts);
  const [first] = ordered;
  if (first === undefined) throw new UserError('there is nothing to merge: name the results of at least one run');

  const { files, issues: fileIssues } = mergeFiles(ordered);
  const findings = ordered.flatMap((part) => part.findings).sort(compareFindings);
  const rules = mergeRules(ordered);
  const accounts = mergeAccounts(ordered, rules, findings);
  const timelines = mergeTimelines(ordered, findings);
  const people = mergePeople(ordered);
  const isMissing: readonly Issue[] =
    missing.length === 0
      ? []
      : [
          {
            severity: 'data_loss',
            message: `${shardList(missing)} ${missing.length === 1 ? 'is' : 'are'} not among the merged results: nothing is known about the accounts in ${missing.length === 1 ? 'it' : 'them'}.`,
          },
        ];
  return {
    tool: first.tool,
    run: mergeRuns(ordered, { accounts, duplicates: files.reduce((sum, file) => sum + file.duplicates, 0) }),
    files,
    issues: [...isMissing, ...fileIssues, ...mergeIssues(ordered)],
    rules,
    findings,
    suppressions: mergeSuppressions(ordered),
    ...(accounts === undefined ? {} : { accounts }),
    ...(people === undefined ? {} : { people }),
    ...(timelines === undefined ? {} : { timelines }),
  };
}

/** Shards by their number; others by what is in them, so that it does not matter in which order they were named. */
function inOrder(parts: readonly AuditResult[]): readonly AuditResult[] {
  if (parts.length < 2) return parts;
  if (parts.every(({ run }) => run.shard !== undefined)) {
    return parts.toSorted((a, b) => (a.run.shard?.index ?? 0) - (b.run.shard?.index ?? 0));
  }
  return parts
    .map((part) => ({ part, key: digestOf(part) }))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ part }) => part);
}

function digestOf({ run, files, issues, rules, findings, suppressions, accounts = [] }: AuditResult): string {
  const hash = createHash('sha256');
  // Piece by piece: all findings together can be longer than the longest text.
  for (const list of [[run], files, issues, rules, findings, suppressions, accounts]) {
    hash.update(`${list.length}\n`);
    for (const item of list) hash.update(`${JSON.stringify(item, withoutBigint)}\n`);
  }
  // What is read first comes first, so that the order can be followed.
  return `${run.asOf ?? ''} ${files[0]?.path ?? ''} ${hash.digest('hex')}`;
}

function withoutBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function mergeRuns(
  parts: readonly AuditResult[],
  { accounts, duplicates }: { readonly accounts: AuditResult['accounts']; readonly duplicates: number },
): RunSummary {
  const runs = parts.map(({ run }) => run);
  const sum = (of: (run: RunSummary) => number) => runs.reduce((all, run) => all + of(run), 0);
  const ends = runs.flatMap(({ asOf }) => asOf ?? []).sort(compareText);
  const configs = [...new Set(runs.flatMap(({ config }) => config ?? []))].sort(compareText);
  const timing = mergeTiming(runs);
  const withEvents = accounts?.every(({ events }) => events !== undefined)
    ? accounts.filter(({ events = 0 }) => events > 0).length
    : undefined;
  return {
    asOf: ends.at(-1) ?? null,
    events: sum(({ events }) => events),
    duplicates,
    accounts: withEvents ?? sum(({ accounts }) => accounts),
    durationMs: sum(({ durationMs }) => durationMs),
    ...(configs.length === 0 ? {} : { config: configs.join(', ') }),
    ...(runs.some(({ redacted }) => redacted === true) ? { redacted: true as const } : {}),
    ...(timing === null ? {} : { timing }),
  };
}

/** The work of all parts together, as if one after another; null where some part does not tell of its own. */
function mergeTiming(runs: readonly RunSummary[]): Timing | null {
  const timings = runs.flatMap(({ timing }) => timing ?? []);
  if (timings.length < runs.length) return null;
  const limits = timings.flatMap(({ memoryLimit }) => memoryLimit ?? []);
  const summed = (lists: readonly Timing['phases'][]): Timing['phases'] => {
    const times = new Map<string, number>();
    for (const { name, ms } of lists.flat()) times.set(name, (times.get(name) ?? 0) + ms);
    return [...times].map(([name, ms]) => ({ name, ms }));
  };
  return {
    phases: summed(timings.map(({ phases }) => phases)),
    tables: summed(timings.map(({ tables }) => tables)),
    ...(limits.length === 0 ? {} : { memoryLimit: Math.max(...limits) }),
  };
}
