import type { Issue } from '../engine/issue.ts';
import { readSkip } from '../rules/partly.ts';
import type { Finding } from './finding.ts';
import { aboutAccounts } from './issue-accounts.ts';
import type {
  AccountSummary,
  AuditResult,
  BaselineSummary,
  RuleCounts,
  RuleSummary,
  SuppressionSummary,
} from './result.ts';
import type { Timelines } from './timelines.ts';

/**
 * A result as far as it is about one account: its findings and what became of the rules for it; the issues that are about it, or
 * about no account in particular; the files that hold something of it, or of several accounts. What is said of the run as a whole,
 * its end, its durations and its configuration, stays. Nothing is lost of causes: a finding and its cause are of one account.
 */
export function resultOfAccount(result: AuditResult, account: string): AuditResult {
  return restricted(result, account, ownOf(result)(account));
}

/** The results of all accounts, those with nothing to tell among them. */
export function* resultsByAccount(
  result: AuditResult,
): Generator<{ readonly account: string; readonly result: AuditResult }, void, undefined> {
  const accounts = new Set([
    ...(result.accounts ?? []).map(({ id }) => id),
    ...result.findings.map(({ accountId }) => accountId),
  ]);
  const own = ownOf(result);
  for (const account of accounts) yield { account, result: restricted(result, account, own(account)) };
}

/** What a result has of one account. */
type Own = {
  readonly summary: AccountSummary;
  readonly findings: readonly Finding[];
  readonly files: AuditResult['files'];
  readonly issues: readonly Issue[];
  readonly people: NonNullable<AuditResult['people']>;
};

/** Looks through the result once: of a thousand accounts each would otherwise look through what all the others have. */
function ownOf(result: AuditResult): (account: string) => Own {
  const { accounts = [], findings, files, issues, people = [] } = result;
  const summaries = new Map(accounts.map((account) => [account.id, account]));
  const findingsOf = shared(findings, ({ accountId }) => [accountId]);
  const peopleOf = shared(people, ({ accountId }) => [accountId]);
  const filesOf = shared(files, ({ account }) => (account === null ? null : [account]));
  const accountsOfFile = new Map<string, readonly string[] | null>();
  for (const { path, account } of files) {
    const before = accountsOfFile.get(path);
    // Merged results can have several files of one name.
    accountsOfFile.set(path, account === null || before === null ? null : [...(before ?? []), account]);
  }
  const issuesOf = shared(issues, ({ accounts, file }) =>
    accounts !== undefined ? accounts : file === undefined ? null : (accountsOfFile.get(file) ?? null),
  );
  return (account) => ({
    summary: summaries.get(account) ?? { id: account, skippedRules: [] },
    findings: findingsOf(account),
    files: filesOf(account),
    issues: issuesOf(account).map((issue) =>
      issue.accounts === undefined ? issue : aboutAccounts(issue, [account], true),
    ),
    people: peopleOf(account),
  });
}

/** The items of an account, in their order; those of which `ownersOf` says null are everybody's. */
function shared<Item>(
  items: readonly Item[],
  ownersOf: (item: Item) => readonly string[] | null,
): (account: string) => readonly Item[] {
  const common: number[] = [];
  const byOwner = new Map<string, number[]>();
  for (const [at, item] of items.entries()) {
    const owners = ownersOf(item);
    if (owners === null) common.push(at);
    for (const owner of new Set(owners ?? [])) {
      const there = byOwner.get(owner);
      if (there === undefined) byOwner.set(owner, [at]);
      else there.push(at);
    }
  }
  return (account) =>
    [...common, ...(byOwner.get(account) ?? [])]
      .sort((a, b) => a - b)
      .flatMap((at) => {
        const item = items[at];
        return item === undefined ? [] : [item];
      });
}

