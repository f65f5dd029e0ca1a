import { compareText } from '../engine/compare.ts';
import { readSkip, type Skip, skipText } from '../rules/partly.ts';
import { lacksIn, skipReason } from '../rules/requirements.ts';
import type { AuditResult, RuleStatus, RuleSummary } from './result.ts';

/** What became of each rule in all parts together. */
export function mergeRules(parts: readonly AuditResult[]): readonly RuleSummary[] {
  const byId = new Map<string, Told[]>();
  for (const part of parts) {
    const skipped = new Map((part.accounts ?? []).map(({ id, skippedRules }) => [id, new Set(skippedRules)]));
    const accounts = (part.accounts ?? []).filter(({ events }) => events !== 0).map(({ id }) => id);
    for (const rule of part.rules) {
      // A run without log entries skips no rule, but such a one had nothing to look at either.
      const isIdle =
        rule.status === 'clean' &&
        part.run.accounts === 0 &&
        part.accounts !== undefined &&
        [...skipped.values()].every((rules) => rules.has(rule.id));
      const told = { rule, isIdle, accounts };
      const there = byId.get(rule.id);
      if (there === undefined) byId.set(rule.id, [told]);
      else there.push(told);
    }
  }
  const accounts = parts.reduce((sum, { run }) => sum + run.accounts, 0);
  return [...byId]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, told]) => ({
      id,
      ...outcomeOf(told, accounts),
      findings: told.reduce((sum, { rule }) => sum + rule.findings, 0),
      durationMs: told.reduce((sum, { rule }) => sum + rule.durationMs, 0),
    }));
}

/** What one part says of a rule; `accounts` are those of which it has log entries. */
type Told = { readonly rule: RuleSummary; readonly isIdle: boolean; readonly accounts: readonly string[] };

function outcomeOf(told: readonly Told[], accounts: number): Pick<RuleSummary, 'status' | 'reason'> {
  const status = statusOf(told);
  const reasons =
    status === 'failed'
      ? told.flatMap(({ rule }) => (rule.status === 'failed' ? (rule.reason ?? []) : []))
      : skipsOf(told).flatMap((skip) => {
          if (status === 'skipped') return skip.reason;
          // Of accounts without log entries, which one run does not tell of either.
          return skip.skipped === 0 ? [] : skipText(skip, accounts);
        });
  return { status, reason: reasons.length === 0 ? null : joined([...new Set(reasons)].sort(compareText)) };
}

/** A rule that fails for a thousand accounts is told in one line all the same. */
const mostReasons = 5;

function joined(reasons: readonly string[]): string {
  const rest = reasons.length - mostReasons;
  return [...reasons.slice(0, mostReasons), ...(rest > 0 ? [`and ${rest} more of that kind`] : [])].join('; ');
}

function statusOf(told: readonly Told[]): RuleStatus {
  const statuses = new Set(told.filter(({ isIdle }) => !isIdle).map(({ rule }) => rule.status));
  const order: readonly RuleStatus[] = ['failed', 'matched', 'clean', 'skipped'];
  return order.find((status) => statuses.has(status)) ?? 'clean';
}

/** For how many accounts the rule was skipped, by reason; all that lack some side file have one reason, which names all that they lack. */
function skipsOf(told: readonly Told[]): readonly Skip[] {
  const skips = told.flatMap(({ rule, accounts }) =>
    rule.reason === null || rule.status === 'failed'
      ? []
      : rule.reason.split('; ').map((text) => readSkip(text, accounts)),
  );
  const lacks = skips.flatMap(({ reason }) => lacksIn(reason) ?? []);
  const byReason = new Map<string, Skip>();
  for (const { reason, skipped, only } of skips) {
    const joined = lacksIn(reason) === null ? reason : skipReason(lacks);
    const before = byReason.get(joined);
    byReason.set(joined, { reason: joined, skipped: skipped + (before?.skipped ?? 0), only: before?.only ?? only });
  }
  return [...byReason.values()];
}
