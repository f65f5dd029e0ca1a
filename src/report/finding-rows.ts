/*
 * Findings as rows of a table with nested columns, for Arrow and Parquet: the columns have the names and the order of the JSON
 * contract. Times are times (a text that is none is NULL), and `data` is JSON text, because each rule has its own.
 */
import type { Evidence, Finding } from '../findings/finding.ts';
import { evidenceRecord, findingRecord, printInLine } from './json.ts';

/** Times in milliseconds since 1970. */
export type FindingRow = Omit<ReturnType<typeof findingRecord>, 'firstSeen' | 'lastSeen' | 'evidence' | 'data'> & {
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly evidence: readonly EvidenceRow[];
  readonly data: string;
};

export type EvidenceRow = Omit<Evidence, 'eventTime'> & { readonly eventTime: number | null };

export function findingRow(finding: Finding): FindingRow {
  const record = findingRecord(finding);
  return {
    ...record,
    firstSeen: timeOf(record.firstSeen),
    lastSeen: timeOf(record.lastSeen),
    evidence: record.evidence.map((event) => ({ ...evidenceRecord(event), eventTime: timeOf(event.eventTime) })),
    data: printInLine(record.data),
  };
}

// Not by Date.UTC, for which the year 0 is 1900.
const year0 = Date.parse('0000-01-01T00:00:00Z');
const year10000 = Date.UTC(10_000, 0);

function timeOf(text: string): number | null {
  const ms = Date.parse(text);
  // Outside of these years ISO 8601 is not what every reader takes.
  return ms >= year0 && ms < year10000 ? ms : null;
}
