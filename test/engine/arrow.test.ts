import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DuckDBConnection, DuckDBIntervalValue, type JS } from '@duckdb/node-api';
import { type RecordBatch, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intervalMs, type Row, resultTypes, rowReader, streamBatches, typeScriptType } from '../../src/engine/arrow.ts';
import { openSession, type Params, quoted, type Session } from '../../src/engine/session.ts';

let session: Session;
let connection: DuckDBConnection;

beforeAll(async () => {
  session = await openSession({ threads: 2 });
  connection = session.connection;
});
afterAll(() => session.close());

async function batchesOf(sql: string, params?: Params): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of streamBatches(connection, sql, params)) batches.push(batch);
  return batches;
}

function rowsOf(batches: readonly RecordBatch[]): Row[] {
  return batches.flatMap((batch) => {
    const read = rowReader(batch);
    return Array.from({ length: batch.numRows }, (_, index) => read(index));
  });
}

async function query(sql: string, params?: Params): Promise<Row[]> {
  return rowsOf(await batchesOf(sql, params));
}

/** What the same query gives through DuckDB's own reader, with intervals in the shape of `Interval`. */
async function reference(sql: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS().map((row) => mapInterval(row));
}

function mapInterval(value: Record<string, JS>): Row;
function mapInterval(value: JS): Row[string];
function mapInterval(value: JS): unknown {
  if (Array.isArray(value)) return value.map((item) => mapInterval(item));
  if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) return value;
  if (typeof value.micros === 'bigint') {
    return { months: value.months, days: value.days, ms: Number(value.micros) / 1000 };
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapInterval(item)]));
}

/** A DuckDB type and literals of it. */
type Typed = { readonly type: string; readonly literal: fc.Arbitrary<string> };

const integers = (type: string, min: bigint, max: bigint): Typed => ({
  type,
  literal: fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n)).map((value) => `(${value})::${type}`),
});

const text = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ minLength: 11, maxLength: 14 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2000 }),
    fc.constantFrom('', 'ü'.repeat(6), 'ü'.repeat(7), '😀'.repeat(3), 'x'.repeat(5000)),
  )
  // A statement's text ends at a NUL; strings with one are tested by themselves.
  .map((value) => value.replaceAll('\0', ''));

const micros = fc.bigInt({ min: 0n, max: 8_900_000_000_000_000n });

const scalars: readonly Typed[] = [
  { type: 'BOOLEAN', literal: fc.constantFrom('true', 'false') },
  integers('TINYINT', -128n, 127n),
  integers('SMALLINT', -32768n, 32767n),
  integers('INTEGER', -(2n ** 31n), 2n ** 31n - 1n),
  integers('BIGINT', -(2n ** 63n), 2n ** 63n - 1n),
  integers('UTINYINT', 0n, 255n),
  integers('USMALLINT', 0n, 65535n),
  integers('UINTEGER', 0n, 2n ** 32n - 1n),
  integers('UBIGINT', 0n, 2n ** 64n - 1n),
  { type: 'FLOAT', literal: fc.float().map((value) => `'${value}'::FLOAT`) },
  { type: 'DOUBLE', literal: fc.double().map((value) => `'${value}'::DOUBLE`) },
  { type: 'VARCHAR', literal: text.map(quoted) },
  { type: 'JSON', literal: text.map((value) => `${quoted(JSON.stringify({ value }))}::JSON`) },
  {
    type: 'DATE',
    literal: fc.integer({ min: -700_000, max: 2_900_000 }).map((days) => `(DATE '1970-01-01' + ${days})`),
  },
  { type: 'TIMESTAMP', literal: micros.map((value) => `make_timestamp(${value})`) },
  { type: 'TIMESTAMPTZ', literal: micros.map((value) => `make_timestamptz(${value})`) },
  {
    type: 'INTERVAL',
    literal: fc
      .tuple(fc.integer({ min: -10000, max: 10000 }), fc.integer({ min: -10000, max: 10000 }), fc.maxSafeInteger())
      .map(([months, days, us]) => `(to_months(${months}) + to_days(${days}) + to_microseconds(${us}))`),
  },
];

const typed = (depth: number): fc.Arbitrary<Typed> => {
  const scalar = fc.constantFrom(...scalars);
  if (depth === 0) return scalar;
  const inner = typed(depth - 1);
  return fc.oneof(
    scalar,
    inner.map(({ type, literal }) => ({
      type: `${type}[]`,
      literal: fc.array(nullable(literal), { maxLength: 5 }).map((items) => `[${items.join(', ')}]::${type}[]`),
    })),
    fc.array(inner, { minLength: 1, maxLength: 3 }).map((fields) => {
      const names = fields.map((_, index) => ['id', 'the "name"', 'Größe'][index]);
      const type = `STRUCT(${fields.map((field, index) => `"${names[index]?.replaceAll('"', '""')}" ${field.type}`).join(', ')})`;
      return {
        type,
        literal: fc.tuple(...fields.map((field) => nullable(field.literal))).map((values) => {
          return `{${values.map((value, index) => `${quoted(names[index] ?? '')}: ${value}`).join(', ')}}::${type}`;
        }),
      };
    }),
  );
};

