import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { bindRule } from '../../src/rules/bind.ts';
import { checkRuleSql, readsColumn } from '../../src/rules/check-sql.ts';
import { formatProblem } from '../../src/rules/position.ts';
import { ruleOf, ruleText } from './rule-folder.ts';

let session: Session;
beforeAll(async () => {
  session = await openSession();
  await session.run(`
    CREATE TABLE conversations (account_id VARCHAR, conversation_id VARCHAR, created_at TIMESTAMPTZ, as_of TIMESTAMPTZ, keys BIGINT[]);
    CREATE TABLE events (event_key BIGINT, account_id VARCHAR, conversation_id VARCHAR, event_time TIMESTAMPTZ, body JSON);
  `);
  await session.lock();
});
afterAll(() => session.close());

const tables = ['conversations', 'events'];
const check = async (sql: string, parts: { params?: string; causes?: string } = {}) =>
  checkRuleSql(session.connection, await ruleOf({ 'voice/x.sql': ruleText({ ...parts, sql }) }), tables);
/** Problems without the folder; the SQL begins in line 8, with params in line 10. */
const problems = async (sql: string, parts: { params?: string; causes?: string } = {}) =>
  (await check(sql, parts)).problems.map((problem) => formatProblem({ ...problem, file: 'x.sql' }));

