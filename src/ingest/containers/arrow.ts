import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  CompressionType,
  compressionRegistry,
  type Data,
  DataType,
  makeVector,
  type RecordBatch,
  RecordBatchReader,
  TimeUnit,
} from 'apache-arrow';
import { ByteBuffer } from 'flatbuffers';
import { decompress } from 'fzstd';
import { messageOf } from '../../engine/errors.ts';
import { wholeNumber } from '../../engine/whole-number.ts';
import { type Batch, batchSize, type Collector, collector } from './batch.ts';
import { binary, isoDay, isoTime, setField } from './cells.ts';

/**
 * Reads Arrow IPC, file or stream: a row is a record, `line` its number from 1; NULL is an absent field. A damaged part is
 * one reject, and what stands in the other parts is read.
 */
export async function* readArrow(path: string, format: 'arrow-file' | 'arrow-stream'): AsyncGenerator<Batch> {
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes) });
  const batch = collector();
  let rows = 0;
  const tell = (thrown: unknown) => {
    batch.reject(rows + 1, `cannot be read as Arrow: ${reasonOf(thrown)}`, '');
  };
  const parts = format === 'arrow-file' ? fileParts(path, tell) : streamParts(path, 0, tell);
  for await (const part of parts) {
    try {
      if (!mayHoldRows(part)) throw new Error(damaged);
      addRows(batch, part, rows);
    } catch (thrown) {
      tell(thrown);
    }
    rows += mayHoldRows(part) ? part.numRows : 0;
    const ready = batch.take(batchSize);
    if (ready !== null) yield ready;
  }
  const last = batch.take(0);
  if (last !== null) yield last;
}

/**
 * The library reads as many elements as a list of its metadata is said to have, two thousand million where that is damaged. No list has
 * more elements than its message has bytes.
 */
const lengthOfVector = ByteBuffer.prototype.__vector_len;
ByteBuffer.prototype.__vector_len = function (offset) {
  const length = lengthOfVector.call(this, offset);
  if (length < 0 || length > this.capacity()) throw new RangeError('a list longer than its message');
  return length;
};

/** Each row takes a bit at least of some column; a part that says that it has more is damaged, and would be read for ever. */
function mayHoldRows(part: RecordBatch): boolean {
  return part.numRows >= 0 && part.numRows <= 8 * part.data.byteLength;
}

type Tell = (thrown: unknown) => void;

/** The parts of a file by its footer, so that a damaged one costs only itself. */
async function* fileParts(path: string, tell: Tell): AsyncGenerator<RecordBatch> {
  const handle = await open(path);
  try {
    const reader = await opened(handle, tell);
    if (reader === null) {
      // A file is a stream between a magic word and the footer; a file that was cut has lost its footer only.
      yield* streamParts(path, 8, () => {});
      return;
    }
    for (let at = 0; at < reader.numRecordBatches; at++) {
      let part: RecordBatch | null = null;
      try {
        part = await reader.readRecordBatch(at);
      } catch (thrown) {
        tell(thrown);
      }
      if (part !== null) yield part;
    }
  } finally {
    // The reader may have closed it.
    await handle.close().catch(() => {});
  }
}

async function opened(handle: Awaited<ReturnType<typeof open>>, tell: Tell): Promise<RecordBatchReader | null> {
  try {
    const reader = await RecordBatchReader.from(handle);
    const file = await reader.open({ autoDestroy: false });
    // Without its last bytes the library takes it for a stream, and with wrong ones for a file of nothing; it says neither.
    if (!file.isFile() || !isThere(file.schema)) throw new Error(damaged);
    return file;
  } catch (thrown) {
    tell(thrown);
    return null;
  }
}

async function* streamParts(path: string, start: number, tell: Tell): AsyncGenerator<RecordBatch> {
  const stream = createReadStream(path, { start });
  try {
    const reader = await (await RecordBatchReader.from(stream)).open({ autoDestroy: false });
    // Without a schema there are no rows, and the reader just ends.
    if (!isThere(reader.schema)) throw new Error(damaged);
    for await (const part of reader) yield part;
  } catch (thrown) {
    tell(thrown);
  } finally {
    stream.destroy();
  }
}

/** The types of the library leave out that it may be missing. */
function isThere(schema: unknown): boolean {
  return schema !== undefined && schema !== null;
}

const damaged = 'it is damaged or cut off';

function reasonOf(thrown: unknown): string {
  // The library trusts its input, and stumbles over what is missing.
  if (thrown instanceof TypeError || thrown instanceof RangeError) return damaged;
  const message = messageOf(thrown)
    .replaceAll(/\p{Cc}/gu, '?')
    .replace(/\.$/, '');
  return /compressed but codec not found/.test(message)
    ? 'it is compressed with LZ4; write it without compression or with zstd'
    : message;
}