function nullable(literal: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.option(literal, { nil: 'NULL', freq: 4 });
}

/** A table of 7,000 rows (four chunks) in which values of a small pool stand in no order. */
async function fillTable(type: string, pool: readonly string[]): Promise<void> {
  await session.run(`CREATE OR REPLACE TABLE sample AS
    SELECT i, pool[1 + (hash(i) % ${pool.length})::INTEGER] AS v
    FROM range(7000) r(i), (SELECT [${pool.join(', ')}]::${type}[] AS pool)`);
}

const sampled = (column: Typed) =>
  fc.record({
    type: fc.constant(column.type),
    pool: fc.array(nullable(column.literal), { minLength: 1, maxLength: 8 }),
  });

async function expectSame(type: string, pool: readonly string[]): Promise<void> {
  await fillTable(type, pool);
  const sql = 'SELECT * FROM sample ORDER BY i';
  const batches = await batchesOf(sql);
  const expected = await reference(sql);
  expect(batches.length).toBeGreaterThan(3);
  expectEqual(rowsOf(batches), expected);
  expectEqual(rowsOf(tableFromIPC(tableToIPC(new Table(batches))).batches), expected);
}

/** As `toEqual`, but quick where there is no difference to show. */
function expectEqual(actual: readonly Row[], expected: readonly Row[]): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

describe('streamBatches gives what DuckDB’s own reader gives, also after an IPC round trip', () => {
  test.each(scalars.map((column) => [column.type, column] as const))('for %s', async (_, column) => {
    await fc.assert(
      fc.asyncProperty(sampled(column), ({ type, pool }) => expectSame(type, pool)),
      { numRuns: 6 },
    );
  });

  test('for lists and structs in each other, with NULLs at every level', async () => {
    await fc.assert(
      fc.asyncProperty(typed(3).chain(sampled), ({ type, pool }) => expectSame(type, pool)),
      { numRuns: 25 },
    );
  });

  test('for columns without any value', async () => {
    for (const type of ['INTEGER', 'VARCHAR', 'VARCHAR[]', 'STRUCT(a VARCHAR, b BIGINT[])[]'])
      await expectSame(type, ['NULL']);
  });

  test('for text with a NUL in it, and for text of a megabyte', async () => {
    const sql = "SELECT 'a' || chr(0) || 'b' AS short, repeat('ü', 500000) || chr(0) || i AS long FROM range(3) r(i)";
    expect(await query(sql)).toEqual(await reference(sql));
  });

  test('for values that expressions make while the query runs', async () => {
    const sql = `SELECT i, CASE WHEN i % 3 = 0 THEN {'id': 'conv_' || md5(i::VARCHAR), 'n': list_filter([i, i + 1, i + 2], lambda x: x % 2 = 0)} END AS s,
        list_sort([md5(i::VARCHAR), 'short', NULL], 'DESC') AS l, [{'type': 'call', 'id': 'CA' || md5(i::VARCHAR)}] AS related
      FROM range(9000) r(i) ORDER BY hash(i)`;
    expect(await query(sql)).toEqual(await reference(sql));
  });
});