describe('the SQL of a rule', () => {
  it('tells what it reads, without being run', async () => {
    const checked = await check(
      `WITH old AS (SELECT * FROM conversations WHERE created_at < as_of - $age)
       SELECT c.account_id, conversation_id AS subject_id,
         CASE WHEN c.keys IS NULL THEN 'silent' ELSE coalesce(NULL, 'loud') END AS cause
       FROM old c JOIN Main.Events e USING (conversation_id)`,
      {
        params: '  age: { type: interval, default: 5 minutes, description: age }',
        causes: '  silent: {message: m, fix: f}\n  loud: {message: m, fix: f}',
      },
    );
    expect(checked.problems).toEqual([]);
    expect(checked.tables).toEqual(new Set(['conversations', 'events']));
    expect(checked.params).toEqual(new Set(['age']));
    expect(checked.causes).toEqual(new Set(['silent', 'loud']));
    expect(readsColumn(checked, 'conversations', 'anything')).toBe(true);
    expect(readsColumn(checked, 'events', 'conversation_id')).toBe(true);
    expect(readsColumn(checked, 'events', 'body')).toBe(false);
  });

  it('counts what a predicate takes from the evidence as read', async () => {
    const rule = await ruleOf({
      'voice/x.sql': ruleText({ sql: 'SELECT account_id FROM conversations' }),
      'voice/x.ts': 'export default predicate({ events: true, decide: (row, { events }) => events[0].body !== null });',
    });
    const checked = await checkRuleSql(session.connection, rule, tables);
    expect(['body', 'trace_id'].map((column) => readsColumn(checked, 'events', column))).toEqual([true, false]);
  });

  it.each([
    // The name of the table before a column is no use of its whole row.
    ['SELECT events.account_id, events.conversation_id AS subject_id FROM events', false],
    ['SELECT e.body FROM events e', true],
    ['SELECT * FROM events', true],
    ['SELECT * EXCLUDE (log_id) FROM events', true],
    ['SELECT e.* FROM conversations c, events e', true],
    ["SELECT COLUMNS('b.*') FROM events", true],
    ['SELECT e FROM events e', true],
    ['SELECT to_json(events) FROM events', true],
    ['SELECT 1 FROM conversations c JOIN events e USING (body)', true],
    ['SELECT c.* FROM conversations c, events e', false],
    ['WITH e AS (SELECT event_key FROM events) SELECT * FROM e', false],
    ['SELECT count(*) FROM events', false],
  ])('knows whether the body is needed: %s', async (sql, needed) => {
    expect(readsColumn(await check(sql), 'events', 'body')).toBe(needed);
  });

  it.each([
    ['INSERT INTO events VALUES (1)', 'x.sql:8:1: a rule is one SELECT, not INSERT'],
    ["-- a comment\nCOPY events TO 'out.csv'", 'x.sql:9:1: a rule is one SELECT, not COPY'],
    ["ATTACH ':memory:' AS other", 'x.sql:8:1: a rule is one SELECT, not ATTACH'],
    ['SET threads = 1', 'x.sql:8:1: a rule is one SELECT, not SET'],
    ['PRAGMA enable_profiling', 'x.sql:8:1: a rule is one SELECT, not PRAGMA'],
    ['CALL enable_logging()', 'x.sql:8:1: a rule is one SELECT, not CALL'],
    ['DROP TABLE events', 'x.sql:8:1: a rule is one SELECT, not DROP'],
    ['CREATE TABLE x AS SELECT 1', 'x.sql:8:1: a rule is one SELECT, not CREATE'],
    ['EXPLAIN SELECT 1', 'x.sql:8:1: a rule is one SELECT, not EXPLAIN'],
    ['SHOW TABLES', 'x.sql:8:1: a rule is one SELECT, not SHOW, DESCRIBE or SUMMARIZE'],
    ['DESCRIBE events', 'x.sql:8:1: a rule is one SELECT, not SHOW, DESCRIBE or SUMMARIZE'],
    ['SELECT * FROM (SUMMARIZE events)', 'x.sql:8:1: a rule is one SELECT, not SHOW, DESCRIBE or SUMMARIZE'],
    ["SELECT ';' /* ; */; SELECT 2", 'x.sql:8:20: a rule is one SELECT: there is another statement'],
    ['SELECT 1; DROP TABLE events', 'x.sql:8:10: a rule is one SELECT: there is another statement'],
    ['DROP TABLE events; SELECT 1', 'x.sql:8:19: a rule is one SELECT: there is another statement'],
    ['-- COPY that\nCOPY events TO STDOUT;', 'x.sql:9:1: a rule is one SELECT, not COPY'],
    ['', 'x.sql:7:3: there is no SELECT after the header'],
    ['-- nothing;\n;', 'x.sql:7:3: there is no SELECT after the header'],
    ['SELEC 1', 'x.sql:8:1: syntax error at or near "SELEC"'],
    ["SELECT 'ü😀', 1 FROM FROM", 'x.sql:8:21: syntax error at or near "FROM"'],
  ])('is one SELECT and nothing else: %s', async (sql, expected) => {
    expect(await problems(sql)).toEqual([expected]);
  });

  it.each([
    ['SELECT 1 FROM conversation', 'x.sql:8:15: unknown table conversation: did you mean "conversations"?'],
    ["SELECT 'ü' FROM\n  nothing", 'x.sql:9:3: unknown table nothing'],
    ["SELECT 1 FROM 'out/x.parquet'", 'x.sql:8:15: unknown table out/x.parquet'],
    [
      'SELECT 1 FROM information_schema.tables',
      'x.sql:8:15: tables are named without a schema: information_schema.tables',
    ],
    ['SELECT 1 FROM memory.main.events', 'x.sql:8:15: tables are named without a schema: memory.main.events'],
    ['SELECT (SELECT 1 FROM duckdb_settings)', 'x.sql:8:23: unknown table duckdb_settings'],
    // A name that is defined elsewhere must not hide the real table.
    [
      'WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables',
      'x.sql:8:38: unknown table duckdb_tables',
    ],
    [
      'SELECT * FROM (WITH duckdb_views AS (SELECT 1) SELECT * FROM duckdb_views), duckdb_views',
      'x.sql:8:77: unknown table duckdb_views',
    ],
    [
      "SELECT * FROM read_text('/etc/passwd')",
      'x.sql:8:15: the table function read_text is refused: allowed are unnest, range, generate_series, json_each, json_tree',
    ],
    [
      "SELECT * FROM query('SELECT 1')",
      'x.sql:8:15: the table function query is refused: allowed are unnest, range, generate_series, json_each, json_tree',
    ],
    [
      'SELECT repeat(body::VARCHAR, 1000000) FROM events',
      'x.sql:8:8: the function repeat is refused: it can make values of any size: values belong into params or tables, and rows come from range in FROM',
    ],
    [
      "SELECT main.LPAD('x', 1000000)",
      'x.sql:8:8: the function lpad is refused: it can make values of any size: values belong into params or tables, and rows come from range in FROM',
    ],
    [
      'SELECT unnest(range(100000000))',
      'x.sql:8:15: the function range is refused: it can make values of any size: values belong into params or tables, and rows come from range in FROM',
    ],
    [
      'SELECT * FROM unnest(generate_series(1, 9))',
      'x.sql:8:22: the function generate_series is refused: it can make values of any size: values belong into params or tables, and rows come from range in FROM',
    ],
    ['SELECT 1 WHERE now() > $x', 'x.sql:8:16: the function now is refused: it depends on the clock, use as_of'],
    [
      'SELECT current_timestamp',
      'x.sql:8:8: the function current_timestamp is refused: it depends on the clock, use as_of',
    ],
    [
      'SELECT age(event_time) FROM events',
      'x.sql:8:8: the function age is refused: it depends on the clock, use as_of',
    ],
    [
      'SELECT sum(random()) OVER () FROM events',
      'x.sql:8:12: the function random is refused: it differs from run to run',
    ],
    [
      "SELECT current_setting('temp_directory')",
      'x.sql:8:8: the function current_setting is refused: it reads the settings of this machine',
    ],
    ["SELECT nextval('event_seq')", 'x.sql:8:8: the function nextval is refused: it changes the keys of events'],
    [
      'SELECT conversation_id.repeat(1000000000) FROM events',
      'x.sql:8:8: the function repeat is refused: it can make values of any size: values belong into params or tables, and rows come from range in FROM',
    ],
    ['SELECT 1 FROM events ORDER BY uuid()', 'x.sql:8:31: the function uuid is refused: it differs from run to run'],
    ['SELECT 1 FROM events LIMIT (SELECT count(*) FROM sqlite_master)', 'x.sql:8:50: unknown table sqlite_master'],
    [
      'SELECT * FROM range((SELECT count(*) FROM duckdb_tables()))',
      'x.sql:8:43: the table function duckdb_tables is refused: allowed are unnest, range, generate_series, json_each, json_tree',
    ],
    ['SELECT 1 FROM events TABLESAMPLE 10 ROWS', 'x.sql:8:15: a sample differs from run to run'],
    ['SELECT 1 FROM events USING SAMPLE 10 ROWS', 'x.sql:8:1: a sample differs from run to run'],
    ['SELECT pg_sleep(100)', 'x.sql:8:8: the function pg_sleep is refused: it only waits'],
  ])('reads only the model: %s', async (sql, expected) => {
    expect(await problems(sql)).toContain(expected);
  });

  it.each([
    'SELECT unnest(keys), age(as_of, created_at) FROM conversations',
    'SELECT r FROM range(3) t(r), unnest([1, 2]) u(v)',
    'SELECT key FROM events, json_each(body)',
    'WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n',
    'WITH a AS (SELECT 1), B AS (SELECT * FROM A) SELECT * FROM b;',
    'FROM conversations SELECT account_id',
    "SELECT list_transform(keys, lambda k: k + 1), 'now()' FROM conversations -- repeat('x', 9)",
    'SELECT account_id FROM conversations QUALIFY row_number() OVER (PARTITION BY account_id) = 1',
  ])('may do what a rule needs: %s', async (sql) => {
    expect(await problems(sql)).toEqual([]);
  });

  it('names its params, and only those of the header', async () => {
    const params =
      '  min_age: { type: interval, default: 5 minutes, description: age }\n  unused: { type: integer, default: 1, description: none }';
    expect(await problems("SELECT '$no', $$ $neither $$, $min_agee::INTERVAL, $min_agee -- $nor", { params })).toEqual([
      'x.sql:6:3: the param min_age is declared but never used: write $min_age in the SQL, or drop it',
      'x.sql:7:3: the param unused is declared but never used: write $unused in the SQL, or drop it',
      'x.sql:11:31: $min_agee is not declared in params: did you mean "min_age"?',
    ]);
    expect(await problems('SELECT ?, $1')).toEqual([
      'x.sql:8:1: params have names: write $name, not ? or $1',
      'x.sql:8:1: params have names: write $name, not ? or $1',
    ]);
  });

  it('gives causes, severities and certainties that exist', async () => {
    expect(
      await problems(
        "SELECT CASE WHEN true THEN 'silent' ELSE 'silnt' END AS cause, 'warn' AS severity, 'sure' AS certainty",
      ),
    ).toEqual([
      'x.sql:8:42: the cause "silnt" is not declared: did you mean "silent"?',
      'x.sql:8:64: severity "warn" is not declared: did you mean "warning"?',
      'x.sql:8:84: certainty "sure" is not declared: known are possible, likely, confirmed',
    ]);
  });

  it('is told all its mistakes at once', async () => {
    expect(await problems("SELECT repeat('x', 3), now()\nFROM nowhere")).toHaveLength(3);
  });
});

