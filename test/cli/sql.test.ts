import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

const sharedProfile = 'fixtures/shared-profile';
let folder: string;
let db: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-sql-'));
  db = join(folder, 'day.duckdb');
  expect(await postlude(['sql', sharedProfile, '--db', db])).toEqual({
    code: 0,
    stdout: '',
    stderr: `postlude: the tables are kept in ${db}\n`,
  });
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const kept = (...args: string[]) => postlude(['sql', '--db', db, ...args]);
const conversations = 'SELECT conversation_id, seen_begin, created_at FROM conversations ORDER BY 1';

describe('statements', () => {
  test('of -c are answered in order, as tables for people', async () => {
    expect(
      await postlude([
        'sql',
        sharedProfile,
        '-c',
        'SELECT count(*) AS n FROM events',
        '-c',
        `${conversations}; SELECT 1`,
      ]),
    ).toEqual({
      code: 0,
      stdout: `n
20
1 row
conversation_id                               seen_begin  created_at
conv_conversation_01m2fg15vjeye8kw74bd50jrf2  true        2026-09-14 08:20:11.250Z
conv_conversation_01m2fja4p6f88bf0zgby0641a1  true        2026-09-14 09:00:02.118Z
2 rows
1
1
1 row
`,
      stderr: '',
    });
  });

  test('come from standard input where that is no terminal, the last one also without its semicolon', async () => {
    const input = "-- first\nSELECT 1\n  AS x; SELECT ';' AS y;\n\nSELECT 3 AS z";
    const { code, stdout, stderr } = await postlude(['sql', '--db', db, '--format', 'csv'], { input });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'x\r\n1\r\ny\r\n;\r\nz\r\n3\r\n', stderr: '' });
  });

  test('that are wrong are told with their place, and the others are answered all the same', async () => {
    const input =
      'SELECT 1 AS x;\n\nSELECT nope\n FROM events; SELECT\n bad(1); SELECT 2 AS y; DROP TABLE events;\n.tabels\nSELECT 3 z';
    const { code, stdout, stderr } = await postlude(['sql', '--db', db, '--format', 'json'], { input });
    expect(code).toBe(2);
    expect(stdout).toBe('[\n  {"x": 1}\n]\n[\n  {"y": 2}\n]\n[\n  {"z": 3}\n]\n');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^standard input:3:8: Referenced column "nope" not found/),
      expect.stringMatching(/^standard input:5:2: .*bad does not exist/),
      expect.stringMatching(/^standard input:5:25: only statements that read can be run .*, not DROP$/),
      'standard input:6:1: unknown command .tabels: did you mean ".tables"? (see .help)',
      '',
    ]);
    expect(await kept('-c', 'SELECT 1,\n  nope')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^-c:2:3: Referenced column "nope"/),
    });
  });

  test('write nothing of DuckDB itself between the results', async () => {
    const input =
      "PRAGMA enable_profiling; FROM enable_profiling(); FROM enable_logging(storage = 'stdout'); SELECT 1 AS x;";
    const { code, stdout } = await postlude(['sql', '--db', db, '--format', 'csv'], { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: 'x\r\n1\r\n' });
  });

  test('reach no file', async () => {
    const { code, stdout, stderr } = await kept('-c', "FROM read_csv('package.json')");
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^-c:1:\d+: .*disabled/);
  });

  test('see the payload, the trace and, where it is known, the line of each event', async () => {
    const { stdout } = await postlude([
      'sql',
      'fixtures/mixed/morning.json',
      '-c',
      'SELECT count(*) AS n, count(body) AS bodies, count(trace_id) > 0 AS traced, min(line) AS line FROM events',
      '--format',
      'json',
    ]);
    const [row] = JSON.parse(stdout);
    expect(row).toMatchObject({ bodies: row.n, traced: true, line: expect.any(Number) });
  });
});

describe('rows', () => {
  test('of a table are at most a hundred, and csv and json have all of them', async () => {
    const rows = 'FROM range(1000) t(i)';
    const table = await kept('-c', rows);
    expect(table.stdout.split('\n')).toHaveLength(1 + 100 + 1 + 1);
    expect(table.stdout).toMatch(/\nthe first 100 rows; there are more: --limit N shows more of them/);
    expect((await kept('-c', rows, '--limit', 'all')).stdout).toMatch(/\n999\n1,000 rows\n$/);
    expect((await kept('-c', rows, '--format', 'csv')).stdout.split('\r\n')).toHaveLength(1002);
    const cut = await kept('-c', rows, '--format', 'json', '--limit', '2');
    expect(JSON.parse(cut.stdout)).toEqual([{ i: 0 }, { i: 1 }]);
    expect(cut).toMatchObject({ code: 0, stderr: 'postlude: the first 2 rows; there are more\n' });
  });

  test('fit the terminal', async () => {
    for (const columns of [40, 80, 200]) {
      const { stdout } = await postlude(['sql', '--db', db, '-c', 'FROM participants', '-c', 'FROM conversations'], {
        env: { COLUMNS: String(columns) },
      });
      for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(columns);
    }
  });
});

