import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { checkStatement } from '../../src/explore/check-statement.ts';
import { startQuery } from '../../src/explore/query.ts';
import { StatementError } from '../../src/explore/statement-error.ts';
import { splitStatements } from '../../src/explore/statements.ts';

describe('a text of statements', () => {
  it.each([
    ['', [], null],
    ['SELECT 1', [], 'SELECT 1'],
    ['SELECT 1;', ['SELECT 1'], null],
    [';; SELECT 1 ;\n;SELECT 2', ['SELECT 1'], 'SELECT 2'],
    ['SELECT \';\', ";", $$;$$ -- ;\n/* ; */ ; FROM x', [`SELECT ';', ";", $$;$$ -- ;\n/* ; */`], 'FROM x'],
    ["SELECT 'never closed; FROM x;", [], "SELECT 'never closed; FROM x;"],
    ['SELECT 1; -- a comment\n', ['SELECT 1'], null],
    ['/* before */ SELECT 1; /* not closed ; FROM x', ['SELECT 1'], null],
  ])('is parted at semicolons: %j', (text, statements, rest) => {
    const split = splitStatements(text);
    expect(split.statements.map(({ sql }) => sql)).toEqual(statements);
    expect(split.rest?.sql ?? null).toBe(rest);
    for (const { sql, offset } of [...split.statements, ...(split.rest === null ? [] : [split.rest])]) {
      expect(text.slice(offset, offset + sql.length)).toBe(sql);
    }
  });
});

describe('a statement', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession();
    await session.run('CREATE TABLE calls AS SELECT 1 AS id, 2.5 AS cost');
    await session.lock();
  });
  afterAll(() => session.close());

  const error = async (sql: string): Promise<StatementError> => {
    const thrown: unknown = await startQuery(session.connection, sql).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (thrown instanceof StatementError) return thrown;
    throw new Error(`"${sql}" should be refused, not ${String(thrown)}`);
  };
  const rowsOf = async (sql: string) => {
    const { columns, rows } = await startQuery(session.connection, sql);
    const all = [];
    for await (const some of rows) all.push(...some);
    return { columns: columns.map(({ name }) => name), rows: all };
  };

  it.each([
    'SELECT * FROM calls',
    'FROM calls',
    'WITH a AS (FROM calls) FROM a',
    '(SELECT 1)',
    'VALUES (1), (2)',
    'TABLE calls',
    'DESCRIBE calls',
    'DESCRIBE SELECT 1',
    'SUMMARIZE calls',
    'SHOW TABLES',
    'EXPLAIN FROM calls',
    'explain analyze SELECT count(*) FROM calls',
    'PIVOT calls ON id IN (1, 2) USING sum(cost)',
    'SELECT table_name FROM duckdb_tables()',
  ])('may read: %s', async (sql) => {
    const { columns, rows } = await rowsOf(sql);
    expect(columns.length).toBeGreaterThan(0);
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each([
    ['INSERT INTO calls VALUES (2, 1)', 'INSERT'],
    ['CREATE TABLE x AS SELECT 1', 'CREATE'],
    ['DROP TABLE calls', 'DROP'],
    ["COPY calls TO 'calls.csv'", 'COPY'],
    ["ATTACH ':memory:' AS other", 'ATTACH'],
    ['SET threads = 1', 'SET'],
    ['PRAGMA enable_profiling', 'PRAGMA'],
    ["CALL enable_logging(storage = 'stdout')", 'CALL'],
    ['EXPLAIN DELETE FROM calls', 'DELETE'],
    ['EXPLAIN ANALYZE DELETE FROM calls', 'DELETE'],
  ])('may do nothing else: %s', async (sql, word) => {
    const { message, offset } = await error(sql);
    expect(message).toBe(
      `only statements that read can be run (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN), not ${word}`,
    );
    expect(sql.slice(offset ?? -1)).toMatch(new RegExp(`^${word}`));
  });

  it.each([
    ["FROM enable_logging(storage = 'stdout')", 'enable_logging'],
    ['SELECT 1 FROM calls, Enable_Profiling()', 'enable_profiling'],
    ["FROM query('FROM enable_profiling()')", 'query'],
    ['WITH a AS (FROM force_checkpoint()) FROM a', 'force_checkpoint'],
  ])('calls nothing that writes to standard output by itself: %s', async (sql, name) => {
    const { message, offset } = await error(sql);
    expect(message).toBe(`the function ${name} does more than read`);
    expect(sql.slice(offset ?? -1).toLowerCase()).toMatch(new RegExp(`^${name}`));
  });

  it('says what PIVOT needs', async () => {
    expect((await error('PIVOT calls ON id USING sum(cost)')).message).toMatch(/^PIVOT has to name its values here/);
  });

  it.each([
    ['SELEC 1', 0, /syntax error/],
    ["SELECT 'ü😀', FROM WHERE", 19, /syntax error/],
    ["SELECT 'ü😀', nope FROM calls", 14, /"nope" not found/],
    ['SELECT * FROM cals', 14, /cals does not exist/],
  ])('that is wrong has its place: %s', async (sql, offset, message) => {
    expect(await error(sql)).toMatchObject({ offset, message: expect.stringMatching(message) });
  });

  it('that fails while it runs says so then, and the next one runs', async () => {
    await expect(rowsOf("SELECT CAST('x' || id AS INTEGER) FROM calls")).rejects.toThrow(StatementError);
    expect((await rowsOf('SELECT id FROM calls')).rows).toEqual([{ id: 1 }]);
  });

  it('reaches no file', async () => {
    await expect(rowsOf("FROM read_text('/etc/hostname')")).rejects.toThrow(/disabled/);
  });

  it('need not be taken to its end', async () => {
    const { rows } = await startQuery(session.connection, 'FROM range(100000000000)');
    for await (const some of rows) {
      expect(some.length).toBeGreaterThan(0);
      break;
    }
    expect((await rowsOf('SELECT id FROM calls')).rows).toEqual([{ id: 1 }]);
  });

  it('is not run by the check', async () => {
    await expect(checkStatement(session.connection, 'FROM no_such_table')).resolves.toBeUndefined();
  });
});