function restricted(result: AuditResult, account: string, own: Own): AuditResult {
  const { tool, run, rules, suppressions, accounts, baseline, people, timelines } = result;
  const { summary, findings, files, issues } = own;
  // A rule can be called `constructor`, which every object seems to have.
  const found = summary.byRule === undefined ? countsOf(findings) : mapOf(summary.byRule);
  const known = mapOf(summary.knownByRule ?? {});
  const { events = run.events } = summary;
  return {
    tool,
    run: {
      ...run,
      events,
      accounts: events > 0 ? 1 : 0,
      duplicates: files.reduce((sum, { duplicates }) => sum + duplicates, 0),
    },
    files,
    issues,
    rules: rules.map((rule) => ruleOfAccount(rule, summary, { found, known })),
    findings,
    suppressions: suppressions.map((entry) => suppressionOfAccount(entry, account)),
    ...(accounts === undefined ? {} : { accounts: [summary] }),
    ...(baseline === undefined ? {} : { baseline: baselineOfAccount(baseline, summary, findings) }),
    ...(people === undefined ? {} : { people: own.people }),
    ...(timelines === undefined ? {} : { timelines: timelinesOf(timelines, findings) }),
  };
}

type Counts = ReadonlyMap<string, number>;

function mapOf(counts: RuleCounts): Counts {
  return new Map(Object.entries(counts));
}

function countsOf(findings: readonly Finding[]): Counts {
  const counts = new Map<string, number>();
  for (const { ruleId } of findings) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  return counts;
}

function ruleOfAccount(
  rule: RuleSummary,
  summary: AccountSummary,
  { found, known }: { readonly found: Counts; readonly known: Counts },
): RuleSummary {
  const findings = found.get(rule.id) ?? 0;
  if (rule.status === 'skipped' || rule.status === 'failed') return { ...rule, findings };
  if (summary.skippedRules.includes(rule.id)) {
    const reasons = rule.reason?.split('; ').map((text) => readSkip(text, [summary.id]).reason) ?? [];
    const reason = reasons.length === 0 ? null : [...new Set(reasons)].join('; ');
    return { ...rule, status: 'skipped', reason, findings: 0 };
  }
  return { ...rule, status: findings + (known.get(rule.id) ?? 0) > 0 ? 'matched' : 'clean', reason: null, findings };
}

/** Results of older versions do not say of which accounts an entry took findings; then it stays as it is. */
function suppressionOfAccount(entry: SuppressionSummary, account: string): SuppressionSummary {
  if (entry.accounts === undefined) return entry;
  const accounts = entry.accounts.filter(({ id }) => id === account);
  const findings = accounts.reduce((sum, each) => sum + each.findings, 0);
  const status = entry.status === 'expired' ? 'expired' : findings > 0 ? 'used' : 'unused';
  return { ...entry, status, findings, accounts };
}

function baselineOfAccount(
  { file, gone, worse, causes }: BaselineSummary,
  { id, knownByRule = {} }: AccountSummary,
  findings: readonly Finding[],
): BaselineSummary {
  const shown = new Set(findings.map(({ fingerprint }) => fingerprint));
  return {
    file,
    known: Object.values(knownByRule).reduce((sum, n) => sum + n, 0),
    gone: gone.filter(({ accountId }) => accountId === id),
    worse: worse.filter(({ fingerprint }) => shown.has(fingerprint)),
    causes: causes.filter(({ accountId }) => accountId === id),
  };
}

function timelinesOf(timelines: Timelines, findings: readonly Finding[]): Timelines {
  const own = findings.flatMap(({ fingerprint }) => {
    const timeline = timelines.ofFindings.get(fingerprint);
    return timeline === undefined ? [] : [[fingerprint, timeline] as const];
  });
  const places = [...new Set(own.flatMap(([, { events }]) => events))].sort((a, b) => a - b);
  const newPlace = new Map(places.map((place, at) => [place, at]));
  return {
    begin: timelines.begin,
    end: timelines.end,
    events: places.flatMap((place) => timelines.events[place] ?? []),
    ofFindings: new Map(
      own.map(([print, { events, total }]) => [
        print,
        { events: events.flatMap((place) => newPlace.get(place) ?? []), total },
      ]),
    ),
    leftOut: timelines.leftOut === 0 ? 0 : findings.length - own.length,
  };
}
