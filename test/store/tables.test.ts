/** The tables of a model, kept in a store; and which files are no store. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import { buildTables, loadStored } from '../../src/load-and-build.ts';
import { everything, publicTables } from '../../src/model/build.ts';
import { loadIntoStore } from '../../src/store/load.ts';
import { checkReplaceable, makeStore, openWithStore } from '../../src/store/store-file.ts';
import { keepTables, openKeptTables } from '../../src/store/tables.ts';
import { buildAndKeep, openTables } from '../../src/tables.ts';
import { ask, change, refusal as refusalOf, stateOfFile } from './stores.ts';

const exports = ['fixtures/shared-profile', 'fixtures/mixed'];
const asOf = new Date('2026-09-18T14:00:00Z');
let folder: string;
let db: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-store-'));
  db = join(folder, 'kept.duckdb');
  const tables = await openTables({ paths: exports, db, asOf }, everything);
  await tables.session.close();
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const refusal = async (work: Promise<unknown>): Promise<string> => (await refusalOf(work)).replaceAll(`${folder}/`, '');

/** What everybody who reads a store says of a file that is none. */
async function refusals(file: string): Promise<readonly string[]> {
  const open = async () => (await openWithStore(file, 'read', {})).session.close();
  const readers = [
    open,
    () => audit({ paths: [], db: file, rules: ['voice/silent-call'] }),
    async () => (await openTables({ paths: [], db: file }, everything)).session.close(),
    () => loadIntoStore(file, { paths: ['fixtures/silent-call'] }),
  ];
  const said: string[] = [];
  for (const read of readers) said.push(await refusal(read()));
  return [...new Set(said)];
}

