import { compareText } from '../engine/compare.ts';
import type { Severity } from '../rules/vocabulary.ts';
import type { Finding } from './finding.ts';
import { severityRank } from './order.ts';
import type { AccountSummary, AuditResult, RuleCounts, SeverityCounts } from './result.ts';

/** What was found in an account, and by which rules. */
export type AccountRow = {
  readonly id: string;
  readonly findings: SeverityCounts;
  /** Of all severities. */
  readonly total: number;
  readonly byRule: ReadonlyMap<string, number>;
  /** Findings that the baseline knows, which are not among the others; 0 without a baseline. */
  readonly known: number;
};

export type AccountMatrix = {
  /** Those with the most findings first, then by id. */
  readonly accounts: readonly AccountRow[];
  /** Rules that found something: the worst first, then those that found it in most accounts, then those that found most, then by id. */
  readonly rules: readonly RuleRow[];
};

export type RuleRow = {
  readonly id: string;
  /** Of its findings that are in the result. */
  readonly worst: Severity;
  readonly total: number;
  /** How many have findings of it. */
  readonly accounts: number;
};

/** Which accounts have which findings. With a baseline these are the ones that it does not know. */
export function accountMatrix({ accounts, findings }: Pick<AuditResult, 'accounts' | 'findings'>): AccountMatrix {
  const summaries = accounts?.every(isCounted) === true ? accounts : countsOf(accounts ?? [], findings);
  const rows = summaries.map(({ id, findings, byRule, knownByRule = {} }): AccountRow => {
    const rules = new Map(Object.entries(byRule));
    return { id, findings, total: sum(rules.values()), byRule: rules, known: sum(Object.values(knownByRule)) };
  });
  const rules = new Map<string, { total: number; accounts: number }>();
  for (const { byRule } of rows) {
    for (const [id, n] of byRule) {
      const { total, accounts } = rules.get(id) ?? { total: 0, accounts: 0 };
      rules.set(id, { total: total + n, accounts: accounts + 1 });
    }
  }
  const worst = new Map<string, Severity>();
  for (const { ruleId, severity } of findings) {
    if (severityRank(severity) >= severityRank(worst.get(ruleId) ?? 'info')) worst.set(ruleId, severity);
  }
  return {
    accounts: rows.sort((a, b) => b.total - a.total || worstFirst(a, b) || compareText(a.id, b.id)),
    rules: [...rules]
      .map(([id, counts]) => ({ id, worst: worst.get(id) ?? 'info', ...counts }))
      .sort(
        (a, b) =>
          severityRank(b.worst) - severityRank(a.worst) ||
          b.accounts - a.accounts ||
          b.total - a.total ||
          compareText(a.id, b.id),
      ),
  };
}

/** Summaries with the numbers of the findings that are there. */
export function withCounts(
  accounts: readonly AccountSummary[],
  findings: readonly Finding[],
): readonly AccountSummary[] {
  const counts = new Map(countsOf(accounts, findings).map((counted) => [counted.id, counted]));
  return accounts.map((account) => ({ ...account, ...counts.get(account.id) }));
}

type Counted = AccountSummary & Required<Pick<AccountSummary, 'findings' | 'byRule'>>;

function isCounted(account: AccountSummary): account is Counted {
  return account.findings !== undefined && account.byRule !== undefined;
}

/** Of the accounts, and of any others that the findings name. */
function countsOf(accounts: readonly AccountSummary[], findings: readonly Finding[]): readonly Counted[] {
  const none = () => ({
    bySeverity: { critical: 0, error: 0, warning: 0, info: 0 },
    byRule: new Map<string, number>(),
  });
  const counts = new Map(accounts.map(({ id }) => [id, none()]));
  for (const { accountId, ruleId, severity } of findings) {
    const count = counts.get(accountId) ?? none();
    counts.set(accountId, count);
    count.bySeverity[severity]++;
    count.byRule.set(ruleId, (count.byRule.get(ruleId) ?? 0) + 1);
  }
  const given = new Map(accounts.map((account) => [account.id, account]));
  return [...counts].map(([id, { bySeverity, byRule }]) => ({
    ...(given.get(id) ?? { id, skippedRules: [] }),
    findings: bySeverity,
    byRule: ruleCounts(byRule),
  }));
}

/** In the order of their ids. */
export function ruleCounts(counts: ReadonlyMap<string, number>): RuleCounts {
  return Object.fromEntries([...counts].sort(([a], [b]) => compareText(a, b)));
}

function worstFirst({ findings: a }: AccountRow, { findings: b }: AccountRow): number {
  return b.critical - a.critical || b.error - a.error || b.warning - a.warning;
}

function sum(numbers: Iterable<number>): number {
  let all = 0;
  for (const n of numbers) all += n;
  return all;
}
