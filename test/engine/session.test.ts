import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../src/engine/errors.ts';
import { memoryLimitOf } from '../../src/engine/memory-limit.ts';
import { identifier, openSession, quoted, type Session, type SessionOptions } from '../../src/engine/session.ts';

let folder: string;
const open: Session[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-test-'));
});
afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
  await rm(folder, { recursive: true, force: true });
});

async function opened(options: SessionOptions = {}): Promise<Session> {
  const session = await openSession({ threads: 2, tempDir: folder, ...options });
  open.push(session);
  return session;
}

const anyRow = z.record(z.string(), z.unknown());

async function setting(session: Session, name: string): Promise<unknown> {
  const [row] = await session.rows(anyRow, `SELECT current_setting(${quoted(name)}) AS value`);
  return row?.value;
}

describe('openSession', () => {
  test.each([
    ['threads', 1n],
    ['memory_limit', '286.1 MiB'],
    ['max_temp_directory_size', '953.6 MiB'],
    ['preserve_insertion_order', false],
    ['autoinstall_known_extensions', false],
    ['autoload_known_extensions', false],
    ['TimeZone', 'UTC'],
  ])('has %s in force as %s', async (name, value) => {
    const session = await opened({ threads: 1, memoryLimit: '300MB', spillLimit: '1GB' });
    expect(await setting(session, name)).toBe(value);
  });

  test.each([
    ['300MB', 300e6],
    ['2GiB', 2 * 1024 ** 3],
    ['1TB', 1e12],
    ['999999TB', 999999e12],
  ])('knows of %s how much it is', async (memoryLimit, bytes) => {
    const known = await memoryLimitOf(await opened({ memoryLimit }));
    expect(Math.abs(known / bytes - 1)).toBeLessThan(0.001);
  });

  test('spills into its own folder', async () => {
    const session = await opened();
    expect(await setting(session, 'temp_directory')).toBe(join(session.spillDir, 'duckdb'));
    expect(session.spillDir.startsWith(join(folder, 'postlude-'))).toBe(true);
  });

  test('reads text without a zone as UTC, whatever the zone of the machine, on every connection', async () => {
    const session = await opened();
    const other = await session.connect();
    const sql = "SELECT epoch_ms('2026-07-01 00:00:00'::TIMESTAMPTZ) AS ms";
    expect(await session.rows(anyRow, sql)).toEqual([{ ms: BigInt(Date.UTC(2026, 6, 1)) }]);
    expect((await other.runAndReadAll(sql)).getRowObjectsJS()).toEqual([{ ms: BigInt(Date.UTC(2026, 6, 1)) }]);
  });

  test.each([
    [{ memoryLimit: 'plenty' }, 'memory plenty'],
    [{ spillLimit: 'all' }, 'spill all'],
    [{ threads: 0 }, 'threads 0'],
  ])('says that %s is no limit, and leaves no folder behind', async (options, words) => {
    const failed = await openSession({ tempDir: folder, ...options }).catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(UserError);
    expect(String(failed)).toContain(words);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says that the folder for temporary files is not there', async () => {
    const missing = join(folder, 'missing');
    await expect(openSession({ tempDir: missing })).rejects.toThrow(UserError);
    await expect(openSession({ tempDir: missing })).rejects.toThrow(missing);
  });
});