describe('commands', () => {
  test('.tables and .columns tell what there is, with its meaning', async () => {
    const { code, stdout } = await postlude(['sql', sharedProfile], {
      input: '.tables\n.columns Conversations\n',
      env: { COLUMNS: '300' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^events +One row per log entry, whatever shape it came in\.$/m);
    expect(stdout).toMatch(/^conversation_id +VARCHAR +\S/m);
    expect(stdout).not.toContain('event_log');
    expect((await kept('-c', '.columns conversations')).stdout.split('\n')[0]).toMatch(
      /^account_id +VARCHAR +Account SID/,
    );
  });

  test('.columns of a table that is not there suggests another', async () => {
    expect(await kept('-c', '.columns conversation')).toMatchObject({
      code: 2,
      stderr: '-c:1:1: there is no table conversation: did you mean "conversations"? (see .tables)\n',
    });
  });

  test('.quit ends it', async () => {
    expect((await postlude(['sql', '--db', db], { input: '.quit\nSELECT 1;' })).stdout).toBe('');
  });
});

describe('--db', () => {
  test('alone reads what was kept, with the same answers', async () => {
    const answers = await Promise.all(
      [[sharedProfile], ['--db', db]].map((from) => postlude(['sql', ...from, '-c', conversations, '--format', 'csv'])),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]?.stdout).toContain('conv_conversation_01m2fg15vjeye8kw74bd50jrf2');
  });

  test('with exports and a statement keeps them and answers', async () => {
    const file = join(folder, 'other.duckdb');
    const args = [
      'sql',
      'fixtures/silent-call',
      '--db',
      file,
      '-c',
      'SELECT count(*) AS n FROM events',
      '--format',
      'csv',
    ];
    expect(await postlude(args)).toEqual({
      code: 0,
      stdout: 'n\r\n26\r\n',
      stderr: `postlude: the tables are kept in ${file}\n`,
    });
    // A file of its own is replaced.
    expect(await postlude(args.with(1, sharedProfile))).toMatchObject({ code: 0, stdout: 'n\r\n20\r\n' });
  });

  test('replaces no file of somebody else, and reads none', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'notes');
    expect(await postlude(['sql', sharedProfile, '--db', file])).toEqual({
      code: 2,
      stdout: '',
      stderr: `postlude: ${file} is not a DuckDB file; only a file that postlude wrote is replaced: name another one, or delete it\n`,
    });
    expect(await postlude(['sql', '--db', file, '-c', 'SELECT 1'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `postlude: ${file} is not a DuckDB file\n`,
    });
  });
});

describe('a wrong call is one line and exit code 2:', () => {
  test.each([
    [[], /^postlude: name a file or folder of exported events, or a file that was kept with --db/],
    [['exports/', '--fromat', 'csv'], /^postlude: unknown option --fromat/],
    [
      [sharedProfile, '--format', 'jsn'],
      /^postlude: --format must be one of table, csv, json, not "jsn": did you mean "json"\?/,
    ],
    [
      [sharedProfile, '--limit', '-5'],
      /^postlude: --limit needs a value|^postlude: --limit must be a number of rows, or all/,
    ],
    [[sharedProfile, '--limit', '1e3'], /^postlude: --limit must be a number of rows, or all, not "1e3"/],
    [[sharedProfile, '-c'], /^postlude: -c needs a value/],
    [[sharedProfile, '-c', ' '], /^postlude: -c is empty/],
    [[sharedProfile, '--db', ''], /^postlude: --db is empty/],
    [['-'], /^postlude: standard input is the export, so statements cannot come from there/],
    [[sharedProfile], /^postlude: standard input holds no statement/],
    [
      ['--db', 'x.duckdb', '--from', '2026-01-01'],
      /^postlude: --from says what to load, and x\.duckdb is loaded already/,
    ],
    [['--db', '/nowhere/x.duckdb', '-c', 'SELECT 1'], /^postlude: there is no file \/nowhere\/x\.duckdb/],
    [[sharedProfile, '--db', '/nowhere/x.duckdb'], /^postlude: cannot write \/nowhere\/x\.duckdb: there is no folder/],
  ])('sql %j', async (args, message) => {
    const { code, stdout, stderr } = await postlude(['sql', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });

  test('a named file that is no export is an error, and what could be loaded is asked', async () => {
    const { code, stdout, stderr } = await postlude([
      'sql',
      sharedProfile,
      'README.md',
      '-c',
      'SELECT 1 AS x',
      '--format',
      'csv',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: 'x\r\n1\r\n' });
    expect(stderr).toMatch(/^postlude: README\.md: not an export that postlude knows/);
  });
});
