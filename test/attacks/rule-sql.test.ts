import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from '../cli/postlude.ts';
import { auditWith, conversations, folderWith, rulesOf } from './audit-with.ts';

/*
 * Rules that try to get out of their place: to read or write files, to reach the network or the settings, to print, to see other
 * tables, to hide what they do. Each is refused before anything of it is run.
 */

const one = 'a rule is one SELECT';
const tableFunction = 'is refused: allowed are unnest, range, generate_series, json_each, json_tree';

/** SQL, by what it tries, and what is said of it. */
const refused: Readonly<Record<string, readonly [sql: string, told: string]>> = {
  'copy-out': ["COPY (SELECT 1) TO 'stolen.csv'", one],
  'copy-in': ["COPY events FROM '/etc/passwd'", one],
  attach: ["ATTACH ':memory:' AS other", one],
  'attach-file': ["ATTACH 'stolen.duckdb'", one],
  export: ["EXPORT DATABASE 'stolen'", one],
  import: ["IMPORT DATABASE '/tmp'", one],
  install: ['INSTALL httpfs', one],
  load: ['LOAD httpfs', one],
  set: ["SET memory_limit = '900GB'", one],
  reset: ['RESET memory_limit', one],
  'set-variable': ['SET VARIABLE x = 1', one],
  pragma: ["PRAGMA enable_profiling = 'json'", one],
  'pragma-call': ["PRAGMA enable_logging('QueryLog')", one],
  call: ['CALL enable_logging()', one],
  checkpoint: ['CHECKPOINT', one],
  create: ['CREATE TABLE t AS SELECT 1', one],
  macro: ["CREATE MACRO f() AS TABLE SELECT * FROM read_text('/etc/passwd')", one],
  view: ['CREATE VIEW v AS SELECT 1', one],
  secret: ["CREATE SECRET s (TYPE s3, KEY_ID 'x')", one],
  drop: ['DROP TABLE events', one],
  insert: ['INSERT INTO events SELECT * FROM events', one],
  update: ["UPDATE events SET account_id = 'x'", one],
  delete: ['DELETE FROM events', one],
  truncate: ['TRUNCATE events', one],
  alter: ['ALTER TABLE events RENAME TO gone', one],
  begin: ['BEGIN TRANSACTION', one],
  prepare: ['PREPARE p AS SELECT 1', one],
  use: ['USE other', one],
  'explain-analyze': ['EXPLAIN ANALYZE SELECT 1', one],
  show: ['SHOW ALL TABLES', one],
  describe: ['DESCRIBE events', one],
  summarize: ['SUMMARIZE events', one],
  'second-statement': [
    `${conversations} FROM conversations; COPY events TO 'stolen.csv'`,
    'there is another statement',
  ],
  'second-select': [`${conversations} FROM conversations; SELECT 1`, 'there is another statement'],
  'hidden-in-comment': [
    `${conversations} FROM conversations; /* ; */ DROP TABLE events -- ;`,
    'there is another statement',
  ],
  'file-as-table': ["SELECT * FROM '/etc/passwd'", 'unknown table /etc/passwd'],
  'file-as-quoted-table': ['SELECT * FROM "/etc/hostname.csv"', 'unknown table /etc/hostname.csv'],
  'http-as-table': ["SELECT * FROM 'https://evil.example/x.parquet'", 'unknown table https://evil.example/x.parquet'],
  'file-in-subquery': ["SELECT (SELECT count(*) FROM 'out/*.parquet')", 'unknown table out/*.parquet'],
  'file-in-cte': ["WITH a AS MATERIALIZED (FROM 'x.csv') FROM a", 'unknown table x.csv'],
  'cte-of-that-name': [
    'WITH sqlite_master AS (SELECT * FROM sqlite_master) FROM sqlite_master',
    'unknown table sqlite_master',
  ],
  'file-in-join': ["FROM events JOIN 'x.json' USING (account_id)", 'unknown table x.json'],
  'file-in-lateral': ["FROM events, LATERAL (FROM 'x.json')", 'unknown table x.json'],
  'file-in-set-operation': ["SELECT 1 UNION ALL SELECT * FROM 'x.json'", 'unknown table x.json'],
  'file-in-qualify': ["FROM events QUALIFY (SELECT true FROM 'x.json')", 'unknown table x.json'],
  'file-in-order': ["FROM events ORDER BY (SELECT 1 FROM 'x.json')", 'unknown table x.json'],
  'file-in-limit': ["FROM events LIMIT (SELECT 1 FROM 'x.json')", 'unknown table x.json'],
  'file-in-lambda': [
    "SELECT list_transform([1], lambda x: (SELECT 1 FROM 'x.json')) FROM events",
    'unknown table x.json',
  ],
  'file-in-pivot': ["FROM (PIVOT 'x.json' ON a IN (1) USING count(*))", 'unknown table x.json'],
  'file-in-values': ["FROM (VALUES ((SELECT 1 FROM 'x.json')))", 'unknown table x.json'],
  'file-in-recursion': [
    "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r, 'x.json') FROM r",
    'unknown table x.json',
  ],
  'file-in-exists': ["FROM events WHERE EXISTS (FROM 'x.json')", 'unknown table x.json'],
  'file-in-filter': ["SELECT count(*) FILTER ((SELECT true FROM 'x.json')) FROM events", 'unknown table x.json'],
  'file-in-window': ["SELECT sum(1) OVER (PARTITION BY (SELECT 1 FROM 'x.json')) FROM events", 'unknown table x.json'],
  'file-in-list': ["SELECT [x FOR x IN (SELECT [1] FROM 'x.json')] FROM events", 'unknown table x.json'],
  catalog: ['SELECT * FROM system.main.duckdb_settings', 'tables are named without a schema'],
  'information-schema': ['SELECT * FROM information_schema.tables', 'tables are named without a schema'],
  'pg-catalog': ['SELECT * FROM pg_catalog.pg_settings', 'tables are named without a schema'],
  'internal-table': ['SELECT * FROM duckdb_settings', 'unknown table duckdb_settings'],
  'look-alike': ['SELECT * FROM еvents', 'unknown table еvents'],
  'zero-width': ['SELECT * FROM "events\u200b"', 'unknown table events'],
  'read-text': ["SELECT * FROM read_text('/etc/passwd')", `read_text ${tableFunction}`],
  'read-text-upper': ["SELECT * FROM READ_TEXT('/etc/passwd')", tableFunction],
  'read-text-schema': ["SELECT * FROM main.read_text('/etc/passwd')", tableFunction],
  'read-blob': ["SELECT * FROM read_blob('/etc/passwd')", `read_blob ${tableFunction}`],
  glob: ["SELECT * FROM glob('/**')", `glob ${tableFunction}`],
  'sniff-csv': ["SELECT * FROM sniff_csv('/etc/passwd')", `sniff_csv ${tableFunction}`],
  'parquet-metadata': ["SELECT * FROM parquet_metadata('x')", `parquet_metadata ${tableFunction}`],
  settings: ['SELECT * FROM duckdb_settings()', `duckdb_settings ${tableFunction}`],
  secrets: ['SELECT * FROM duckdb_secrets()', `duckdb_secrets ${tableFunction}`],
  'log-to-stdout': ["SELECT * FROM enable_logging(storage = 'stdout')", `enable_logging ${tableFunction}`],
  'profile-to-stdout': ['SELECT * FROM enable_profiling()', `enable_profiling ${tableFunction}`],
  'checkpoint-function': ['SELECT * FROM force_checkpoint()', `force_checkpoint ${tableFunction}`],
  query: ["SELECT * FROM query('SELECT * FROM duckdb_settings()')", `query ${tableFunction}`],
  'query-table': ["SELECT * FROM query_table('duckdb_settings')", `query_table ${tableFunction}`],
  'serialized-sql': ["SELECT * FROM json_execute_serialized_sql('{}')", `json_execute_serialized_sql ${tableFunction}`],
  'sequence-scan': ["SELECT * FROM seq_scan('events')", `seq_scan ${tableFunction}`],
  'repeat-rows': ['SELECT * FROM repeat_row(1, num_rows = 1000000000000)', `repeat_row ${tableFunction}`],
  completion: ["SELECT * FROM sql_auto_complete('SEL')", `sql_auto_complete ${tableFunction}`],
  getenv: ["SELECT getenv('HOME')", 'the function getenv is refused: it reads the settings of this machine'],
  getvariable: ["SELECT getvariable('x')", 'the function getvariable is refused'],
  setting: ["SELECT current_setting('temp_directory')", 'the function current_setting is refused'],
  'setting-schema': ["SELECT main.current_setting('temp_directory')", 'the function current_setting is refused'],
  'setting-method': [
    "SELECT ('temp_directory').current_setting() FROM events",
    'the function current_setting is refused',
  ],
  'write-log': ["SELECT write_log('x', level := 'ERROR')", 'the function write_log is refused'],
  sleep: ['SELECT sleep_ms(100000)', 'the function sleep_ms is refused: it only waits'],
  'pg-sleep': ['SELECT pg_sleep(100)', 'the function pg_sleep is refused: it only waits'],
  reservoir: ['SELECT reservoir_quantile(event_key, 0.5) FROM events', 'it differs from run to run'],
  ...Object.fromEntries(
    [
      "repeat('x', 2000000000)",
      "lpad('x', 2000000000, 'y')",
      "rpad('x', 2000000000, 'y')",
      'range(4000000000)',
      'generate_series(1, 4000000000)',
      'list_resize([1], 4000000000)',
      'array_resize([1], 4000000000)',
      'bar(1, 0, 1, 1000000000)',
      "bitstring('1', 2000000000)",
      "printf('%2000000000d', 1)",
      "format('{:2000000000}', 1)",
      'equi_width_bins(0, 1, 4000000000, true)',
      '[1].list_resize(4000000000)',
      '"repeat"(\'x\', 2000000000)',
      "Repeat('x', 2000000000)",
      "main.repeat('x', 2000000000)",
      "system.main.repeat('x', 2000000000)",
      "list_transform([1], lambda i: repeat('x', 2000000000))",
      "CASE WHEN false THEN repeat('x', 2000000000) END",
    ].map((call, at) => [`huge-${at}`, [`SELECT ${call} FROM events`, 'it can make values of any size']]),
  ),
};

