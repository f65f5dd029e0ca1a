import { compareText } from '../engine/compare.ts';
import { globMatcher } from '../engine/glob.ts';
import { rulesMatching } from '../rules/select.ts';
import { ruleCounts, withCounts } from './account-matrix.ts';
import { type Finding, unknownTime } from './finding.ts';
import { severityRank } from './order.ts';
import type { AccountSummary, AuditResult, KnownFinding, RuleSummary, SuppressionSummary } from './result.ts';

export type Comparison = {
  /** The result with what is new alone, and what the baseline says of it. */
  readonly result: AuditResult;
  /** What the baseline is after this run. */
  readonly updated: readonly KnownFinding[];
};

/**
 * Takes away the findings that a baseline knows. One whose severity rose since then is not known. What the baseline has and the run
 * has not is gone where the run could have found it: it began between the beginning that was asked for and the end of the run, the rule ran to
 * its end for the account, of which there were events, nothing that was named as input was unusable, and no suppression is to blame. What is
 * neither found nor gone stays in the updated baseline as it is, but for what is suppressed by now.
 */
export function compareWithBaseline(
  whole: AuditResult,
  file: string,
  baseline: readonly KnownFinding[],
  from?: Date,
): Comparison {
  const before = new Map(baseline.map((entry) => [entry.fingerprint, entry]));
  const present = new Map(whole.findings.map((finding) => [finding.fingerprint, finding]));
  const isKnown = ({ fingerprint, severity }: Finding) => {
    const entry = before.get(fingerprint);
    return entry !== undefined && severityRank(severity) <= severityRank(entry.severity);
  };
  const findings = whole.findings.filter((finding) => !isKnown(finding));
  const worse = findings.flatMap(({ fingerprint }) => {
    const was = before.get(fingerprint)?.severity;
    return was === undefined ? [] : [{ fingerprint, was }];
  });

  const couldFind = reachOfRun(whole, from);
  const isSuppressed = suppressedBy(whole.suppressions);
  const absent = [...before.values()].filter(({ fingerprint }) => !present.has(fingerprint));
  const open = absent.filter((entry) => !isSuppressed(entry));
  const gone = open.filter(couldFind).sort(compareKnown);

  const shown = new Set(findings);
  const causes = new Set(findings.flatMap(({ causedBy }) => causedBy));
  const explaining = whole.findings.filter((finding) => causes.has(finding.fingerprint) && !shown.has(finding));
  const toKnown = (finding: Finding) => knownFinding(finding, before.get(finding.fingerprint));
  const left = new Map<string, number>();
  for (const { ruleId } of findings) left.set(ruleId, (left.get(ruleId) ?? 0) + 1);
  return {
    result: {
      ...whole,
      rules: whole.rules.map((rule) => ({ ...rule, findings: left.get(rule.id) ?? 0 })),
      findings,
      ...(whole.accounts === undefined
        ? {}
        : { accounts: accountsLeft(whole.accounts, findings, whole.findings.filter(isKnown)) }),
      baseline: {
        file,
        known: whole.findings.length - findings.length,
        gone,
        worse,
        causes: explaining.map(toKnown).sort(compareKnown),
      },
    },
    updated: [...whole.findings.map(toKnown), ...open.filter((entry) => !couldFind(entry))].sort(compareKnown),
  };
}

/** The accounts with what is new of them, and how much is known. */
function accountsLeft(
  accounts: readonly AccountSummary[],
  findings: readonly Finding[],
  known: readonly Finding[],
): readonly AccountSummary[] {
  const counts = new Map(accounts.map(({ id }) => [id, new Map<string, number>()]));
  for (const { accountId, ruleId } of known) {
    const ofAccount = counts.get(accountId);
    ofAccount?.set(ruleId, (ofAccount.get(ruleId) ?? 0) + 1);
  }
  return withCounts(accounts, findings).map((account) => ({
    ...account,
    knownByRule: ruleCounts(counts.get(account.id) ?? new Map()),
  }));
}

/** The first seen of a finding moves with the export; a line of the baseline is not to change because of that. */
function knownFinding(finding: Finding, before: KnownFinding | undefined): KnownFinding {
  const { ruleId, accountId, subject, severity, firstSeen, title, fingerprint } = finding;
  const earliest = before !== undefined && before.firstSeen < firstSeen ? before.firstSeen : firstSeen;
  return { ruleId, accountId, subject, severity, firstSeen: earliest, title, fingerprint };
}

/** By account, rule and subject; total, because no two findings share those three. */
function compareKnown(a: KnownFinding, b: KnownFinding): number {
  return (
    compareText(a.accountId, b.accountId) ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.subject.id, b.subject.id) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** Whether the run would have found something again, had it still been there. */
function reachOfRun(whole: AuditResult, from: Date | undefined): (entry: KnownFinding) => boolean {
  // What an input that could not be used would have shown, nobody knows.
  if (whole.issues.some(({ severity }) => severity === 'error')) return () => false;
  // Without any event only what has no time was within reach: a record without a date, beside no log.
  const end = Date.parse(whole.run.asOf ?? unknownTime);
  const begin = from?.getTime() ?? Number.NEGATIVE_INFINITY;
  const silent = new Set((whole.accounts ?? []).flatMap(({ id, events }) => (events === 0 ? [id] : [])));
  const ran = rulesRun(whole);
  return (entry) => {
    if (entry.firstSeen === unknownTime) return ran(entry);
    const began = Date.parse(entry.firstSeen);
    return began >= begin && began <= end && !silent.has(entry.accountId) && ran(entry);
  };
}

/** Whether the rule of an entry ran to its end for its account. */
function rulesRun({ rules, findings, files, accounts }: AuditResult): (entry: KnownFinding) => boolean {
  const told = new Map<string, number>();
  for (const { ruleId } of findings) told.set(ruleId, (told.get(ruleId) ?? 0) + 1);
  // A result that was written with --severity lacks findings, and its rules say how many there were.
  const complete = (rule: RuleSummary) =>
    (rule.status === 'matched' || rule.status === 'clean') && rule.findings === (told.get(rule.id) ?? 0);
  const ran = new Map(rules.filter(complete).map((rule) => [rule.id, rule]));
  if (accounts === undefined) {
    // Results of older versions do not say for which accounts a rule could not run, only that there are some.
    const seen = new Set([
      ...files.flatMap(({ account }) => account ?? []),
      ...findings.map(({ accountId }) => accountId),
    ]);
    return ({ ruleId, accountId }) => ran.get(ruleId)?.reason === null && seen.has(accountId);
  }
  const skipped = new Map(accounts.map(({ id, skippedRules }) => [id, new Set(skippedRules)]));
  return ({ ruleId, accountId }) => ran.has(ruleId) && skipped.get(accountId)?.has(ruleId) === false;
}

/** Whether an entry would be taken away by what took findings away in this run. */
function suppressedBy(suppressions: readonly SuppressionSummary[]): (entry: KnownFinding) => boolean {
  const used = suppressions
    .filter(({ status }) => status === 'used')
    .map(({ rule, account, subject, fingerprint }) => {
      const ofAccount = account === null ? () => true : globMatcher(account);
      return (entry: KnownFinding) =>
        rulesMatching([{ id: entry.ruleId }], rule).length > 0 &&
        ofAccount(entry.accountId) &&
        (subject === null || subject === entry.subject.id) &&
        (fingerprint === null || fingerprint === entry.fingerprint);
    });
  return (entry) => used.some((matches) => matches(entry));
}
