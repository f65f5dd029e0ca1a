import { compareText } from '../engine/compare.ts';
import { ruleCounts, withCounts } from './account-matrix.ts';
import type { Finding } from './finding.ts';
import type { AccountSummary, AuditResult, RuleCounts, RuleSummary, SeverityCounts } from './result.ts';

/**
 * The accounts of all parts; undefined where some part does not tell its own.
 * @param merged what became of the rules in all parts together
 */
export function mergeAccounts(
  parts: readonly AuditResult[],
  merged: readonly RuleSummary[],
  findings: readonly Finding[],
): readonly AccountSummary[] | undefined {
  if (parts.some(({ accounts }) => accounts === undefined)) return undefined;
  const ran = new Set(merged.flatMap(({ id, status }) => (status === 'matched' || status === 'clean' ? [id] : [])));
  const byId = new Map<string, AccountSummary[]>();
  for (const { accounts = [], rules } of parts) {
    const ranHere = new Set(rules.filter(({ status }) => status !== 'skipped').map(({ id }) => id));
    // What was skipped as a whole in one part, and ran in another, was skipped for the accounts of the first.
    const skippedHere = [...ran].filter((id) => !ranHere.has(id));
    for (const account of accounts) {
      const skippedRules = account.skippedRules.filter((id) => ran.has(id));
      const told = { ...account, skippedRules: [...new Set([...skippedRules, ...skippedHere])] };
      const there = byId.get(account.id);
      if (there === undefined) byId.set(account.id, [told]);
      else there.push(told);
    }
  }
  const all = [...byId].map(([id, told]) => joined(id, told)).sort((a, b) => compareText(a.id, b.id));
  return all.every(({ byRule }) => byRule !== undefined) ? all : withCounts(all, findings);
}

/** What several parts say of one account: a rule that ran in one of them did run for it. */
function joined(id: string, told: readonly AccountSummary[]): AccountSummary {
  const skipped = told.map(({ skippedRules }) => new Set(skippedRules));
  const skippedRules = [...(skipped[0] ?? [])].filter((rule) => skipped.every((rules) => rules.has(rule)));
  const events = told.flatMap(({ events }) => events ?? []);
  const findings = told.flatMap(({ findings }) => (findings === undefined ? [] : [findings]));
  const byRule = told.flatMap(({ byRule }) => (byRule === undefined ? [] : [byRule]));
  const isCounted = findings.length === told.length && byRule.length === told.length;
  return {
    id,
    ...(events.length < told.length ? {} : { events: events.reduce((sum, n) => sum + n, 0) }),
    skippedRules: skippedRules.sort(compareText),
    ...(isCounted ? { findings: findings.reduce(sumOfSeverities), byRule: sumOfRules(byRule) } : {}),
  };
}

function sumOfSeverities(one: SeverityCounts, other: SeverityCounts): SeverityCounts {
  return {
    critical: one.critical + other.critical,
    error: one.error + other.error,
    warning: one.warning + other.warning,
    info: one.info + other.info,
  };
}

function sumOfRules(counts: readonly RuleCounts[]): RuleCounts {
  const sums = new Map<string, number>();
  for (const [id, n] of counts.flatMap((each) => Object.entries(each))) sums.set(id, (sums.get(id) ?? 0) + n);
  return ruleCounts(sums);
}
