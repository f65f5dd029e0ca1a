import { compareText } from '../engine/compare.ts';
import { unitedInOrder } from './merge-lists.ts';
import type { AuditResult, SuppressionSummary } from './result.ts';

/** The entries of all parts, each once, with what they took away together. */
export function mergeSuppressions(parts: readonly AuditResult[]): readonly SuppressionSummary[] {
  const lists = parts.map(({ suppressions }) => numbered(suppressions));
  return unitedInOrder(
    lists,
    ({ key }) => key,
    (one, other) => ({ key: one.key, entry: joined(one.entry, other.entry) }),
  ).map(({ entry }) => entry);
}

type Numbered = { readonly key: string; readonly entry: SuppressionSummary };

/** A configuration can have the same entry twice. */
function numbered(suppressions: readonly SuppressionSummary[]): readonly Numbered[] {
  const seen = new Map<string, number>();
  return suppressions.map((entry) => {
    const { rule, account, subject, fingerprint, reason, expires } = entry;
    const content = JSON.stringify([rule, account, subject, fingerprint, reason, expires]);
    const n = (seen.get(content) ?? 0) + 1;
    seen.set(content, n);
    return { key: `${n} ${content}`, entry };
  });
}

function joined(one: SuppressionSummary, other: SuppressionSummary): SuppressionSummary {
  const counts = new Map<string, number>();
  for (const { id, findings } of [one, other].flatMap(({ accounts = [] }) => accounts)) {
    counts.set(id, (counts.get(id) ?? 0) + findings);
  }
  const isKnown = one.accounts !== undefined && other.accounts !== undefined;
  const { accounts: _, ...rest } = one;
  return {
    ...rest,
    status: statusOf(one, other),
    findings: one.findings + other.findings,
    ...(isKnown
      ? {
          accounts: [...counts].map(([id, findings]) => ({ id, findings })).sort((a, b) => compareText(a.id, b.id)),
        }
      : {}),
  };
}

/** Runs that end at different times can disagree about whether an entry still held; that it did not, somebody has to know. */
function statusOf(one: SuppressionSummary, other: SuppressionSummary): SuppressionSummary['status'] {
  const statuses = [one.status, other.status];
  if (statuses.includes('expired')) return 'expired';
  return statuses.includes('used') ? 'used' : 'unused';
}
