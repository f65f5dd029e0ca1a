import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../src/engine/errors.ts';
import { openSession } from '../src/engine/session.ts';
import { everything, publicTables } from '../src/model/build.ts';
import { checkStoreTarget, openStore, writeStore } from '../src/store.ts';
import { openTables } from '../src/tables.ts';

const exports = ['fixtures/shared-profile', 'fixtures/mixed'];
let folder: string;
let db: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-store-'));
  db = join(folder, 'kept.duckdb');
  const tables = await openTables({ paths: exports, db, asOf: new Date('2026-09-18T14:00:00Z') }, everything);
  await tables.session.close();
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As any other client reads it, which knows nothing of postlude. */
async function ask(file: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    instance.closeSync();
  }
}

async function change(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (thrown instanceof UserError) return thrown.message.replaceAll(`${folder}/`, '');
  throw new Error(`it should be refused with a UserError, not ${String(thrown)}`);
};

describe('a kept database', () => {
  it('has the rows of the model that it was made from', async () => {
    const memory = await openTables({ paths: exports, asOf: new Date('2026-09-18T14:00:00Z') }, everything);
    const kept = await openStore(db);
    try {
      const both = (sql: string) =>
        Promise.all(
          [memory.session, kept.session].map(async ({ connection }) =>
            (await connection.runAndReadAll(sql)).getRowsJson(),
          ),
        );
      for (const table of publicTables) {
        const [one, two] = await both(`SELECT count(*) FROM ${table}`);
        expect([table, two]).toEqual([table, one]);
      }
      // Keys of events are names inside one run. These two are views in memory.
      for (const [table, own] of [
        ['communications', 'event_keys'],
        ['events', 'event_key, trace_id'],
      ]) {
        const [one, two] = await both(`SELECT * EXCLUDE (${own}) FROM ${table} ORDER BY ALL`);
        expect(two).toEqual(one);
      }
      expect(kept.store).toMatchObject({ accounts: memory.accounts, asOf: memory.asOf, events: memory.events });
      expect(kept.store.issues).toEqual(memory.issues);
    } finally {
      await memory.session.close();
      await kept.session.close();
    }
  });

  it('is plain tables alone, with comments, for any client', async () => {
    expect(await ask(db, 'SELECT count(*) FROM duckdb_views() WHERE NOT internal')).toEqual([['0']]);
    const tables = await ask(db, 'SELECT table_name FROM duckdb_tables() ORDER BY ALL');
    expect(tables.flat()).toEqual([...publicTables, 'postlude_files', 'postlude_store'].sort());
    expect(await ask(db, "SELECT comment FROM duckdb_tables() WHERE table_name = 'events'")).toEqual([
      ['One row per log entry, whatever shape it came in.'],
    ]);
    expect(
      await ask(db, 'SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal'),
    ).toEqual([]);
    // Rules call these.
    expect(await ask(db, "SELECT bare_address('whatsapp:+15550100100')")).toEqual([['+15550100100']]);
  });

  it('tells file and line of events, as far as they are known', async () => {
    const files = await ask(db, 'SELECT DISTINCT file FROM events ORDER BY file');
    expect(files.flat()).toContain('fixtures/mixed/morning.json');
    // DuckDB reads plain NDJSON itself.
    expect(
      await ask(db, "SELECT count(*), count(line) FROM events WHERE file = 'fixtures/shared-profile/debugger.ndjson'"),
    ).toEqual([['20', '0']]);
    expect(await ask(db, "SELECT count(*) FROM events WHERE file LIKE '%.zst' AND line IS NULL")).toEqual([['0']]);
    expect(await ask(db, 'SELECT DISTINCT path FROM postlude_files SEMI JOIN messages USING (file_id)')).toEqual([
      [expect.stringContaining('fixtures/mixed/')],
    ]);
  });

  it('tells what it is made from', async () => {
    expect(
      await ask(db, 'SELECT version, postlude, paths, options, as_of, events, accounts FROM postlude_store'),
    ).toEqual([
      [
        1,
        expect.stringMatching(/^\d+\.\d+\.\d+/),
        exports,
        '{"asOf":"2026-09-18T14:00:00.000Z"}',
        '2026-09-18 14:00:00+00',
        '83',
        '3',
      ],
    ]);
  });

  it('can be read by several at once, and reaches nothing outside', async () => {
    const [one, two] = await Promise.all([openStore(db), openStore(db)]);
    try {
      expect(two.store).toEqual(one.store);
      await expect(one.session.run("FROM read_text('/etc/hostname')")).rejects.toThrow(/disabled/);
      await expect(one.session.run('CREATE TABLE x (i INTEGER)')).rejects.toThrow(/read-only/);
    } finally {
      await one.session.close();
      await two.session.close();
    }
  });
});