type Cell = (row: number) => unknown;

function addRows(batch: Collector, part: RecordBatch, before: number): void {
  const columns = part.schema.fields.flatMap((field, at) => {
    const data = part.data.children[at];
    return data === undefined ? [] : [{ name: field.name, cell: cellsOf(data) }];
  });
  for (let row = 0; row < part.numRows; row++) {
    const fields: Record<string, unknown> = {};
    for (const { name, cell } of columns) {
      const value = cell(row);
      if (value !== undefined) setField(fields, name, value);
    }
    batch.record(fields, before + row + 1, null);
  }
}

/** Reads the cells of a column; `undefined` for NULL. */
function cellsOf(data: Data): Cell {
  const cell = validCells(data);
  if (data.nullCount === 0 && !DataType.isNull(data.type)) return cell;
  return (row) => (data.getValid(row) ? cell(row) : undefined);
}

function validCells(data: Data): Cell {
  const { type } = data;
  const vector = makeVector(data);
  if (DataType.isNull(type)) return () => undefined;
  if (DataType.isTimestamp(type)) {
    const perSecond = ticksPerSecond(type.unit);
    const isUtc = typeof type.timezone === 'string' && type.timezone !== '';
    // The vector's own `get` is in milliseconds: it loses digits.
    const ticks: unknown = data.values;
    return ticks instanceof BigInt64Array
      ? (row) => isoTime(ticks[row] ?? 0n, perSecond, isUtc)
      : (row) => scalar(vector.get(row));
  }
  if (DataType.isDate(type)) return (row) => isoDay(Number(vector.get(row)));
  if (DataType.isDecimal(type)) {
    const words: unknown = data.values;
    const perValue = data.stride;
    return words instanceof Uint32Array
      ? (row) => decimal(words.subarray(row * perValue, (row + 1) * perValue), type.scale)
      : (row) => scalar(vector.get(row));
  }
  if (DataType.isDictionary(type)) return (row) => scalar(vector.get(row));
  if (DataType.isStruct(type)) {
    const members = type.children.flatMap((field, at) => {
      const child = data.children[at];
      return child === undefined ? [] : [{ name: field.name, cell: cellsOf(child) }];
    });
    return (row) => {
      const fields: Record<string, unknown> = {};
      for (const { name, cell } of members) {
        const value = cell(row);
        if (value !== undefined) setField(fields, name, value);
      }
      return fields;
    };
  }
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type) || DataType.isFixedSizeList(type)) {
    const [child] = data.children;
    if (child === undefined) return () => [];
    const cell = cellsOf(child);
    const bounds = boundsOf(data);
    const elements = (row: number) => {
      const [begin, end] = bounds(row);
      return Array.from({ length: end - begin }, (_, at) => cell(begin + at) ?? null);
    };
    return DataType.isMap(type) ? (row) => entries(elements(row)) : elements;
  }
  return (row) => scalar(vector.get(row));
}

function boundsOf(data: Data): (row: number) => readonly [number, number] {
  if (DataType.isFixedSizeList(data.type)) {
    const size = data.type.listSize;
    return (row) => [(data.offset + row) * size, (data.offset + row + 1) * size];
  }
  const offsets: unknown = data.valueOffsets;
  if (!(offsets instanceof Int32Array || offsets instanceof BigInt64Array)) throw new Error('a list without offsets');
  return (row) => [Number(offsets[row]), Number(offsets[row + 1])];
}

/** A map arrives as a list of `{key, value}`, under whatever names. */
function entries(pairs: readonly unknown[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const pair of pairs) {
    if (typeof pair !== 'object' || pair === null) continue;
    const [key, value] = Object.values(pair);
    if (value !== undefined) setField(fields, String(key), value);
  }
  return fields;
}

function ticksPerSecond(unit: TimeUnit): bigint {
  switch (unit) {
    case TimeUnit.SECOND:
      return 1n;
    case TimeUnit.MILLISECOND:
      return 1000n;
    case TimeUnit.MICROSECOND:
      return 1_000_000n;
    case TimeUnit.NANOSECOND:
      return 1_000_000_000n;
  }
}

/** 32-bit words of a two's complement, lowest first. */
function decimal(words: Uint32Array, scale: number): number {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return Number(BigInt.asIntN(words.length * 32, unsigned)) / 10 ** scale;
}

function scalar(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Uint8Array) return binary(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // Intervals, unions and dictionaries of anything: what Arrow makes of them as JSON.
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? wholeNumber(inner) : inner)) ?? 'null',
  );
}
