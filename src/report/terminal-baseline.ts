import stringWidth from 'string-width';
import { severityRank } from '../findings/order.ts';
import type { AuditResult, BaselineSummary, KnownFinding } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { clip, count, grouped } from './text.ts';

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

/** What no longer occurs, the worst first, a line each where there is room: `gone: error profile/unresolved-customer: participant …`. */
export function goneLines({ gone }: BaselineSummary, width: number, namesAccount: boolean): string[] {
  const lines = gone
    .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity))
    .slice(0, shownGone)
    .flatMap((entry) => told(entry, width, namesAccount));
  const rest = gone.length - shownGone;
  return [...lines, ...(rest > 0 ? [`… ${count(rest, 'more', 'more')}`] : [])];
}

/** Ids are there to be copied, so lines end between the parts, and none is broken. */
function told({ ruleId, accountId, subject, severity }: KnownFinding, width: number, namesAccount: boolean): string[] {
  const parts = [
    `gone: ${severity} ${clip(ruleId, 60)}:`,
    `${subject.type} ${clip(subject.id, 80)}`,
    ...(namesAccount ? [`of ${clip(accountId, 60)}`] : []),
  ];
  const lines: string[] = [];
  for (const part of parts) {
    const joined = `${lines.at(-1) ?? ''} ${part}`;
    if (lines.length > 0 && stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(lines.length === 0 ? part : `  ${part}`);
  }
  return lines;
}

/** `, was warning`, for a finding that the baseline holds with a lower severity. */
export function wasText(severities: ReadonlyMap<string, Severity>, fingerprint: string): string {
  const was = severities.get(fingerprint);
  return was === undefined ? '' : `, was ${was}`;
}
