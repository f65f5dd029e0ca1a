import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openSession, type Session } from '../../src/engine/session.ts';
import { ctesOf } from '../../src/rules/ctes.ts';
import { findRules, shippedRulesDir } from '../../src/rules/discover.ts';
import { readSqlText } from '../../src/rules/sql-text.ts';

let session: Session;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

const rowsOf = async (sql: string) => (await session.connection.runAndReadAll(sql)).getRowsJson();

describe('the common table expressions of a statement', () => {
  it('are its steps, each with the text up to its end', () => {
    const sql = 'WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b;';
    const { names, upTo } = ctesOf(sql);
    expect(names).toEqual(['a', 'b']);
    expect(upTo('a')).toBe('WITH a AS (SELECT 1 AS x)\nSELECT * FROM "a"');
    expect(upTo('b')).toBe('WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a)\nSELECT * FROM "b"');
  });

  // What each step returns, by DuckDB: a name that was read wrongly, or an end in the wrong place, would be an error there.
  it.each([
    ['the case of words', 'with A as (select 1) select 2', { A: [[1]] }],
    ['comments', 'WITH -- AS (\n a /* ( /* nested ) */ */ AS ( -- )\n SELECT 1 /* ) */) SELECT 2', { a: [[1]] }],
    [
      'parentheses in texts',
      `WITH a AS (SELECT ')', E'\\')', $$)$$, $x$ ) $x$) SELECT 2`,
      { a: [[')', "')", ')', ' ) ']] },
    ],
    ['quoted names', 'WITH "a "") AS (" AS (SELECT 1 AS ")") SELECT 2', { 'a ") AS (': [[1]] }],
    ['names in single quotes', "WITH 'it''s' AS (SELECT 1) SELECT 2", { "it's": [[1]] }],
    ['parentheses', 'WITH a AS ((SELECT (1 + (2)))) SELECT 2', { a: [[3]] }],
    [
      'materialisation',
      'WITH a AS MATERIALIZED (SELECT 1), b AS NOT MATERIALIZED (FROM a) SELECT 2',
      { a: [[1]], b: [[1]] },
    ],
    [
      'lists of columns',
      'WITH a(x, "as") AS (SELECT 1, 2), b (y) AS (SELECT "as" FROM a) SELECT 3',
      { a: [[1, 2]], b: [[2]] },
    ],
    ['VALUES', 'WITH a(x) AS (VALUES (1), (2)) SELECT 3', { a: [[1], [2]] }],
    [
      'recursion',
      'WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a WHERE x < 3) SELECT 9',
      { a: [[1], [2], [3]] },
    ],
    [
      'recursion by key',
      'WITH RECURSIVE a(k, v) USING KEY (k) AS (SELECT 1, 2 UNION SELECT k, v + 1 FROM a WHERE v < 4) SELECT 9',
      { a: [[1, 4]] },
    ],
    [
      'a nested WITH',
      'WITH a AS (WITH b AS (SELECT 1), c AS (FROM b) FROM c), d AS (FROM a) SELECT 2',
      { a: [[1]], d: [[1]] },
    ],
    [
      'words of the grammar as names',
      'WITH materialized AS (SELECT 1), "recursive" AS (SELECT 2) SELECT 3',
      { materialized: [[1]], recursive: [[2]] },
    ],
    [
      'WITH ORDINALITY and AS in the SELECT',
      'WITH a AS (SELECT 1 AS x) SELECT x AS y FROM (SELECT 2 AS x), a AS b(z)',
      { a: [[1]] },
    ],
    ['a SELECT in parentheses', 'WITH a AS (SELECT 1) (SELECT 2)', { a: [[1]] }],
    ['a SELECT that begins with FROM', 'WITH a AS (SELECT 1) FROM a', { a: [[1]] }],
    ['umlauts before it', "/* äöü € 😀 */ WITH ä AS (SELECT '😀)') SELECT 2", { ä: [['😀)']] }],
  ])('are told apart whatever is around them: %s', async (_, sql, expected) => {
    const { names, upTo } = ctesOf(sql);
    expect(names).toEqual(Object.keys(expected));
    const found = await Promise.all(names.map(async (name) => [name, await rowsOf(upTo(name))]));
    expect(Object.fromEntries(found)).toEqual(expected);
    await rowsOf(sql);
  });

  it.each([
    'SELECT 1',
    '',
    '-- WITH a AS (SELECT 1)',
    'SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a)',
    '(WITH a AS (SELECT 1) SELECT * FROM a)',
    'SELECT unnest([1]) WITH ORDINALITY',
    'WITH',
    'WITH RECURSIVE',
    'WITH a',
    'WITH a AS',
    'WITH a AS (SELECT 1',
    'WITH a AS MATERIALIZED SELECT 1',
  ])('are none, where there are none: %s', (sql) => {
    expect(ctesOf(sql).names).toEqual([]);
  });

  it('are those that DuckDB sees, in every shipped rule', async () => {
    const { rules } = await findRules([shippedRulesDir()]);
    for (const { id, sql } of rules) {
      const [row] = await session.rows(
        z.object({ names: z.array(z.string()) }),
        `SELECT list_transform(json_extract(json_serialize_sql($sql::VARCHAR), '$.statements[0].node.cte_map.map')::JSON[], lambda cte: cte->>'$.key') AS names`,
        { sql },
      );
      expect([id, ctesOf(sql).names]).toEqual([id, row?.names]);
    }
    expect(rules.some(({ sql }) => ctesOf(sql).names.length > 1)).toBe(true);
  });

  it('are found by name whatever its case, as DuckDB does', async () => {
    expect(await rowsOf(ctesOf('WITH "Old Calls" AS (SELECT 1) SELECT 2').upTo('old calls'))).toEqual([[1]]);
  });

  it('leave behind the params that only the rest names', () => {
    const { upTo } = ctesOf('WITH a AS (SELECT $x), b AS (SELECT $y FROM a) SELECT $z FROM b');
    const params = (name: string) => readSqlText(upTo(name)).params.map((param) => param.name);
    expect([params('a'), params('b')]).toEqual([['x'], ['x', 'y']]);
  });

  it('hide what is wrong behind them, and not where it is wrong before', async () => {
    const { upTo } = ctesOf('WITH a AS (SELECT 1), b AS MATERIALIZED (SELECT nope FROM a) SELECT * FROM c');
    expect(await rowsOf(upTo('a'))).toEqual([[1]]);
    await expect(rowsOf(upTo('b'))).rejects.toThrow(/"nope" not found/);
  });

  it('are named in the error where there is none of that name', () => {
    const { upTo } = ctesOf('WITH late_calls AS (SELECT 1), silent AS (SELECT 2) SELECT 3');
    expect(() => upTo('late_cals')).toThrow(
      'there is no common table expression "late_cals": did you mean "late_calls"? (there are late_calls, silent)',
    );
    expect(() => ctesOf('SELECT 1').upTo('x')).toThrow(
      'there is no common table expression "x": the SELECT has no WITH',
    );
  });
});
