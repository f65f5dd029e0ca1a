/*
 * One finding a line, for whatever reads line by line: jq, log shippers, databases. Each is an object of the JSON contract, and what
 * the contract says of the run is not there. See https://github.com/ndjson/ndjson-spec.
 */
import type { AuditResult } from '../findings/result.ts';
import { findingRecord, printInLine } from './json.ts';
import { atLeast, type ReportOptions } from './options.ts';

export function* ndjsonReport(result: AuditResult, options: Pick<ReportOptions, 'leastSeverity'>): Generator<string> {
  for (const finding of atLeast(result, options.leastSeverity).findings)
    yield `${printInLine(findingRecord(finding))}\n`;
}
