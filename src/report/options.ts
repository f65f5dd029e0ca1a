import { severityRank } from '../findings/order.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';

export type ReportOptions = {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Findings below this severity are left out, and counted. */
  readonly leastSeverity: Severity;
  /** Symptoms below their causes, as a summary; otherwise every finding in full, one after the other. */
  readonly tree: boolean;
};

export const plainReport: ReportOptions = { width: 100, colour: false, leastSeverity: 'info', tree: true };

/** The result with only the findings that are to be shown. What it says of the rules and the run stays. */
export function atLeast(result: AuditResult, least: Severity): AuditResult {
  const shown = result.findings.filter((finding) => severityRank(finding.severity) >= severityRank(least));
  return shown.length === result.findings.length ? result : { ...result, findings: shown };
}