describe('close', () => {
  test('removes the spill folder with all that is in it', async () => {
    const session = await openSession({ tempDir: folder });
    await writeFile(join(session.spillDir, 'rewritten.ndjson'), '{}');
    expect(existsSync(session.spillDir)).toBe(true);
    await session.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('stops queries that still run, on any connection', async () => {
    const session = await openSession({ threads: 2, tempDir: folder });
    const endless = 'SELECT count(*) FROM range(100000000000) r(i) WHERE hash(i) = 5';
    const outcomes = Promise.allSettled([session.run(endless), (await session.connect()).run(endless)]);
    await new Promise((done) => setTimeout(done, 50));
    await session.close();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not mind a stream that nobody reads on', async () => {
    const session = await openSession({ tempDir: folder });
    const stream = await session.connection.stream('SELECT i FROM range(1000000) r(i)');
    await stream.fetchChunk();
    await session.close();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('beside', () => {
  test('is the same session over another connection, and goes with it', async () => {
    const session = await openSession({ threads: 2, tempDir: folder });
    const beside = await session.beside();
    await session.run('CREATE TABLE shared AS SELECT 1 AS x');
    expect(await beside.rows(anyRow, 'SELECT x FROM shared')).toEqual([{ x: 1 }]);
    const endless = beside
      .run('SELECT count(*) FROM range(100000000000) r(i) WHERE hash(i) = 5')
      .catch(() => 'stopped');
    expect(await session.rows(anyRow, 'SELECT x FROM shared')).toEqual([{ x: 1 }]);
    await session.close();
    expect(await endless).toBe('stopped');
    expect(await readdir(folder)).toEqual([]);
  });

  test('tells errors as JSON once the session is locked, too', async () => {
    const session = await opened();
    const beside = await session.beside();
    await session.lock();
    await expect(beside.run('SELECT nope')).rejects.toThrow('"exception_type":"Binder"');
  });
});

describe('run and rows', () => {
  test('run takes several statements', async () => {
    const session = await opened();
    await session.run('CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1), (2); -- done');
    expect(await session.rows(z.object({ x: z.number() }), 'SELECT x FROM a ORDER BY x')).toEqual([{ x: 1 }, { x: 2 }]);
  });

  test('run fails with the statement that fails, and those before it have run', async () => {
    const session = await opened();
    await expect(session.run('CREATE TABLE a (x INTEGER); SELECT nowhere')).rejects.toThrow('nowhere');
    expect(await session.rows(anyRow, 'SELECT count(*) AS n FROM a')).toEqual([{ n: 0n }]);
  });

  test('run and rows bind parameters', async () => {
    const session = await opened();
    await session.run('CREATE TABLE a AS SELECT $x::VARCHAR AS x', { x: "it's" });
    expect(await session.rows(anyRow, 'SELECT x FROM a WHERE x = $x', { x: "it's" })).toEqual([{ x: "it's" }]);
  });

  test('rows refuses a row that is not of the schema', async () => {
    const session = await opened();
    await expect(session.rows(z.object({ x: z.string() }), 'SELECT 1 AS x')).rejects.toThrow('expected string');
  });
});

describe('after lock', () => {
  let secret: string;
  let out: string;
  let session: Session;

  beforeEach(async () => {
    secret = join(folder, 'secret.csv');
    out = join(folder, 'out');
    await mkdir(out);
    await writeFile(secret, 'a\n1\n');
    await symlink(secret, join(out, 'link.csv'));
    session = await opened({ memoryLimit: '100MB' });
    await session.run('CREATE TABLE kept AS SELECT 42 AS x');
  });

  const forbidden: ReadonlyArray<readonly [string, (path: string, out: string) => string]> = [
    ['reading a file', (path) => `SELECT * FROM ${quoted(path)}`],
    ['read_csv', (path) => `SELECT * FROM read_csv(${quoted(path)})`],
    ['read_text', (path) => `SELECT * FROM read_text(${quoted(path)})`],
    ['glob', (_, out) => `SELECT * FROM glob(${quoted(`${out}/../*`)})`],
    ['leaving an allowed folder by ..', (_, out) => `SELECT * FROM read_text(${quoted(`${out}/../secret.csv`)})`],
    [
      'leaving an allowed folder by a symbolic link',
      (_, out) => `SELECT * FROM read_text(${quoted(`${out}/link.csv`)})`,
    ],
    ['COPY to elsewhere', (path) => `COPY kept TO ${quoted(`${path}.parquet`)}`],
    ['COPY from a file', (path) => `COPY kept FROM ${quoted(path)}`],
    ['ATTACH', (path) => `ATTACH ${quoted(`${path}.duckdb`)} AS other`],
    ['EXPORT', (path) => `EXPORT DATABASE ${quoted(`${path}.export`)}`],
    ['INSTALL', () => 'INSTALL spatial'],
    ['LOAD', () => "LOAD '/nowhere/x.duckdb_extension'"],
    ['SET', () => "SET memory_limit = '10GB'"],
    ['RESET', () => 'RESET memory_limit'],
    ['unlocking', () => 'SET lock_configuration = false'],
    ['the network', () => "SELECT * FROM 'https://localhost:1/x.csv'"],
  ];

  test.each(forbidden)('%s fails, on every connection', async (_, sql) => {
    const before = await readdir(folder);
    const other = await session.connect();
    await session.lock([out]);
    await expect(session.run(sql(secret, out))).rejects.toThrow();
    await expect(other.run(sql(secret, out))).rejects.toThrow();
    await expect((await session.connect()).run(sql(secret, out))).rejects.toThrow();
    expect(await readdir(folder)).toEqual(before);
  });

  test.each(forbidden.filter(([what]) => !['INSTALL', 'LOAD', 'the network'].includes(what)))(
    '%s works before it, so that the lock is what forbids it',
    async (_, sql) => {
      await session.run(sql(secret, out));
    },
  );

  test('an allowed folder can be written, and without being named it cannot', async () => {
    const other = await opened();
    await other.run('CREATE TABLE kept AS SELECT 42 AS x');
    await other.lock();
    await expect(other.run(`COPY kept TO ${quoted(join(out, 'a.csv'))}`)).rejects.toThrow();
    await session.lock([out]);
    await session.run(`COPY kept TO ${quoted(join(out, 'a.csv'))}`);
    expect(await readFile(join(out, 'a.csv'), 'utf8')).toBe('x\n42\n');
  });

  test('tables can still be read and made', async () => {
    await session.lock();
    await session.run('CREATE TABLE more AS SELECT x + 1 AS x FROM kept');
    expect(await session.rows(anyRow, 'SELECT x FROM more')).toEqual([{ x: 43 }]);
  });

  test('what does not fit into memory is still spilled', async () => {
    await session.lock();
    await session.run(
      'CREATE TABLE big AS SELECT i, md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS text FROM range(1500000) r(i)',
    );
    const [spilled] = await session.rows(
      z.object({ bytes: z.number() }),
      'SELECT coalesce(sum(size), 0)::DOUBLE AS bytes FROM duckdb_temporary_files()',
    );
    expect(spilled?.bytes).toBeGreaterThan(10_000_000);
    expect(await session.rows(anyRow, 'SELECT count(DISTINCT text) AS n FROM big')).toEqual([{ n: 1500000n }]);
  });

  test('an error is JSON with the byte at which it lies', async () => {
    await session.lock();
    const failed: unknown = await session.run('SELECT x, nowhere FROM kept').catch((thrown: unknown) => thrown);
    expect(JSON.parse(failed instanceof Error ? failed.message : '')).toMatchObject({
      exception_type: 'Binder',
      position: '10',
    });
  });
});

describe('quoting', () => {
  test.each(["it's", 'a "b"', "'; DROP TABLE x; --", 'ü\n\\', ''])('keeps %j as it is', async (text) => {
    const session = await opened();
    expect(await session.rows(anyRow, `SELECT ${quoted(text)} AS ${identifier(`c ${text}`)}`)).toEqual([
      { [`c ${text}`]: text },
    ]);
  });
});
