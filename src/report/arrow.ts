/*
 * Arrow IPC, the file format, for data frames (pandas, Polars, R) and whatever else reads Arrow: one row a finding, with its evidence
 * nested. See https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format.
 */
import {
  Bool,
  type DataType,
  Field,
  Int32,
  List,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow';
import type { AuditResult } from '../findings/result.ts';
import { type EvidenceRow, type FindingRow, findingRow } from './finding-rows.ts';
import { atLeast, type ReportOptions } from './options.ts';

/** Texts of one batch are addressed by 32 bits, so that findings with much evidence must not all be in one. */
const batchRows = 1024;

export function* arrowReport(
  result: AuditResult,
  options: Pick<ReportOptions, 'leastSeverity'>,
): Generator<Uint8Array> {
  const { findings } = atLeast(result, options.leastSeverity);
  const writer = new RecordBatchFileWriter();
  writer.reset(undefined, schema);
  for (let from = 0; from < findings.length; from += batchRows) {
    writer.write(batchOf(findings.slice(from, from + batchRows).map(findingRow)));
  }
  writer.finish();
  yield writer.toUint8Array(true);
}

const text = new Utf8();
const time = new TimestampMillisecond('UTC');

function listOf(type: DataType): List {
  return new List(new Field('item', type, true));
}

function structOf<Row>(types: { readonly [name in keyof Row & string]: DataType }): Struct {
  return new Struct(Object.entries<DataType>(types).map(([name, type]) => new Field(name, type, true)));
}

const entity = structOf<FindingRow['subject']>({ type: text, id: text });

const event = structOf<EvidenceRow>({
  logId: text,
  eventTime: time,
  eventType: text,
  level: text,
  errorCode: new Int32(),
  errorReason: text,
  status: text,
  requestId: text,
  file: text,
  line: new Int32(),
});

const row: Struct = structOf<FindingRow>({
  ruleId: text,
  title: text,
  severity: text,
  certainty: text,
  cause: text,
  accountId: text,
  subject: entity,
  related: listOf(entity),
  message: text,
  fix: text,
  reference: text,
  requestIds: listOf(text),
  correlationIds: listOf(text),
  firstSeen: time,
  lastSeen: time,
  ongoing: new Bool(),
  evidence: listOf(event),
  data: text,
  causedBy: listOf(text),
  fingerprint: text,
});

const schema = new Schema(row.children);

function batchOf(rows: readonly FindingRow[]): RecordBatch {
  const type: DataType = row;
  const builder = makeBuilder({ type, nullValues: [null] });
  for (const each of rows) builder.append(each);
  const { children } = builder.finish().flush();
  return new RecordBatch(schema, makeData({ type: row, length: rows.length, nullCount: 0, children }));
}
