/*
 * One row a finding, for spreadsheets: the keys of the JSON contract as columns, lists and objects as JSON text. The rules of CSV
 * are in `csv-cells.ts`. No cell is cut, though spreadsheets show only so much of one (Excel 32,767 characters).
 */
import type { Finding } from '../findings/finding.ts';
import type { AuditResult } from '../findings/result.ts';
import { csvLine, quotedCell, textCell } from './csv-cells.ts';
import { findingRecord, printInLine } from './json.ts';
import { atLeast, type ReportOptions } from './options.ts';

export function* csvReport(result: AuditResult, options: Pick<ReportOptions, 'leastSeverity'>): Generator<string> {
  yield csvLine(columns.map(([name]) => name));
  for (const finding of atLeast(result, options.leastSeverity).findings) {
    const record = findingRecord(finding);
    yield csvLine(columns.map(([, read]) => cellOf(read(record))));
  }
}

type Column = readonly [name: string, read: (finding: FindingRecord) => unknown];
type FindingRecord = ReturnType<typeof findingRecord>;

const plain = (name: Exclude<keyof Finding, 'subject'>): Column => [name, (finding) => finding[name]];

/** The subject is two columns, because it is what people filter by. */
const columns: readonly Column[] = [
  plain('ruleId'),
  plain('title'),
  plain('severity'),
  plain('certainty'),
  plain('cause'),
  plain('accountId'),
  ['subjectType', ({ subject }) => subject.type],
  ['subjectId', ({ subject }) => subject.id],
  plain('related'),
  plain('message'),
  plain('fix'),
  plain('reference'),
  plain('requestIds'),
  plain('correlationIds'),
  plain('firstSeen'),
  plain('lastSeen'),
  plain('ongoing'),
  plain('evidence'),
  plain('data'),
  plain('causedBy'),
  plain('fingerprint'),
];

function cellOf(value: unknown): string {
  return typeof value === 'string' ? textCell(value) : quotedCell(printInLine(value));
}
