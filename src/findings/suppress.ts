import type { Suppression } from '../config/suppressions.ts';
import { compareText } from '../engine/compare.ts';
import type { Finding } from './finding.ts';
import type { SuppressionSummary } from './result.ts';

export type Suppressed = {
  /** Findings that no entry takes away, in their order. */
  readonly kept: readonly Finding[];
  /** Rules of those that were taken away. */
  readonly ruleIds: ReadonlySet<string>;
  /** What became of each entry, in the order of the configuration. */
  readonly suppressions: readonly SuppressionSummary[];
};

/**
 * Takes away what is known already. Each finding goes to the first entry that matches it, so that the counts add up, and an entry
 * that others make needless counts as unused.
 * @param asOf the end of the export, by which entries expire; null where there was no event
 */
export function suppress(
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
  asOf: Date | null,
): Suppressed {
  const expired = suppressions.map(({ isExpired }) => asOf !== null && isExpired(asOf));
  const counts = suppressions.map(() => new Map<string, number>());
  const ruleIds = new Set<string>();
  const kept = findings.filter((finding) => {
    const at = suppressions.findIndex(({ matches }, at) => expired[at] === false && matches(finding));
    if (at < 0) return true;
    counts[at]?.set(finding.accountId, (counts[at].get(finding.accountId) ?? 0) + 1);
    ruleIds.add(finding.ruleId);
    return false;
  });
  return {
    kept,
    ruleIds,
    suppressions: suppressions.map(({ entry }, at) => {
      const accounts = [...(counts[at] ?? [])]
        .map(([id, findings]) => ({ id, findings }))
        .sort((a, b) => compareText(a.id, b.id));
      const n = accounts.reduce((sum, { findings }) => sum + findings, 0);
      return {
        rule: entry.rule,
        account: entry.account ?? null,
        subject: entry.subject ?? null,
        fingerprint: entry.fingerprint ?? null,
        reason: entry.reason,
        expires: entry.expires ?? null,
        status: expired[at] === true ? 'expired' : n > 0 ? 'used' : 'unused',
        findings: n,
        accounts,
      };
    }),
  };
}
