import { BIGINT, BOOLEAN, type DuckDBType, INTERVAL, LIST, STRUCT, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import { expect, test } from 'vitest';
import { decoderOf } from '../../src/engine/arrow/decode.ts';
import { rowReader } from '../../src/engine/arrow.ts';

/** Vectors made by hand, because queries seldom give them: lists out of order, and rubbish where nothing is to be read. */

const garbage = 0xdead_beef_dead_bee8n;

function write(vector: duckdb.Vector, bytes: ArrayBuffer): void {
  duckdb.copy_data_to_vector(vector, 0, bytes, 0, bytes.byteLength);
}

function invalidate(vector: duckdb.Vector, ...indexes: number[]): void {
  duckdb.vector_ensure_validity_writable(vector);
  const mask = indexes.reduce((bits, index) => bits & ~(1n << BigInt(index)), 2n ** 64n - 1n);
  duckdb.copy_data_to_vector_validity(vector, 0, new BigUint64Array([mask]).buffer, 0, 8);
}

function writeStrings(vector: duckdb.Vector, values: readonly string[]): void {
  for (const [index, value] of values.entries()) duckdb.vector_assign_string_element(vector, index, value);
}

/** Entries as DuckDB keeps them: offset and length. */
function writeEntries(vector: duckdb.Vector, ...entries: (readonly [bigint, bigint])[]): void {
  write(vector, new BigUint64Array(entries.flat()).buffer);
}

function childOf(vector: duckdb.Vector, size: number): duckdb.Vector {
  duckdb.list_vector_reserve(vector, size);
  duckdb.list_vector_set_size(vector, size);
  return duckdb.list_vector_get_child(vector);
}

function read(type: DuckDBType, count: number, fill: (vector: duckdb.Vector) => void): unknown[] {
  const chunk = duckdb.create_data_chunk([type.toLogicalType().logical_type]);
  const vector = duckdb.data_chunk_get_vector(chunk, 0);
  fill(vector);
  duckdb.data_chunk_set_size(chunk, count);
  const column = decoderOf(type)?.(vector, { count });
  if (column === undefined) throw new Error(`no decoder for ${type}`);
  const schema = new Schema([new Field('v', column.type, true)]);
  const reader = rowReader(
    new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: count, children: [column] })),
  );
  expect(duckdb.data_chunk_get_size(chunk)).toBe(count);
  return Array.from({ length: count }, (_, index) => reader(index).v);
}

test('lists of text whose entries are out of order, overlap, and leave elements out', () => {
  const values = ['first', 'a text of more than twelve bytes', 'third', 'another text that is not inline', 'last'];
  const rows = read(LIST(VARCHAR), 5, (vector) => {
    writeStrings(childOf(vector, 5), values);
    writeEntries(vector, [3n, 2n], [0n, 2n], [1n, 3n], [4n, 0n], [1n, 1n]);
  });
  expect(rows).toEqual([values.slice(3, 5), values.slice(0, 2), values.slice(1, 4), [], values.slice(1, 2)]);
});

test('lists that begin after the first element', () => {
  const rows = read(LIST(BIGINT), 2, (vector) => {
    write(childOf(vector, 4), new BigInt64Array([1n, 2n, 3n, 4n]).buffer);
    writeEntries(vector, [1n, 2n], [3n, 1n]);
  });
  expect(rows).toEqual([[2n, 3n], [4n]]);
});

test('the entry of a NULL list is not looked at', () => {
  const rows = read(LIST(BIGINT), 3, (vector) => {
    write(childOf(vector, 2), new BigInt64Array([1n, 2n]).buffer);
    writeEntries(vector, [0n, 1n], [garbage, garbage], [1n, 1n]);
    invalidate(vector, 1);
  });
  expect(rows).toEqual([[1n], null, [2n]]);
});

test('NULL elements keep their places when a list is out of order', () => {
  const rows = read(LIST(BOOLEAN), 2, (vector) => {
    const child = childOf(vector, 4);
    write(child, new Uint8Array([1, 0, 1, 1]).buffer);
    invalidate(child, 2);
    writeEntries(vector, [2n, 2n], [0n, 2n]);
  });
  expect(rows).toEqual([
    [null, true],
    [true, false],
  ]);
});

test('text below a NULL struct is not followed, though it is not NULL itself', () => {
  const rows = read(STRUCT({ id: VARCHAR, n: BIGINT }), 3, (vector) => {
    const ids = duckdb.struct_vector_get_child(vector, 0);
    writeStrings(ids, ['CA1', 'x', 'a text of more than twelve bytes']);
    duckdb.copy_data_to_vector(ids, 16, new BigUint64Array([garbage, garbage]).buffer, 0, 16);
    write(duckdb.struct_vector_get_child(vector, 1), new BigInt64Array([1n, 2n, 3n]).buffer);
    invalidate(vector, 1);
  });
  expect(rows).toEqual([{ id: 'CA1', n: 1n }, null, { id: 'a text of more than twelve bytes', n: 3n }]);
});

test('lists below a NULL struct within lists out of order', () => {
  const type = LIST(STRUCT({ l: LIST(VARCHAR), span: INTERVAL }));
  const rows = read(type, 2, (vector) => {
    const structs = childOf(vector, 4);
    const inner = duckdb.struct_vector_get_child(structs, 0);
    writeStrings(childOf(inner, 3), ['a', 'b', 'c']);
    writeEntries(inner, [2n, 1n], [garbage, garbage], [0n, 2n], [0n, 0n]);
    const spans = new BigInt64Array([0n, 1000n, 0n, 2000n, 0n, 3000n, 0n, 4000n]);
    write(duckdb.struct_vector_get_child(structs, 1), spans.buffer);
    invalidate(structs, 1);
    writeEntries(vector, [1n, 3n], [0n, 1n]);
  });
  const span = (ms: number) => ({ months: 0, days: 0, ms });
  expect(rows).toEqual([
    [null, { l: ['a', 'b'], span: span(3) }, { l: [], span: span(4) }],
    [{ l: ['c'], span: span(1) }],
  ]);
});

test('texts that lie far apart, close together, and in descending order', () => {
  const type = LIST(VARCHAR);
  const values = Array.from({ length: 200 }, (_, index) => `${index}: ${'x'.repeat((index * 7919) % 9000)}`);
  const rows = read(type, 200, (vector) => {
    writeStrings(childOf(vector, 200), values);
    writeEntries(vector, ...values.map((_, index) => [BigInt(199 - index), 1n] as const));
  });
  expect(rows).toEqual(values.map((_, index) => [values[199 - index]]));
});

test('intervals beyond what nanoseconds can hold stay at the end of their range', () => {
  const rows = read(INTERVAL, 2, (vector) =>
    write(vector, new BigInt64Array([0n, 2n ** 62n, 0n, -(2n ** 62n)]).buffer),
  );
  const most = Number((2n ** 63n - 1n) / 1000n) / 1000;
  expect(rows).toEqual([
    { months: 0, days: 0, ms: most },
    { months: 0, days: 0, ms: -most },
  ]);
});
