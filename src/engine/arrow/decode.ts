import { DuckDBListType, DuckDBStructType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import {
  Bool,
  type Data,
  DateDay,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalMonthDayNano,
  List,
  makeData,
  Null,
  Struct,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow';

/** Which elements of a vector are wanted. */
export type Rows = {
  readonly count: number;
  /** Their places in the vector, in order; absent where they are its first `count`. */
  readonly picked?: Int32Array | undefined;
  /** Arrow's bitmap of those whose parent is not NULL: what lies below a NULL may be uninitialised memory. */
  readonly parents?: Uint8Array | undefined;
};

/** Copies elements out of DuckDB's memory, which goes when its chunk goes. */
export type Decode = (vector: duckdb.Vector, rows: Rows) => Data;

type Head = { readonly length: number; readonly nullCount: number; readonly nullBitmap: Uint8Array | null };

const scalars: ReadonlyMap<DuckDBTypeId, Decode> = new Map([
  [DuckDBTypeId.BOOLEAN, booleans],
  [
    DuckDBTypeId.TINYINT,
    fixed(1, (head, bytes) => makeData({ type: new Int8(), ...head, data: new Int8Array(bytes) })),
  ],
  [
    DuckDBTypeId.SMALLINT,
    fixed(2, (head, bytes) => makeData({ type: new Int16(), ...head, data: new Int16Array(bytes) })),
  ],
  [
    DuckDBTypeId.INTEGER,
    fixed(4, (head, bytes) => makeData({ type: new Int32(), ...head, data: new Int32Array(bytes) })),
  ],
  [
    DuckDBTypeId.BIGINT,
    fixed(8, (head, bytes) => makeData({ type: new Int64(), ...head, data: new BigInt64Array(bytes) })),
  ],
  [
    DuckDBTypeId.UTINYINT,
    fixed(1, (head, bytes) => makeData({ type: new Uint8(), ...head, data: new Uint8Array(bytes) })),
  ],
  [
    DuckDBTypeId.USMALLINT,
    fixed(2, (head, bytes) => makeData({ type: new Uint16(), ...head, data: new Uint16Array(bytes) })),
  ],
  [
    DuckDBTypeId.UINTEGER,
    fixed(4, (head, bytes) => makeData({ type: new Uint32(), ...head, data: new Uint32Array(bytes) })),
  ],
  [
    DuckDBTypeId.UBIGINT,
    fixed(8, (head, bytes) => makeData({ type: new Uint64(), ...head, data: new BigUint64Array(bytes) })),
  ],
  [
    DuckDBTypeId.FLOAT,
    fixed(4, (head, bytes) => makeData({ type: new Float32(), ...head, data: new Float32Array(bytes) })),
  ],
  [
    DuckDBTypeId.DOUBLE,
    fixed(8, (head, bytes) => makeData({ type: new Float64(), ...head, data: new Float64Array(bytes) })),
  ],
  [
    DuckDBTypeId.DATE,
    fixed(4, (head, bytes) => makeData({ type: new DateDay(), ...head, data: new Int32Array(bytes) })),
  ],
  [
    DuckDBTypeId.TIMESTAMP,
    fixed(8, (head, bytes) => makeData({ type: new TimestampMicrosecond(), ...head, data: new BigInt64Array(bytes) })),
  ],
  [
    DuckDBTypeId.TIMESTAMP_TZ,
    fixed(8, (head, bytes) =>
      makeData({ type: new TimestampMicrosecond('UTC'), ...head, data: new BigInt64Array(bytes) }),
    ),
  ],
  [DuckDBTypeId.INTERVAL, fixed(16, intervals)],
  [DuckDBTypeId.VARCHAR, strings],
  [DuckDBTypeId.SQLNULL, nulls],
]);

/** How elements of this type are copied; undefined where they, or something in them, cannot be carried as they are. */
export function decoderOf(type: DuckDBType): Decode | undefined {
  if (type instanceof DuckDBListType) {
    const element = decoderOf(type.valueType);
    return element && ((vector, rows) => lists(vector, rows, element));
  }
  if (type instanceof DuckDBStructType) {
    const entries = type.entryTypes.map(decoderOf).filter((entry) => entry !== undefined);
    // The fields of `row(1, 2)` have no names to tell them apart by.
    if (entries.length < type.entryCount || type.entryNames.includes('')) return undefined;
    return (vector, rows) => structs(vector, rows, type.entryNames, entries);
  }
  return scalars.get(type.typeId);
}

function fixed(width: number, wrap: (head: Head, bytes: ArrayBuffer) => Data): Decode {
  return (vector, rows) => wrap(headOf(vector, rows), bytesOf(vector, rows, width).buffer);
}

function booleans(vector: duckdb.Vector, rows: Rows): Data {
  const bytes = bytesOf(vector, rows, 1);
  const bits = new Uint8Array((rows.count + 7) >> 3);
  for (let i = 0; i < rows.count; i++) if (bytes[i] !== 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  return makeData({ type: new Bool(), ...headOf(vector, rows), data: bits });
}

const maxInt64 = 2n ** 63n - 1n;

/** DuckDB's months, days and microseconds lie in memory as Arrow's months, days and nanoseconds do. */
function intervals(head: Head, bytes: ArrayBuffer): Data {
  const words = new BigInt64Array(bytes);
  for (let i = 1; i < words.length; i += 2) {
    const nanos = (words[i] ?? 0n) * 1000n;
    words[i] = nanos > maxInt64 ? maxInt64 : nanos < -maxInt64 ? -maxInt64 : nanos;
  }
  return makeData({ type: new IntervalMonthDayNano(), ...head, data: new Int32Array(bytes) });
}

function nulls(_: duckdb.Vector, rows: Rows): Data {
  return makeData({ type: new Null(), length: rows.count });
}

function structs(vector: duckdb.Vector, rows: Rows, names: readonly string[], decodes: readonly Decode[]): Data {
  const head = headOf(vector, rows);
  const below: Rows = { ...rows, parents: head.nullBitmap ?? undefined };
  const children = decodes.map((decode, index) => decode(duckdb.struct_vector_get_child(vector, index), below));
  const fields = children.map((child, index) => new Field(names[index] ?? '', child.type, true));
  return makeData({ type: new Struct(fields), ...head, children });
}

function lists(vector: duckdb.Vector, rows: Rows, decode: Decode): Data {
  const head = headOf(vector, rows);
  // An entry is (offset u64, length u64) into the child vector.
  const words = new Uint32Array(bytesOf(vector, rows, 16).buffer);
  const starts = new Float64Array(rows.count);
  const valueOffsets = new Int32Array(rows.count + 1);
  let total = 0;
  let inOrder = true;
  for (let i = 0; i < rows.count; i++) {
    const length = isSet(head.nullBitmap, i) ? numberAt(words, 4 * i + 2) : 0;
    const start = numberAt(words, 4 * i);
    starts[i] = start;
    inOrder &&= length === 0 || start === total;
    total += length;
    valueOffsets[i + 1] = total;
  }
  const picked = inOrder ? undefined : pickedElements(starts, valueOffsets, total);
  const child = decode(duckdb.list_vector_get_child(vector), { count: total, picked });
  return makeData({ type: new List(new Field('item', child.type, true)), ...head, valueOffsets, child });
}

function pickedElements(starts: Float64Array, valueOffsets: Int32Array, total: number): Int32Array {
  const picked = new Int32Array(total);
  for (let i = 0; i < starts.length; i++) {
    const from = valueOffsets[i] ?? 0;
    const to = valueOffsets[i + 1] ?? 0;
    const shift = (starts[i] ?? 0) - from;
    for (let k = from; k < to; k++) picked[k] = k + shift;
  }
  return picked;
}

const inlineBytes = 12;
/** Two strings less than a page apart have no whole page between them, so that every byte from one to the other is mapped. */
const pageBytes = 4096;

/**
 * A string is 16 bytes: its length as u32, then its text where that fits into 12 bytes, else 4 bytes of it and a pointer.
 * Following a pointer is the whole cost, so one call fetches all strings that lie close together.
 */
function strings(vector: duckdb.Vector, rows: Rows): Data {
  const head = headOf(vector, rows);
  const headers = bytesOf(vector, rows, 16);
  const words = new Uint32Array(headers.buffer);
  const { count } = rows;

  const valueOffsets = new Int32Array(count + 1);
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (isSet(head.nullBitmap, i)) total += words[4 * i] ?? 0;
    if (total > 0x7fffffff) throw new Error('a column holds more than 2 GB of text in one batch');
    valueOffsets[i + 1] = total;
  }

  const text = Buffer.allocUnsafeSlow(total);
  const pending = new Int32Array(count);
  let waiting = 0;
  let low = 0;
  let high = 0;
  let lowest = 0;
  const fetchPending = () => {
    const found = duckdb.get_data_from_pointer(headers.buffer, 16 * lowest + 8, high - low);
    const source = Buffer.from(found.buffer, found.byteOffset, found.byteLength);
    // Most lie one right behind the other, and are copied at once.
    let from = 0;
    let length = 0;
    let to = 0;
    for (let k = 0; k < waiting; k++) {
      const i = pending[k] ?? 0;
      const at = numberAt(words, 4 * i + 2) - low;
      const target = valueOffsets[i] ?? 0;
      if (at !== from + length || target !== to + length) {
        source.copy(text, to, from, from + length);
        from = at;
        length = 0;
        to = target;
      }
      length += words[4 * i] ?? 0;
    }
    source.copy(text, to, from, from + length);
    waiting = 0;
  };
  for (let i = 0; i < count; i++) {
    const to = valueOffsets[i] ?? 0;
    const length = (valueOffsets[i + 1] ?? 0) - to;
    if (length <= inlineBytes) {
      const from = 16 * i + 4;
      for (let k = 0; k < length; k++) text[to + k] = headers[from + k] ?? 0;
      continue;
    }
    const start = numberAt(words, 4 * i + 2);
    if (waiting > 0 && (start >= high + pageBytes || start + length + pageBytes <= low)) fetchPending();
    if (waiting === 0 || start < low) {
      low = start;
      lowest = i;
    }
    high = waiting === 0 ? start + length : Math.max(high, start + length);
    pending[waiting++] = i;
  }
  if (waiting > 0) fetchPending();
  return makeData({ type: new Utf8(), ...head, valueOffsets, data: text });
}

/** The u64 at a pair of words, below 2^53: addresses of user space have 47 bits in practice, and lists fewer elements. */
function numberAt(words: Uint32Array, at: number): number {
  return (words[at] ?? 0) + (words[at + 1] ?? 0) * 0x1_0000_0000;
}

/** The wanted elements of a vector of fixed width, in a buffer of their own. */
function bytesOf(vector: duckdb.Vector, rows: Rows, width: number): Uint8Array<ArrayBuffer> {
  const { count, picked } = rows;
  if (count === 0) return new Uint8Array(0);
  if (picked === undefined) return new Uint8Array(duckdb.vector_get_data(vector, count * width));
  const source = duckdb.vector_get_data(vector, (largest(picked) + 1) * width);
  const bytes = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    const from = (picked[i] ?? 0) * width;
    for (let k = 0; k < width; k++) bytes[i * width + k] = source[from + k] ?? 0;
  }
  return bytes;
}

/** DuckDB's validity has the order of bits that Arrow's has. */
function headOf(vector: duckdb.Vector, rows: Rows): Head {
  const { count: length, picked, parents } = rows;
  if (length === 0) return { length, nullCount: 0, nullBitmap: null };
  const extent = picked === undefined ? length : largest(picked) + 1;
  // It is null where the vector has no NULLs, which its declaration does not say.
  const validity: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(extent / 64) * 8);
  if (validity === null && parents === undefined) return { length, nullCount: 0, nullBitmap: null };

  const bitmap = new Uint8Array((length + 7) >> 3);
  if (validity === null) bitmap.fill(255);
  else if (picked === undefined) bitmap.set(validity.subarray(0, bitmap.length));
  else
    for (let i = 0; i < length; i++)
      if (isSet(validity, picked[i] ?? 0)) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));

  const unused = bitmap.length * 8 - length;
  let set = 0;
  for (let b = 0; b < bitmap.length; b++) {
    let byte = (bitmap[b] ?? 0) & (parents?.[b] ?? 255);
    if (b === bitmap.length - 1) byte &= 255 >> unused;
    bitmap[b] = byte;
    set += bitsSet(byte);
  }
  return set === length
    ? { length, nullCount: 0, nullBitmap: null }
    : { length, nullCount: length - set, nullBitmap: bitmap };
}

function isSet(bitmap: Uint8Array | null, i: number): boolean {
  return bitmap === null || ((bitmap[i >> 3] ?? 0) & (1 << (i & 7))) !== 0;
}

function bitsSet(byte: number): number {
  let n = byte - ((byte >> 1) & 0x55);
  n = (n & 0x33) + ((n >> 2) & 0x33);
  return (n + (n >> 4)) & 0x0f;
}

function largest(places: Int32Array): number {
  let most = 0;
  for (const place of places) if (place > most) most = place;
  return most;
}
