import { severityRank } from '../findings/order.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';

/**
 * - `short`: roots, and how many findings of which rules are below them.
 * - `full`: every finding below its cause, a line each.
 * - `flat`: every finding by itself, with its own evidence.
 */
export const trees = ['short', 'full', 'flat'] as const;
export type Tree = (typeof trees)[number];

export type ReportOptions = {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** Findings below this severity are left out, and counted. */
  readonly leastSeverity: Severity;
  readonly tree: Tree;
  /** Where a format that needs a folder for a while makes it; the system's folder for temporary files by default. */
  readonly tempDir?: string;
  /** Where the time went is to be told. `reportMs` tells how long the reports have been written for. */
  readonly timing?: { readonly reportMs: () => number };
};

export const plainReport: ReportOptions = { width: 100, colour: false, leastSeverity: 'info', tree: 'short' };

/** The result with only the findings that are to be shown. What it says of the rules and the run stays. */
export function atLeast(result: AuditResult, least: Severity): AuditResult {
  const shown = result.findings.filter((finding) => severityRank(finding.severity) >= severityRank(least));
  return shown.length === result.findings.length ? result : { ...result, findings: shown };
}
