import type { Finding } from './finding.ts';
import { compareFindings } from './order.ts';

/**
 * Without the findings of residual rules that say nothing new: each of their evidence events is evidence of another
 * finding that stays. The order of the rest is kept.
 *
 * Residual findings that cover each other: the one with more evidence stays, as it tells more; with equally many, the
 * first in the order of findings (severity, account, rule, subject). One without evidence stays, for nothing else shows it.
 */
export function dropResidual(findings: readonly Finding[], residualRules: ReadonlySet<string>): readonly Finding[] {
  const residual = findings.filter(({ ruleId }) => residualRules.has(ruleId));
  if (residual.length === 0) return findings;

  const told = new Set<string>();
  const tell = (finding: Finding) => {
    for (const event of eventsOf(finding)) told.add(event);
  };
  for (const finding of findings) if (!residualRules.has(finding.ruleId)) tell(finding);

  const dropped = new Set<Finding>();
  residual.sort((a, b) => b.evidence.length - a.evidence.length || compareFindings(a, b));
  for (const finding of residual) {
    const events = eventsOf(finding);
    if (events.length > 0 && events.every((event) => told.has(event))) dropped.add(finding);
    else tell(finding);
  }
  return findings.filter((finding) => !dropped.has(finding));
}

/** An account and a log id are one event. */
function eventsOf({ accountId, evidence }: Finding): string[] {
  return evidence.map(({ logId }) => `${accountId}\n${logId}`);
}
