import { isAscii } from 'node:buffer';
import { type Data, DataType, type RecordBatch } from 'apache-arrow';

/**
 * A span of time as DuckDB keeps it: months and days have no fixed length, and the parts may have different signs.
 * The difference of two timestamps has no months.
 */
export type Interval = { readonly months: number; readonly days: number; readonly ms: number };

/** A value as rule authors meet it. Instants and dates are a `Date` (a date is its midnight in UTC). */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Interval
  | readonly Cell[]
  | { readonly [name: string]: Cell };

export type Row = { readonly [name: string]: Cell };

const dayMs = 86_400_000;

/** The whole span in milliseconds, a month taken as 30 days and a day as 24 hours, as DuckDB does where it compares. */
export function intervalMs({ months, days, ms }: Interval): number {
  return (months * 30 + days) * dayMs + ms;
}

/**
 * Reads rows of a batch as plain objects. Iterating Arrow's own rows costs several times as much.
 * The objects share no memory with the batch.
 */
export function rowReader(batch: RecordBatch): (index: number) => Row {
  return objectReader(
    batch.schema.fields.map((field) => field.name),
    batch.data.children,
  );
}

type Reader<Value> = (index: number) => Value;

function objectReader(names: readonly string[], columns: readonly Data[]): Reader<Row> {
  const readers = columns.map(cellReader);
  // An ordinary assignment to this name would set the prototype and lose the value.
  const hasProto = names.includes('__proto__');
  return (index) => {
    const row: Record<string, Cell> = {};
    for (let c = 0; c < readers.length; c++) {
      const name = names[c] ?? '';
      const value = readers[c]?.(index) ?? null;
      if (hasProto && name === '__proto__') {
        Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
      } else row[name] = value;
    }
    return row;
  };
}

function cellReader(data: Data): Reader<Cell> {
  if (DataType.isNull(data.type)) return () => null;
  const read = presentReader(data);
  if (data.nullCount === 0) return read;
  const { nullBitmap, offset } = data;
  return (index) => {
    const bit = offset + index;
    return ((nullBitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0 ? null : read(index);
  };
}

/** Reads what is not NULL. */
function presentReader(data: Data): Reader<Cell> {
  const { type, values, offset } = data;
  if (DataType.isUtf8(type)) return textReader(data);
  if (DataType.isInt(type) || DataType.isFloat(type)) return (index) => values[index];
  if (DataType.isBool(type)) return (index) => (values[(offset + index) >> 3] & (1 << ((offset + index) & 7))) !== 0;
  if (DataType.isTimestamp(type)) return timestampReader(values);
  if (DataType.isDate(type)) return (index) => new Date(values[index] * dayMs);
  if (DataType.isInterval(type)) return intervalReader(values);
  if (DataType.isList(type)) return listReader(data);
  if (DataType.isStruct(type)) {
    return objectReader(
      type.children.map((field) => field.name),
      data.children,
    );
  }
  throw new Error(`a column of type ${type} cannot be read as rows`);
}

function textReader({ values, valueOffsets }: Data): Reader<string> {
  const bytes: Uint8Array = values;
  const offsets: Int32Array = valueOffsets;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Both are right for ASCII, and then the second is faster.
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  return (index) => buffer.toString(encoding, offsets[index], offsets[index + 1]);
}

/** The most milliseconds from 1970 that a Date can hold. DuckDB's infinite timestamps become them, so that they compare. */
const lastMs = 8.64e15;

function timestampReader(micros: BigInt64Array): Reader<Date> {
  const halves = new Int32Array(micros.buffer, micros.byteOffset, micros.length * 2);
  return (index) => {
    const high = halves[2 * index + 1] ?? 0;
    // A number made of two halves is several times faster than a bigint, and exact until the year 2255.
    const whole = high < 0x20_0000 && high >= -0x20_0000;
    const value = whole
      ? high * 0x1_0000_0000 + ((halves[2 * index] ?? 0) >>> 0)
      : Number((micros[index] ?? 0n) / 1000n) * 1000;
    return new Date(Math.max(-lastMs, Math.min(lastMs, Math.floor(value / 1000))));
  };
}

function intervalReader(words: Int32Array): Reader<Interval> {
  return (index) => {
    const at = 4 * index;
    const nanos = BigInt(words[at + 3] ?? 0) * 0x1_0000_0000n + BigInt((words[at + 2] ?? 0) >>> 0);
    return { months: words[at] ?? 0, days: words[at + 1] ?? 0, ms: Number(nanos / 1000n) / 1000 };
  };
}

function listReader({ valueOffsets, children }: Data): Reader<readonly Cell[]> {
  const offsets: Int32Array = valueOffsets;
  const [child] = children;
  if (child === undefined) throw new Error('a list column has no elements to read');
  const read = cellReader(child);
  return (index) => {
    const from = offsets[index] ?? 0;
    const list: Cell[] = [];
    for (let k = from; k < (offsets[index + 1] ?? 0); k++) list.push(read(k));
    return list;
  };
}