describe('values', () => {
  test('arrive as rule authors expect them', async () => {
    expect(
      await query(`SELECT 'x' AS text, 9007199254740993 AS big, 7::INTEGER AS small, 0.5::DOUBLE AS float, true AS flag,
        TIMESTAMPTZ '2026-11-01 10:00:00.123456+02' AS at, DATE '2026-11-01' AS day, INTERVAL '1 month 2 days 3.0005 seconds' AS span,
        ['a', NULL] AS list, {'id': 'CA1', 'n': NULL} AS struct, NULL AS nothing`),
    ).toEqual([
      {
        text: 'x',
        big: 9007199254740993n,
        small: 7,
        float: 0.5,
        flag: true,
        at: new Date('2026-11-01T08:00:00.123Z'),
        day: new Date('2026-11-01T00:00:00Z'),
        span: { months: 1, days: 2, ms: 3000.5 },
        list: ['a', null],
        struct: { id: 'CA1', n: null },
        nothing: null,
      },
    ]);
  });

  test('of types that Arrow does not carry become numbers or text, at any depth', async () => {
    expect(
      await query(`SELECT sum(n) AS huge, 1.5 AS dec, ['a']::ENUM('a', 'b')[] AS e, '00000000-0000-0000-0000-000000000001'::UUID AS id,
        TIME '01:02:03' AS t, MAP {'k': 1} AS m, [1, 2]::INTEGER[2] AS fixed, {'a': [1.5], 'b "c"': 2::HUGEINT, 'd': DATE '2026-01-01'} AS s,
        row(1, 'x') AS nameless, TIMESTAMP_NS '2026-01-01 00:00:00.000001001' AS ns, 'x'::BLOB AS bytes FROM range(5) r(n)`),
    ).toEqual([
      {
        huge: 10,
        dec: 1.5,
        e: ['a'],
        id: '00000000-0000-0000-0000-000000000001',
        t: '01:02:03',
        m: '{k=1}',
        fixed: [1, 2],
        s: { a: [1.5], 'b "c"': 2, d: new Date('2026-01-01T00:00:00Z') },
        nameless: '(1, x)',
        ns: new Date('2026-01-01T00:00:00Z'),
        bytes: 'x',
      },
    ]);
  });

  test('of time before 1970 belong to the millisecond in which they are', async () => {
    expect(await query("SELECT TIMESTAMPTZ '1969-12-31 23:59:59.999999Z' AS at")).toEqual([{ at: new Date(-1) }]);
  });

  test('of infinite time are the last moments that a Date can hold', async () => {
    expect(await query("SELECT 'infinity'::TIMESTAMPTZ AS never, '-infinity'::TIMESTAMP AS always")).toEqual([
      { never: new Date(8.64e15), always: new Date(-8.64e15) },
    ]);
  });

  test('of time after the year 2255 keep their millisecond', async () => {
    const sql =
      "SELECT TIMESTAMPTZ '9999-12-31 23:59:59.999999Z' AS at, TIMESTAMP '2255-06-05 23:47:34.740999' AS edge";
    expect(await query(sql)).toEqual(await reference(sql));
  });

  test('keep a column called __proto__ as a value', async () => {
    const [row] = await query('SELECT 1 AS "__proto__", {\'__proto__\': 2} AS s');
    expect(Object.entries(row ?? {})[0]).toEqual(['__proto__', 1]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  test('of a second column of one name stand under a name of their own', async () => {
    expect(await query('SELECT 1 AS a, 2 AS a, 1.5 AS a')).toEqual([{ a: 1, 'a:1': 2, 'a:2': 1.5 }]);
  });

  test('of intervals measure a month as 30 days, as DuckDB does', async () => {
    const [row] = await query(
      "SELECT INTERVAL '1 month 2 days 3 seconds' AS span, epoch_ms(INTERVAL '1 month 2 days 3 seconds') AS ms",
    );
    expect(intervalMs({ months: 1, days: 2, ms: 3000 })).toBe(Number(row?.ms));
  });
});

describe('streamBatches', () => {
  test('yields nothing for no rows', async () => {
    expect(await batchesOf('SELECT 1 AS x WHERE false')).toEqual([]);
  });

  test('keeps the order of ORDER BY, also through a cast', async () => {
    const rows = await query('SELECT i::HUGEINT AS i FROM range(20000) r(i) ORDER BY i DESC');
    expect(rows.map((row) => row.i)).toEqual(Array.from({ length: 20000 }, (_, i) => 19999 - i));
  });

  test('takes a query that ends in a comment, through a cast and without one', async () => {
    expect(await query('SELECT 1.5 AS x -- half')).toEqual([{ x: 1.5 }]);
    expect(await query('SELECT 1 AS x -- whole')).toEqual([{ x: 1 }]);
  });

  test('binds the parameters that the statement names, and no others', async () => {
    const params = { min_age: new DuckDBIntervalValue(0, 0, 300_000_000n), unused: 1 };
    expect(await query('SELECT $min_age AS age, $min_age > INTERVAL 4 minutes AS old', params)).toEqual([
      { age: { months: 0, days: 0, ms: 300_000 }, old: true },
    ]);
  });

  test('says which parameter has no value', async () => {
    await expect(query('SELECT $min_age AS age', {})).rejects.toThrow('min_age');
  });

  test('types a column by the parameter’s value, not by what was guessed without it', async () => {
    expect(await query('SELECT coalesce($x, 1) AS y', { x: 2.5 })).toEqual([{ y: 2.5 }]);
    expect(await query("SELECT $x || 'x' AS y, 1.5 AS z", { x: 'a' })).toEqual([{ y: 'ax', z: 1.5 }]);
    expect(await query("SELECT $x || 'x' AS y", { x: 'a' })).toEqual([{ y: 'ax' }]);
    expect(await query("/* a */ WITH w AS (SELECT $x || 'x' AS y) SELECT y, y FROM w -- b", { x: 'a' })).toEqual([
      { y: 'ax', 'y:1': 'ax' },
    ]);
  });

  test('refuses two statements', async () => {
    await expect(query('SELECT 1; SELECT 2')).rejects.toThrow('multiple statements');
  });

  test('passes on an error that comes after the first batches', async () => {
    const seen: number[] = [];
    const failing = async () => {
      const sql = "SELECT CASE WHEN i = 190000 THEN error('too far') ELSE i END AS i FROM range(200000) r(i)";
      for await (const batch of streamBatches(connection, sql)) seen.push(batch.numRows);
    };
    await expect(failing()).rejects.toThrow('too far');
    expect(seen.length).toBeGreaterThan(0);
  });

  test('fails, instead of ending early, when its connection runs something else meanwhile', async () => {
    const stream = streamBatches(connection, 'SELECT i FROM range(100000) r(i)');
    await stream.next();
    await connection.run('SELECT 1');
    await expect(stream.next()).rejects.toThrow('broke off');
  });

  test('is not touched by what another connection runs', async () => {
    const other = await session.connect();
    let rows = 0;
    for await (const batch of streamBatches(connection, 'SELECT i FROM range(10000) r(i)')) {
      await other.run('SELECT 1');
      rows += batch.numRows;
    }
    expect(rows).toBe(10000);
  });

  test('can be left early, and the connection goes on', async () => {
    for await (const batch of streamBatches(connection, 'SELECT i FROM range(100000) r(i)')) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }
    expect(await query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  test('gives batches that stay whole when the memory of their chunks is gone', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const sql =
      "SELECT i, 'conv_conversation_' || md5(i::VARCHAR) AS id, [md5(i::VARCHAR), repeat('x', 100)] AS l FROM range(20000) r(i) ORDER BY i";
    const expected = await reference(sql);
    const batches: RecordBatch[] = [];
    for await (const batch of streamBatches(connection, sql)) {
      batches.push(batch);
      collect();
    }
    for (let round = 0; round < 3; round++) {
      collect();
      await new Promise((done) => setImmediate(done));
      // Something else gets the memory that was given back.
      await session.run("CREATE OR REPLACE TEMP TABLE scratch AS SELECT repeat('#', 200) AS x FROM range(100000)");
    }
    expect(rowsOf(batches)).toEqual(expected);
  });
});

describe('resultTypes', () => {
  test('names the columns and their types', async () => {
    const columns = await resultTypes(
      connection,
      "SELECT 'a' AS id, [{'type': 'call', 'id': 'CA1'}] AS related, now() AS at, '{}'::JSON AS body, {'a b': ['{}'::JSON]} AS deep, sum(1) AS n, 1 AS id",
    );
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'VARCHAR'],
      ['related', 'STRUCT("type" VARCHAR, "id" VARCHAR)[]'],
      ['at', 'TIMESTAMP WITH TIME ZONE'],
      ['body', 'JSON'],
      ['deep', 'STRUCT("a b" JSON[])'],
      ['n', 'HUGEINT'],
      ['id:1', 'INTEGER'],
    ]);
  });

  test('runs nothing', async () => {
    await session.run('CREATE OR REPLACE SEQUENCE touched');
    await resultTypes(connection, "SELECT nextval('touched') AS n, error('ran') AS e");
    await resultTypes(connection, "SELECT nextval('touched') AS n, error('ran') AS e, $x || 'x' AS t", { x: 'a' });
    expect(await query("SELECT nextval('touched') AS n")).toEqual([{ n: 1n }]);
  });

  test('takes the types that values of parameters decide', async () => {
    const columns = await resultTypes(connection, "SELECT $x || 'x' AS t, $n + 1 AS n -- end", { x: 'a', n: 1.5 });
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['t', 'VARCHAR'],
      ['n', 'DOUBLE'],
    ]);
  });

  test('reports the position of an error in the text as it was given', async () => {
    await expect(resultTypes(connection, 'SELECT 1,\n  nowhere FROM range(3)')).rejects.toThrow('LINE 2:   nowhere');
  });
});

test('typeScriptType says what rowReader gives', async () => {
  const columns = await resultTypes(
    connection,
    `SELECT 'x' AS a, 1::BIGINT AS b, 1 AS c, 1.5 AS d, true AS e, now() AS f, INTERVAL 1 day AS g,
      [{'type': 'call', 'the "id"': 1::BIGINT}] AS h, MAP {'k': 1} AS i, '{}'::JSON AS j, [1]::INTEGER[1] AS k, row(1) AS l`,
  );
  expect(columns.map((column) => typeScriptType(column.duckdbType))).toEqual([
    'string | null',
    'bigint | null',
    'number | null',
    'number | null',
    'boolean | null',
    'Date | null',
    'Interval | null',
    'readonly ({ readonly type: string | null; readonly "the \\"id\\"": bigint | null } | null)[] | null',
    'string | null',
    'string | null',
    'readonly (number | null)[] | null',
    'string | null',
  ]);
});
