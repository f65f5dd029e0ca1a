import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  FixedSizeList,
  Int32,
  Int64,
  LargeUtf8,
  List,
  Map_,
  makeBuilder,
  makeData,
  makeVector,
  type RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Struct,
  Table,
  TimestampMicrosecond,
  TimestampSecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, quoted, type Session } from '../../src/engine/session.ts';
import { readRecords } from '../../src/ingest/read.ts';
import { sniff } from '../../src/ingest/sniff.ts';
import { placed, readAll } from './reading.ts';

let folder: string;
let session: Session;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postlude-binary-'));
  session = await openSession();
});
afterAll(async () => {
  await session.close();
  rmSync(folder, { recursive: true });
});

async function read(path: string) {
  const sniffed = await sniff(path, session);
  if ('unrecognised' in sniffed) throw new Error(sniffed.unrecognised);
  return { ...(await readAll(readRecords(session, { path, readPath: path, named: true }, sniffed))), sniffed };
}

const at = (name: string) => join(folder, name);

describe('reading Parquet', () => {
  it('gives rows as JSON has them: times in ISO, exact numbers, nested values, and nothing for NULL', async () => {
    const path = at("it's [1] *.parquet");
    await session.run(`COPY (SELECT * FROM (VALUES
      ('a', TIMESTAMPTZ '2026-09-14 10:00:00.123456+02', TIMESTAMP '2026-09-14 08:00:00', 42::BIGINT, 9007199254740993, {'id': 'x', 'none': NULL::INT, 'times': [TIMESTAMPTZ '2026-01-01 00:00:00+00']}, map {'k': 1}, true, 1.5::DECIMAL(4,2), encode('grün'), '\\xFF'::BLOB, DATE '2026-09-14', ['p', NULL]),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
      ) AS t (text, time, zoneless, small, large, body, map, flag, decimal, "binary", bytes, day, list)) TO ${quoted(path)}`);
    const result = await read(path);
    expect(result.rejects).toEqual([]);
    expect(placed(result)).toEqual([
      [
        1,
        {
          text: 'a',
          time: '2026-09-14T08:00:00.123456Z',
          zoneless: '2026-09-14T08:00:00.000',
          small: 42,
          large: '9007199254740993',
          body: { id: 'x', times: ['2026-01-01T00:00:00.000Z'] },
          map: { k: 1 },
          flag: true,
          decimal: 1.5,
          binary: 'grün',
          bytes: '/w==',
          day: '2026-09-14',
          list: ['p', null],
        },
      ],
      [2, {}],
    ]);
    expect(result.sniffed).toMatchObject({
      container: 'parquet',
      compression: 'none',
      head: [{ line: 1, fields: { text: 'a' } }, { line: 2 }],
    });
  });

  it('numbers rows by their place, also where several threads read them', async () => {
    const path = at('many.parquet');
    await session.run(
      `COPY (SELECT range + 1 AS n, 'x' AS file_name FROM range(400000)) TO ${quoted(path)} (ROW_GROUP_SIZE 20000)`,
    );
    const { records } = await read(path);
    expect(records).toHaveLength(400_000);
    expect(records.every(({ line, fields }) => fields.n === line)).toBe(true);
  });

  it('reads a file that has a column of the name that numbers rows', async () => {
    const path = at('number.parquet');
    await session.run(`COPY (SELECT 7 AS file_row_number) TO ${quoted(path)}`);
    expect(placed(await read(path))).toEqual([[1, { file_row_number: 7 }]]);
  });

  it('rejects a damaged file once, without SQL or paths in the reason', async () => {
    const path = at('damaged.parquet');
    writeFileSync(path, readFileSync(at('many.parquet')).subarray(0, 50_000));
    const { records, rejects } = await read(path);
    expect(records).toEqual([]);
    expect(rejects).toHaveLength(1);
    expect(rejects[0]?.reason).toMatch(/^cannot be read as Parquet: /);
    expect(rejects[0]?.reason).not.toMatch(/LINE|SELECT|postlude-binary/);
  });

  it('leaves the connection of the session free while it reads', async () => {
    for await (const batch of readRecords(
      session,
      { path: 'x', readPath: at('many.parquet'), named: true },
      { compression: 'none', encoding: 'utf-8', container: 'parquet', head: [] },
    )) {
      expect(batch.records.length).toBeGreaterThan(0);
      await session.run('SELECT 1');
    }
  });
});

