import { severityRank } from '../findings/order.ts';
import type { AuditResult, BaselineSummary, KnownFinding } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { clip, count, grouped, wrap } from './text.ts';

const shownGone = 12;

/** `known.json: 30 known, 2 new, 1 of them worse than before, 3 gone`; null where there was no baseline. */
export function baselineSummary({ baseline, findings }: AuditResult): string | null {
  if (baseline === undefined) return null;
  const { file, known, gone, worse } = baseline;
  const parts = [
    `${grouped(known)} known`,
    `${grouped(findings.length)} new`,
    ...(worse.length === 0 ? [] : [`${grouped(worse.length)} of them worse than before`]),
    `${grouped(gone.length)} gone`,
  ];
  return `${file}: ${parts.join(', ')}`;
}

/** What no longer occurs, the worst first, a line each: `profile/unresolved-customer: participant …`. */
export function goneLines({ gone }: BaselineSummary, width: number, namesAccount: boolean): string[] {
  const lines = gone
    .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity))
    .slice(0, shownGone)
    .flatMap((entry) =>
      wrap(`gone: ${named(entry, namesAccount)}`, width, 3).map((line, at) => (at === 0 ? '' : '  ') + line),
    );
  const rest = gone.length - shownGone;
  return [...lines, ...(rest > 0 ? [`… ${count(rest, 'more', 'more')}`] : [])];
}

function named({ ruleId, accountId, subject, severity }: KnownFinding, namesAccount: boolean): string {
  return `${severity} ${ruleId}: ${subject.type} ${clip(subject.id, 80)}${namesAccount ? ` of ${accountId}` : ''}`;
}

/** `, was warning`, for a finding that the baseline holds with a lower severity. */
export function wasText(severities: ReadonlyMap<string, Severity>, fingerprint: string): string {
  const was = severities.get(fingerprint);
  return was === undefined ? '' : `, was ${was}`;
}