const files = rulesOf(Object.fromEntries(Object.entries(refused).map(([name, [sql]]) => [name, sql])));

describe('SQL that wants more than to read the tables', () => {
  beforeAll(build, 120_000);

  test('is refused by rules lint, each at its place', async () => {
    const cwd = await folderWith(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`mine/${name}`, text])),
    );
    const { code, stdout, stderr } = await postlude(['rules', 'lint', 'mine'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\d+ rules checked: \d+ problems in \d+ files\n$/);
    const lines = stdout.split('\n');
    for (const [name, [sql, told]] of Object.entries(refused)) {
      const own = lines.filter((line) => new RegExp(String.raw`^mine/attack/${name}\.sql:\d+:\d+: `).test(line));
      expect(own.join('\n'), sql).toContain(told);
    }
    expect(readdirSync(cwd)).toEqual(['mine']);
  });

  test('fails in an audit, in which the other rules go on and nothing is written or printed', async () => {
    const { code, rules, findings } = await auditWith(files);
    expect(code).toBe(2);
    for (const [name, [sql, told]] of Object.entries(refused)) expect(rules[`attack/${name}`], sql).toContain(told);
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['merge/shared-profile']);
  });
});

test('names of objects of JavaScript are names like any other in a header', async () => {
  const header = `title: Silent call
severity: warning
subject: conversation
params:
  __proto__: { type: string, default: x, description: d }
  constructor: { type: string, default: x, description: d }
causes:
  __proto__: { message: m, fix: f }
  toString: { message: m, fix: f }`;
  const text = `/*\n${header}\n*/\n${conversations}, 'valueOf' AS cause FROM conversations WHERE $constructor = $__proto__`;
  const { code, rules } = await auditWith({ 'attack/names.sql': text });
  expect(code).toBe(2);
  expect(rules['attack/names']).toMatch(/^attack\/names\.sql:\d+:\d+: /);
});
