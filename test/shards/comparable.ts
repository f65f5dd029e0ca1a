import type { AuditResult } from '../../src/findings/result.ts';
import { jsonReport } from '../../src/report/json.ts';
import { plainReport } from '../../src/report/options.ts';

/** A result as JSON, to be compared: without times, and what comes in no particular order sorted. */
export function comparable(result: AuditResult): string {
  const sorted = {
    ...result,
    issues: result.issues.toSorted((a, b) => (a.message < b.message ? -1 : 1)),
  };
  return [...jsonReport(sorted, plainReport)].join('').replaceAll(/"durationMs": \d+/g, '"durationMs": 0');
}

/** The findings, byte for byte. */
export function findingsText({ findings }: AuditResult): string {
  return JSON.stringify(findings, (_, value) => (typeof value === 'bigint' ? Number(value) : value), 1);
}