describe('kept tables', () => {
  it('have the rows of the model that they were made from', { timeout: 60_000 }, async () => {
    const memory = await openTables({ paths: exports, asOf }, everything);
    const stored = await openTables({ paths: [], db }, everything);
    try {
      const both = (sql: string) =>
        Promise.all(
          [memory.session, stored.session].map(async ({ connection }) =>
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
      const { session: _one, ...about } = memory;
      const { session: _two, ...kept } = stored;
      expect(kept).toEqual({
        accounts: about.accounts,
        asOf: about.asOf,
        events: about.events,
        issues: about.issues,
      });
    } finally {
      await memory.session.close();
      await stored.session.close();
    }
  });

  it('are plain tables alone, with comments, for any client', async () => {
    const own = "database_name = current_database() AND schema_name = 'main'";
    expect(await ask(db, 'SELECT count(*) FROM duckdb_views() WHERE NOT internal')).toEqual([['0']]);
    const tables = await ask(db, `SELECT table_name FROM duckdb_tables() WHERE ${own} ORDER BY ALL`);
    expect(tables.flat()).toEqual([...publicTables, 'postlude_files', 'postlude_store'].sort());
    // Nobody has to name the schema, and a kept table is not taken for one of the log.
    expect(await ask(db, "SELECT comment FROM duckdb_tables() WHERE table_name = 'events'")).toEqual([
      ['One row per log entry, whatever shape it came in.'],
    ]);
    expect(
      await ask(db, `SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND ${own}`),
    ).toEqual([]);
    // Rules call these.
    expect(await ask(db, "SELECT bare_address('whatsapp:+15550100100')")).toEqual([['+15550100100']]);
  });

  it('tell file and line of events, as far as they are known', async () => {
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

  it('tell what they are made from', async () => {
    const [about] = await ask(db, 'SELECT postlude, options, as_of, events, duplicates, accounts FROM postlude_store');
    expect(about).toEqual([
      expect.stringMatching(/^\d+\.\d+\.\d+/),
      '{"asOf":"2026-09-18T14:00:00.000Z"}',
      '2026-09-18 14:00:00+00',
      '83',
      expect.stringMatching(/^\d+$/),
      '3',
    ]);
    expect(
      await ask(db, 'SELECT generation = (SELECT generation FROM log.meta), len(issues) > 0 FROM postlude_store'),
    ).toEqual([[true, true]]);
  });

  it('are those of a part where they were made of one, and say of which', { timeout: 60_000 }, async () => {
    const file = join(folder, 'part.duckdb');
    await loadIntoStore(file, { paths: ['fixtures/mixed', 'fixtures/shared-profile'] });
    const account = 'AC00000000000000000000000000000001';
    const to = new Date('2026-09-14T09:00:00Z');
    await buildAndKeep(file, { account, to });
    expect(await ask(file, 'SELECT DISTINCT account_id FROM events')).toEqual([[account]]);
    expect(await ask(file, 'SELECT options FROM postlude_store')).toEqual([[JSON.stringify({ to, account })]]);
    // Made anew, they are of everything: nothing of the part stays.
    await buildAndKeep(file, {});
    expect(await ask(file, 'SELECT options FROM postlude_store')).toEqual([['{}']]);
    expect(await ask(file, 'SELECT count(DISTINCT account_id) FROM events')).toEqual([['3']]);
  });

  it('can be read by several at once, and reach nothing outside', async () => {
    const [one, two] = await Promise.all([openKeptTables(db, {}), openKeptTables(db, {})]);
    try {
      expect(two.kept).toEqual(one.kept);
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
    const none = join(folder, 'none.duckdb');
    expect(await refusal(openWithStore(none, 'read', {}))).toBe(
      'there is no file none.duckdb; write one with postlude load PATH… --db FILE',
    );
    expect(await refusal(openWithStore(none, 'change', {}))).toMatch(/^there is no file none\.duckdb/);
    expect(await refusal(openWithStore(folder, 'read', {}))).toMatch(/is no ordinary file; write one with/);
    expect(await readdir(folder)).not.toContain('none.duckdb');
  });

  it.each(['', 'hello', 'x'.repeat(20_000)])('that is no database: %.5s', async (text) => {
    const file = join(folder, 'text.duckdb');
    await writeFile(file, text);
    expect(await refusals(file)).toEqual(['text.duckdb is not a DuckDB file']);
    expect(await refusal(checkReplaceable(file))).toBe(
      'text.duckdb is not a DuckDB file; only a file that postlude wrote is replaced: name another one, or delete it',
    );
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('that somebody else wrote', async () => {
    const file = join(folder, 'other.duckdb');
    await change(
      file,
      'CREATE TABLE events AS SELECT 1 AS x; CREATE SCHEMA log; CREATE TABLE log.event_log AS SELECT 1 AS x',
    );
    const before = await stateOfFile(file);
    expect(await refusals(file)).toEqual([
      'other.duckdb is a DuckDB file, but not one that postlude wrote; write one with postlude load PATH… --db FILE',
    ]);
    expect(await refusal(checkReplaceable(file))).toMatch(/only a file that postlude wrote is replaced/);
    expect(await stateOfFile(file)).toBe(before);
  });

  it('of an older postlude, which kept tables alone; it may be replaced all the same', async () => {
    const file = join(folder, 'older.duckdb');
    await change(file, "CREATE TABLE postlude_store AS SELECT 1 AS version, '0.0.1' AS postlude");
    expect(await refusals(file)).toEqual([
      'older.duckdb was written by an older postlude, in another layout: write it again from the exports',
    ]);
    await checkReplaceable(file);
  });

  it('of another layout, of which no more is looked at; it may be replaced all the same', async () => {
    const file = join(folder, 'newer.duckdb');
    await change(
      file,
      "CREATE SCHEMA log; CREATE TABLE log.meta AS SELECT 99 AS version, '9.9.9' AS postlude, [1] AS keeps_body",
    );
    const said = await refusals(file);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^newer\.duckdb was written by postlude 9\.9\.9, in layout 99; this is \S+, with layout \d+: write it again from the exports$/,
    );
    await checkReplaceable(file);
  });

  it('that was written with another DuckDB, whose hashes can differ', async () => {
    const file = join(folder, 'engine.duckdb');
    await writeFile(file, await readFile(db));
    await change(file, "UPDATE log.meta SET duckdb = 'v0.0.9'");
    const said = await refusals(file);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^engine\.duckdb was written with DuckDB v0\.0\.9; this is v\S+, whose hashes can differ: write it again from the exports$/,
    );
  });

  it('that is damaged: without its line, without its tables, or cut', { timeout: 60_000 }, async () => {
    const empty = join(folder, 'empty.duckdb');
    await writeFile(empty, await readFile(db));
    await change(empty, 'DELETE FROM log.meta');
    expect(await refusals(empty)).toEqual(['empty.duckdb is damaged; write it again from the exports']);

    const untold = join(folder, 'untold.duckdb');
    await writeFile(untold, await readFile(db));
    await change(untold, 'DROP TABLE coverage');
    expect(await refusal(openKeptTables(untold, {}))).toMatch(
      /^untold\.duckdb is damaged: .*; write it again from the exports$/,
    );

    const cut = join(folder, 'cut.duckdb');
    await writeFile(cut, (await readFile(db)).subarray(0, 300_000));
    for (const said of await refusals(cut)) {
      expect(said).toMatch(/^(cannot read cut\.duckdb: |cut\.duckdb is )/);
      expect(said).not.toContain('\n');
    }
  });
});

describe('a store that somebody else has damaged', () => {
  const refused = async (file: string) => [
    await refusal(audit({ paths: [], db: file, rules: ['voice/silent-call'] })),
    await refusal(buildAndKeep(file, {})),
  ];

  it('in its bytes is refused in one line', { timeout: 60_000 }, async () => {
    const file = join(folder, 'torn.duckdb');
    await loadIntoStore(file, { paths: ['fixtures'] });
    const bytes = await readFile(file);
    // Behind its headers all of it: which block holds what is DuckDB's business.
    for (let at = 300_000; at < bytes.length; at += 1000) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await writeFile(file, bytes);
    for (const said of await refused(file)) {
      expect(said).toMatch(/^(cannot read torn\.duckdb: |torn\.duckdb is damaged: ).*Corrupt database file/);
      expect(said).not.toContain('\n');
    }
  });

  it.each(['pages', 'event_log'])('by dropping %s is refused in one line', { timeout: 60_000 }, async (table) => {
    const file = join(folder, `dropped-${table}.duckdb`);
    await loadIntoStore(file, { paths: ['fixtures/silent-call'] });
    await change(file, `DROP TABLE log.${table}`);
    for (const said of await refused(file)) {
      expect(said).toBe(
        `dropped-${table}.duckdb is damaged: it has no table log.${table}; write it again from the exports`,
      );
    }
  });
});

describe('keeping tables of exports', () => {
  const files = (file: string) => ask(file, 'SELECT DISTINCT path FROM postlude_files').then((rows) => rows.flat());

  it('replaces a store, through a link its target, and leaves nothing else behind', { timeout: 60_000 }, async () => {
    const own = join(folder, 'own');
    await mkdir(own);
    const file = join(own, 'day.duckdb');
    const link = join(own, 'link.duckdb');
    for (const paths of [['fixtures/shared-profile'], ['fixtures/silent-call']]) {
      await (await openTables({ paths, db: file }, everything)).session.close();
    }
    expect(await files(file)).toEqual(['fixtures/silent-call/debugger.ndjson']);
    await symlink(file, link);
    await (await openTables({ paths: ['fixtures/shared-profile'], db: link }, everything)).session.close();
    expect((await files(file)).sort()).toEqual([
      'fixtures/shared-profile/configuration.json',
      'fixtures/shared-profile/debugger.ndjson',
    ]);
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

  it('leaves the file as it was where loading or building fails', { timeout: 60_000 }, async () => {
    const before = await stateOfFile(db);
    const there = (await readdir(folder)).sort();
    // Too little for the model, whatever DuckDB says of it.
    await expect(openTables({ paths: exports, db, memoryLimit: '1MB' }, everything)).rejects.toThrow();
    expect(await stateOfFile(db)).toBe(before);
    expect((await readdir(folder)).sort()).toEqual(there);
  });

  it('keeps what was kept where the copying fails in its middle', { timeout: 60_000 }, async () => {
    const file = join(folder, 'half.duckdb');
    await loadIntoStore(file, { paths: ['fixtures/shared-profile'] });
    await buildAndKeep(file, {});
    const rows = () => ask(file, 'SELECT (SELECT count(*) FROM events), (SELECT events FROM postlude_store)');
    const before = await rows();
    const { session, meta } = await openWithStore(file, 'change', {});
    try {
      const until = { asOf: new Date('2026-09-14T08:21:00Z') };
      const loaded = await loadStored(session, meta, until);
      const built = await buildTables(session, meta, loaded, until, everything);
      // Others are copied by then.
      await session.run(`
        ALTER TABLE participants RENAME TO sound_ones;
        CREATE VIEW participants AS SELECT *, error('it breaks') AS x FROM sound_ones`);
      const none = { from: undefined, to: undefined, asOf: undefined, account: undefined, assumeAccount: undefined };
      await expect(keepTables(session, meta, none, built, loaded)).rejects.toThrow(/it breaks/);
    } finally {
      await session.close();
    }
    expect(await rows()).toEqual(before);
  });
});

describe('a store that another process', () => {
  let other: ChildProcess | null = null;
  afterEach(() => other?.kill('SIGKILL'));

  /** DuckDB's locks are between processes. */
  async function hold(file: string, access: 'READ_ONLY' | 'READ_WRITE'): Promise<void> {
    const script = `
      const { DuckDBInstance } = await import('@duckdb/node-api');
      const instance = await DuckDBInstance.create(process.argv[1], { access_mode: '${access}' });
      await instance.connect();
      console.log('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
      cwd: resolve('.'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    other = child;
    await once(child.stdout, 'data');
  }

  it('makes meanwhile stays as it is', { timeout: 60_000 }, async () => {
    const file = join(folder, 'first.duckdb');
    const made = await Promise.all([makeStore(file, false), makeStore(file, false), makeStore(file, false)]);
    expect(made.filter((isMade) => isMade)).toEqual([true]);
    await loadIntoStore(file, { paths: ['fixtures/silent-call'] });
    const before = await stateOfFile(file);
    // Whoever looked whether it is there did so before.
    expect(await makeStore(file, false)).toBe(false);
    expect(await stateOfFile(file)).toBe(before);
    expect((await readdir(folder)).filter((name) => name.includes('first'))).toEqual(['first.duckdb']);
  });

  it('reads can be read, and not changed', { timeout: 60_000 }, async () => {
    await hold(db, 'READ_ONLY');
    const { session } = await openWithStore(db, 'read', {});
    await session.close();
    expect(await refusal(loadIntoStore(db, { paths: ['fixtures/silent-call'] }))).toBe(
      'kept.duckdb cannot be opened: another process is using it; try again when it is done',
    );
  });

  it('changes can be neither', { timeout: 60_000 }, async () => {
    const file = join(folder, 'held.duckdb');
    await writeFile(file, await readFile(db));
    await hold(file, 'READ_WRITE');
    expect(await refusal(openTables({ paths: [], db: file }, everything))).toBe(
      'held.duckdb cannot be opened: another process is changing it; try again when it is done',
    );
    expect(await refusal(loadIntoStore(file, { paths: ['fixtures/silent-call'] }))).toBe(
      'held.duckdb cannot be opened: another process is using it; try again when it is done',
    );
    expect(await refusal(openTables({ paths: exports, db: file }, everything))).toMatch(
      /^held\.duckdb (cannot be opened: another process is changing it|is not replaced: beside it lies held\.duckdb\.wal)/,
    );
  });
});