describe('a file is refused', () => {
  it('that is not there, or no file', async () => {
    expect(await refusal(openStore(join(folder, 'none.duckdb')))).toBe(
      'there is no file none.duckdb; write it with postlude sql PATH… --db none.duckdb',
    );
    expect(await refusal(openStore(folder))).toMatch(/is no ordinary file/);
  });

  it.each(['', 'hello', 'x'.repeat(20_000)])('that is no database: %.5s', async (text) => {
    const file = join(folder, 'text.duckdb');
    await writeFile(file, text);
    expect(await refusal(openStore(file))).toBe('text.duckdb is not a DuckDB file');
    expect(await refusal(checkStoreTarget(file))).toBe(
      'text.duckdb is not a DuckDB file; only a file that postlude wrote is replaced: name another one, or delete it',
    );
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('that somebody else wrote', async () => {
    const file = join(folder, 'other.duckdb');
    await change(file, 'CREATE TABLE IF NOT EXISTS events AS SELECT 1 AS x');
    expect(await refusal(openStore(file))).toMatch(
      /^other\.duckdb is a DuckDB file, but not one that postlude wrote; /,
    );
    expect(await refusal(checkStoreTarget(file))).toMatch(/only a file that postlude wrote is replaced/);
  });

  it('of another layout, which may be replaced all the same', async () => {
    const file = join(folder, 'older.duckdb');
    await change(file, "CREATE TABLE postlude_store AS SELECT 0 AS version, '0.0.1' AS postlude");
    expect(await refusal(openStore(file))).toMatch(
      /^older\.duckdb was written by postlude 0\.0\.1, in layout 0; this is \S+, with layout 1: write it again/,
    );
    await checkStoreTarget(file);
  });

  it('that is damaged', async () => {
    const file = join(folder, 'damaged.duckdb');
    await change(file, "CREATE TABLE postlude_store AS SELECT 1 AS version, '0.0.1' AS postlude");
    expect(await refusal(openStore(file))).toMatch(/^damaged\.duckdb is damaged: .*; write it again from the exports$/);
    const cut = join(folder, 'cut.duckdb');
    await writeFile(cut, (await readFile(db)).subarray(0, 300_000));
    expect(await refusal(openStore(cut))).toMatch(/^(cannot read cut\.duckdb: |cut\.duckdb is )/);
  });
});

describe('writing', () => {
  it('replaces a file of its own, through a link its target, and leaves nothing else behind', async () => {
    const own = join(folder, 'own');
    await mkdir(own);
    const file = join(own, 'day.duckdb');
    const link = join(own, 'link.duckdb');
    for (const paths of [['fixtures/shared-profile'], ['fixtures/silent-call']]) {
      await (await openTables({ paths, db: file }, everything)).session.close();
    }
    expect(await ask(file, 'SELECT paths FROM postlude_store')).toEqual([[['fixtures/silent-call']]]);
    await symlink(file, link);
    await (await openTables({ paths: ['fixtures/shared-profile'], db: link }, everything)).session.close();
    expect(await ask(file, 'SELECT paths FROM postlude_store')).toEqual([[['fixtures/shared-profile']]]);
    expect((await readdir(own)).sort()).toEqual(['day.duckdb', 'link.duckdb']);
  });

  it('is refused before anything is loaded where it cannot succeed', async () => {
    const phases: string[] = [];
    const progress = { phase: (name: string) => phases.push(name), fraction: () => undefined };
    const to = (file: string) => openTables({ paths: exports, db: file, progress }, everything);
    expect(await refusal(to(join(folder, 'no/such/folder.duckdb')))).toMatch(/there is no folder/);
    expect(await refusal(to(folder))).toMatch(/it is a folder/);
    expect(await refusal(to('/dev/null'))).toMatch(/no ordinary file/);
    await writeFile(join(folder, 'mine.txt'), 'mine');
    expect(await refusal(to(join(folder, 'mine.txt')))).toMatch(/is not a DuckDB file/);
    await writeFile(`${db}.wal`, '');
    expect(await refusal(to(db))).toMatch(/beside it lies kept\.duckdb\.wal/);
    await rm(`${db}.wal`);
    expect(phases).toEqual([]);
  });

  it('leaves the file as it was where it fails', async () => {
    const before = await stat(db);
    const session = await openSession();
    try {
      // A session that is locked reaches no file, so the writing fails in its middle.
      await session.lock();
      const nothing = { files: [], issues: [], events: 0, duplicates: 0, accounts: [], asOf: null, tableTimes: [] };
      await expect(writeStore(session, db, { paths: [] }, nothing)).rejects.toThrow(/disabled/);
    } finally {
      await session.close();
    }
    expect((await stat(db)).mtimeMs).toBe(before.mtimeMs);
    expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([]);
  });
});
