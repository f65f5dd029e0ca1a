import { readFile } from 'node:fs/promises';
import { type Table, tableFromIPC } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Finding } from '../../src/findings/finding.ts';
import { findingRecord } from '../../src/report/json.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { hostile } from './hostile.ts';
import { incident } from './incident.ts';
import { duckdbRows, written } from './written.ts';

/** What a column can hold: texts as UTF-8 has them, times as times, `data` as JSON text. */
function expectedRow({ firstSeen, lastSeen, evidence, data, ...finding }: Finding) {
  const row = {
    ...finding,
    firstSeen: new Date(firstSeen),
    lastSeen: new Date(lastSeen),
    evidence: evidence.map((event) => ({ ...event, eventTime: new Date(event.eventTime) })),
  };
  return { ...wellFormed(row), data: JSON.parse(JSON.stringify(data)) };
}

function wellFormed(value: unknown): Record<string, unknown> {
  const each = (inner: unknown): unknown => {
    if (typeof inner === 'string') return inner.replaceAll(/\p{Surrogate}/gu, '\ufffd');
    if (Array.isArray(inner)) return inner.map(each);
    if (typeof inner !== 'object' || inner === null || inner instanceof Date) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, each(item)]));
  };
  return z.record(z.string(), z.unknown()).parse(each(value));
}

const anyRow = z.looseObject({ data: z.string() });

function withData(row: unknown) {
  const { data, ...rest } = anyRow.parse(row);
  return { ...rest, data: JSON.parse(data) };
}

function arrowRows(table: Table): unknown[] {
  return table.batches.flatMap((batch) => {
    const columns = batch.schema.fields.map(({ name }) => [name, batch.getChild(name)] as const);
    return Array.from({ length: batch.numRows }, (_, at) =>
      withData(Object.fromEntries(columns.map(([name, column]) => [name, plain(name, column?.get(at))]))),
    );
  });
}

/** Vectors as arrays, structs as objects, times as `Date`. */
function plain(name: string, value: unknown): unknown {
  if (typeof value === 'number') return /Seen$|Time$/u.test(name) ? new Date(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const json: unknown = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
  if (Array.isArray(json)) return json.map((item) => plain('', item));
  return Object.fromEntries(Object.entries(json ?? {}).map(([key, inner]) => [key, plain(key, inner)]));
}

const many = () => makeResult({ findings: Array.from({ length: 3000 }, (_, at) => makeFinding({ title: `${at}` })) });

const ofAllYears = () =>
  makeResult({
    findings: [
      makeFinding({ firstSeen: '0000-01-01T00:00:00.000Z', lastSeen: '0099-12-31T23:59:59.999Z' }),
      makeFinding({ firstSeen: '1899-12-31T23:59:59.999Z', lastSeen: '1900-01-01T00:00:00.000Z' }),
      makeFinding({
        firstSeen: '1969-12-31T23:59:59.999Z',
        lastSeen: '9999-12-31T23:59:59.999Z',
        evidence: [{ ...makeEvidence('1'), eventTime: '0001-01-01T00:00:00.000Z' }],
      }),
    ],
  });

describe.each([
  ['an incident', () => incident()],
  ['hostile text in every field', hostile],
  ['more than one part', many],
  ['times of all years that have four digits', ofAllYears],
  ['nothing', () => makeResult()],
])('%s', (_, make) => {
  test('is read back equal from Arrow', async () => {
    const result = make();
    const table = tableFromIPC(await readFile(await written('arrow', result)));
    expect(arrowRows(table)).toEqual(result.findings.map(expectedRow));
  });

  test('is read back equal from Parquet', async () => {
    const result = make();
    const rows = await duckdbRows(anyRow, `FROM '${await written('parquet', result)}'`);
    expect(rows.map(withData)).toEqual(result.findings.map(expectedRow));
  });
});

test('both have the same columns, with types', async () => {
  const columns = z.object({ column_name: z.string(), column_type: z.string() });
  const parquet = await duckdbRows(columns, `DESCRIBE FROM '${await written('parquet', makeResult())}'`);
  const { schema } = tableFromIPC(await readFile(await written('arrow', makeResult())));
  expect(schema.fields.map(({ name }) => name)).toEqual(parquet.map(({ column_name }) => column_name));
  expect(schema.fields.map(({ name }) => name)).toEqual(Object.keys(findingRecord(makeFinding())));
  expect(Object.fromEntries(parquet.map(({ column_name, column_type }) => [column_name, column_type]))).toMatchObject({
    subject: 'STRUCT("type" VARCHAR, id VARCHAR)',
    firstSeen: 'TIMESTAMP WITH TIME ZONE',
    ongoing: 'BOOLEAN',
    causedBy: 'VARCHAR[]',
    evidence:
      'STRUCT(logId VARCHAR, eventTime TIMESTAMP WITH TIME ZONE, eventType VARCHAR, "level" VARCHAR, errorCode INTEGER, errorReason VARCHAR, status VARCHAR, requestId VARCHAR, file VARCHAR, line INTEGER)[]',
  });
  expect(String(schema.fields.find(({ name }) => name === 'evidence')?.type)).toContain(
    'eventTime:Timestamp<MILLISECOND, UTC>',
  );
});

test('one finding with much evidence fits', async () => {
  const evidence = Array.from({ length: 100_000 }, (_, at) =>
    makeEvidence(`log-${at}`, { errorReason: 'x'.repeat(200) }),
  );
  const result = makeResult({ findings: [makeFinding({ evidence })] });
  const counted = z.object({ n: z.bigint() });
  const file = await written('parquet', result);
  expect(await duckdbRows(counted, `SELECT len(evidence) AS n FROM '${file}'`)).toEqual([{ n: 100_000n }]);
  const table = tableFromIPC(await readFile(await written('arrow', result)));
  expect(table.getChild('evidence')?.get(0)?.length).toBe(100_000);
});

test('a time that is none is NULL', async () => {
  const result = makeResult({ findings: [makeFinding({ firstSeen: 'yesterday', evidence: [] })] });
  const rows = await duckdbRows(
    z.looseObject({}),
    `SELECT firstSeen, lastSeen FROM '${await written('parquet', result)}'`,
  );
  expect(rows).toEqual([{ firstSeen: null, lastSeen: new Date('2026-09-14T08:12:00.000Z') }]);
});