describe('what a rule returns', () => {
  const bind = async (sql: string, parts: { params?: string; causes?: string } = {}) => {
    const bound = await bindRule(session.connection, await ruleOf({ 'voice/x.sql': ruleText({ ...parts, sql }) }));
    return bound.problems.map((problem) => formatProblem({ ...problem, file: 'x.sql' }));
  };

  it('is known without running it', async () => {
    const rule = await ruleOf({
      'voice/x.sql': ruleText({
        params: '  age: { type: interval, default: PT5M, description: age }',
        sql: 'SELECT account_id, conversation_id AS subject_id, as_of - created_at AS open_for FROM conversations WHERE as_of - created_at > $age;',
      }),
    });
    const { columns, problems: none } = await bindRule(session.connection, rule);
    expect(none).toEqual([]);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'account_id VARCHAR',
      'subject_id VARCHAR',
      'open_for INTERVAL',
    ]);
  });

  const start = 'SELECT account_id, conversation_id AS subject_id';
  it.each([
    [
      "SELECT account_id, conversation_id AS subjectid, 'silent' AS cause FROM conversations",
      ['x.sql:8:1: the SELECT does not return subject_id: did you mean "subjectid"?'],
    ],
    [
      'SELECT account_id, created_at AS subject_id FROM conversations',
      ['x.sql:8:1: column subject_id must be VARCHAR, it is TIMESTAMP WITH TIME ZONE'],
    ],
    [
      `${start}, ['a'] AS related FROM conversations`,
      ['x.sql:8:1: column related must be a list of {type, id}, it is VARCHAR[]'],
    ],
    [
      `${start}, ['a'] AS event_keys FROM conversations`,
      ['x.sql:8:1: column event_keys must be a list of event keys (BIGINT[]), it is VARCHAR[]'],
    ],
    [
      `${start}, 'x' AS first_seen FROM conversations`,
      ['x.sql:8:1: column first_seen must be TIMESTAMPTZ, it is VARCHAR'],
    ],
    [`${start}, 1 AS x, 2 AS x FROM conversations`, ['x.sql:8:1: the SELECT returns two columns named x']],
    [
      `${start},\n  createdat FROM conversations`,
      [
        'x.sql:9:3: Referenced column "createdat" not found in FROM clause! Candidate bindings: "created_at", "conversation_id", "account_id"',
      ],
    ],
    [`${start}, keys AS event_keys, [{type: 'call', id: 'CA1'}] AS related FROM conversations`, []],
    [`${start}, [] AS event_keys, keys FROM conversations`, []],
  ])('has reserved columns of their types: %s', async (sql, expected) => {
    expect(await bind(sql)).toEqual(expected);
  });

  it('fills every placeholder of messages', async () => {
    expect(
      await bind(`${start}, 'a' AS cause, 1 AS n FROM conversations WHERE $age IS NOT NULL`, {
        params: '  age: { type: interval, default: PT5M, description: age }',
        causes: '  a: { message: "{subject_id} {n} {age} {{x}}", fix: "{m}" }',
      }),
    ).toEqual(['x.sql:8:49: causes.a.fix names {m}, which the SELECT does not return']);
  });

  it('says which cause where there are several', async () => {
    expect(
      await bind(`${start} FROM conversations`, { causes: '  a: { message: a, fix: f }\n  b: { message: b, fix: f }' }),
    ).toEqual(['x.sql:9:1: the SELECT does not return cause, which is one of a, b']);
  });
});

it('tells on one line what DuckDB stumbles over, also where that runs over lines', async () => {
  const [problem, ...others] = (await check('SELECT a FROM events "x\ny" "z\nz"')).problems;
  expect(others).toEqual([]);
  expect(problem?.message).toMatch(/^syntax error at or near "/);
  expect(problem?.message).not.toContain('\n');
  const [open] = (await check(`SELECT "a${'\n x'.repeat(1000)}`)).problems;
  expect(open?.message).toMatch(/^unterminated quoted identifier at or near ".*…$/);
});

it('takes numbers that are too large for any type', async () => {
  const sql = "SELECT account_id, 1e400 + -1e999 AS n, 'Infinity' AS subject_id FROM conversations";
  expect(await problems(sql)).toEqual([]);
});