/** Arrow's own builder takes milliseconds only. */
function micros(values: readonly (bigint | null)[]) {
  const nullBitmap = Uint8Array.of(values.reduce((bits, value, at) => bits | (value === null ? 0 : 1 << at), 0));
  return makeVector(
    makeData({
      type: new TimestampMicrosecond('UTC'),
      length: values.length,
      nullCount: values.filter((value) => value === null).length,
      nullBitmap,
      data: BigInt64Array.from(values, (value) => value ?? 0n),
    }),
  );
}

describe('reading Arrow', () => {
  const table = () =>
    new Table({
      text: vectorFromArray(['a', null, 'c'], new Utf8()),
      large: vectorFromArray(['ä', 'b', null], new LargeUtf8()),
      kind: vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int32())),
      time: micros([1_789_372_800_123_456n, null, -1n]),
      zoneless: vectorFromArray([1_789_372_800_000, null, null], new TimestampSecond()),
      day: vectorFromArray([new Date('2026-09-14'), null, null], new DateDay()),
      whole: vectorFromArray([42n, 9_007_199_254_740_993n, null], new Int64()),
      flag: vectorFromArray([true, false, null], new Bool()),
      bytes: vectorFromArray([Buffer.from('grün'), Buffer.from([0xff]), null], new Binary()),
      list: vectorFromArray([['p', null], [], null], new List(new Field('item', new Utf8()))),
      body: vectorFromArray(
        [{ id: 'x', n: 1 }, { id: null, n: 2 }, null],
        new Struct<{ id: Utf8; n: Int32 }>([new Field('id', new Utf8()), new Field('n', new Int32())]),
      ),
    });
  const expected = [
    [
      1,
      {
        text: 'a',
        large: 'ä',
        kind: 'x',
        time: '2026-09-14T08:00:00.123456Z',
        zoneless: '2026-09-14T08:00:00.000',
        day: '2026-09-14',
        whole: 42,
        flag: true,
        bytes: 'grün',
        list: ['p', null],
        body: { id: 'x', n: 1 },
      },
    ],
    [2, { large: 'b', kind: 'y', whole: '9007199254740993', flag: false, bytes: '/w==', list: [], body: { n: 2 } }],
    [3, { text: 'c', kind: 'x', time: '1969-12-31T23:59:59.999999Z' }],
  ];

  it.each(['file', 'stream'] as const)('gives the rows of a %s as JSON has them', async (format) => {
    const path = at(`table-${format}`);
    writeFileSync(path, tableToIPC(table(), format));
    const result = await read(path);
    expect(result.rejects).toEqual([]);
    expect(placed(result)).toEqual(expected);
    expect(result.sniffed).toMatchObject({ container: `arrow-${format}` });
    expect(result.sniffed.head).toHaveLength(3);
  });

  it('reads maps, lists of a fixed size and decimals', async () => {
    const member = new Struct<{ key: Utf8; value: Int32 }>([
      new Field('key', new Utf8()),
      new Field('value', new Int32(), true),
    ]);
    const columns = {
      map: vectorFromArray([new Map([['a', 1]]), null], new Map_(new Field('entries', member))),
      pair: vectorFromArray(
        [
          [1, 2],
          [3, 4],
        ],
        new FixedSizeList(2, new Field('item', new Int32(), true)),
      ),
    };
    const decimal = makeBuilder({ type: new Decimal(2, 10), nullValues: [null] });
    decimal.append(Uint32Array.of(150, 0, 0, 0));
    decimal.append(Uint32Array.of(0xffffff6a, 0xffffffff, 0xffffffff, 0xffffffff));
    const path = at('nested');
    writeFileSync(path, tableToIPC(new Table({ ...columns, decimal: decimal.finish().toVector() }), 'stream'));
    expect(placed(await read(path))).toEqual([
      [1, { map: { a: 1 }, pair: [1, 2], decimal: 1.5 }],
      [2, { pair: [3, 4], decimal: -1.5 }],
    ]);
  });

  it('reads days, and what no calendar has beside them', async () => {
    const days = makeVector(makeData({ type: new DateDay(), data: Int32Array.of(20_000, 2_147_483_647, -1) }));
    const path = at('days');
    writeFileSync(path, tableToIPC(new Table({ day: days }), 'file'));
    expect(placed(await read(path))).toEqual([
      [1, { day: '2024-10-04' }],
      [2, { day: '185542587100800000' }],
      [3, { day: '1969-12-31' }],
    ]);
  });

  const batches = (count: number, rows: number) =>
    Array.from({ length: count }, (_, batch) => {
      const numbers = vectorFromArray(
        Array.from({ length: rows }, (_, row) => batch * rows + row + 1),
        new Int32(),
      );
      const [part] = new Table({ n: numbers }).batches;
      if (part === undefined) throw new Error('no batch');
      return part;
    });

  async function written(
    name: string,
    writer: RecordBatchFileWriter | RecordBatchStreamWriter,
    parts: readonly RecordBatch[],
  ) {
    const path = at(name);
    for (const part of parts) writer.write(part);
    writer.finish();
    writeFileSync(path, await writer.toUint8Array());
    return path;
  }

  it('reads part after part and numbers rows through', async () => {
    for (const path of [
      await written('parts.arrow', new RecordBatchFileWriter(), batches(5, 1000)),
      await written('parts.arrows', new RecordBatchStreamWriter(), batches(5, 1000)),
    ]) {
      const { records } = await read(path);
      expect(records.map(({ line }) => line)).toEqual(Array.from({ length: 5000 }, (_, row) => row + 1));
      expect(records.every(({ line, fields }) => fields.n === line)).toBe(true);
    }
  });

  it('keeps the parts before the end of a file that is cut, and rejects once', async () => {
    // A file is a stream between a magic word and a footer; here without the footer.
    const stream = readFileSync(at('parts.arrows'));
    for (const bytes of [stream, Buffer.concat([Buffer.from('ARROW1\0\0'), stream])]) {
      const path = at('cut');
      writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.5)));
      const { records, rejects } = await read(path);
      expect(records).toHaveLength(2000);
      expect(rejects).toHaveLength(1);
      expect(rejects[0]?.reason).toMatch(/^cannot be read as Arrow: /);
    }
  });

  it('rejects bytes that only begin like Arrow', async () => {
    for (const bytes of [
      Buffer.from('ARROW1\0\0nothing more'),
      Buffer.concat([Buffer.from([255, 255, 255, 255, 16, 0, 0, 0, 16, 0, 0, 0]), Buffer.alloc(100)]),
    ]) {
      const path = at('only-begins');
      writeFileSync(path, bytes);
      const { records, rejects } = await read(path);
      expect(records).toEqual([]);
      expect(rejects).toHaveLength(1);
    }
  });

  it('comes to an end whatever number of its metadata is damaged', async () => {
    const whole = Buffer.from(tableToIPC(new Table({ n: vectorFromArray([1, 2], new Int32()) }), 'stream'));
    for (let offset = 12; offset + 4 <= whole.length; offset += 4) {
      const bytes = Buffer.from(whole);
      bytes.writeInt32LE(0x7fffffff, offset);
      const path = at('damaged.arrows');
      writeFileSync(path, bytes);
      const { records, rejects } = await read(path);
      expect(records.length + rejects.length).toBeLessThan(10);
    }
  });
});
