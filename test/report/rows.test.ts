import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { startQuery } from '../../src/explore/query.ts';
import { type RowFormat, type RowOptions, writeRows } from '../../src/report/rows.ts';

let session: Session;
beforeAll(async () => {
  session = await openSession();
  await session.lock();
});
afterAll(() => session.close());

async function written(format: RowFormat, sql: string, options: Partial<RowOptions> = {}) {
  const pieces: string[] = [];
  const count = await writeRows(
    format,
    await startQuery(session.connection, sql),
    { limit: null, width: 80, colour: false, ...options },
    async (piece) => pieces.push(piece) > 0,
  );
  return { text: pieces.join(''), pieces, ...count };
}
const text = async (...args: Parameters<typeof written>) => (await written(...args)).text;

const types = `SELECT
  9007199254740993 AS big, 12::BIGINT AS small, 1.5 AS ratio, 'NaN'::DOUBLE AS no_number, true AS yes, NULL AS nothing, '' AS empty,
  TIMESTAMPTZ '2026-09-14 10:00:00.5+02' AS instant, TIMESTAMP '2026-09-14 10:00:00' AS local, DATE '2026-09-14' AS "date",
  INTERVAL 90 MINUTE AS span, [1, NULL] AS list, {'a': [DATE '2026-09-14']} AS struct, '{"b": 1, "a": [2]}'::JSON AS json,
  1 AS "2", 2 AS "1"`;

describe('json', () => {
  it('is an array of objects, with keys in the order of the columns', async () => {
    expect(await text('json', types)).toBe(
      `[
  {"big": "9007199254740993", "small": 12, "ratio": 1.5, "no_number": null, "yes": true, "nothing": null, "empty": "", "instant": "2026-09-14T08:00:00.500Z", "local": "2026-09-14T10:00:00.000", "date": "2026-09-14", "span": "PT1H30M", "list": [1,null], "struct": {"a":["2026-09-14T00:00:00.000Z"]}, "json": {"b":1,"a":[2]}, "2": 1, "1": 2}
]
`,
    );
  });

  it('is empty where there are no rows, and parses whatever the number of parts', async () => {
    expect(await text('json', 'SELECT 1 AS x WHERE false')).toBe('[]\n');
    const { text: many, pieces, rows } = await written('json', 'SELECT range AS i FROM range(5000)');
    expect(JSON.parse(many)).toHaveLength(5000);
    expect(pieces.length).toBeGreaterThan(2);
    expect(rows).toBe(5000);
  });

  it('holds nothing that a terminal would obey', async () => {
    const json = await text('json', `SELECT E'\\x1b[2J' || chr(155) AS "\u001b[0m"`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(json).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(Object.entries(JSON.parse(json)[0])).toEqual([['\u001b[0m', '\u001b[2J\u009b']]);
  });
});

describe('csv', () => {
  it('is RFC 4180', async () => {
    expect(
      await text('csv', `SELECT 'a,b' AS "x,y", 'say "hi"' AS q, E'two\\nlines' AS l, NULL AS n, '' AS e, ' x' AS s`),
    ).toBe('"x,y",q,l,n,e,s\r\n"a,b","say ""hi""","two\nlines",,""," x"\r\n');
    expect(await text('csv', types)).toMatch(
      /\r\n9007199254740993,12,1\.5,NaN,true,,"",2026-09-14T08:00:00\.500Z,2026-09-14T10:00:00\.000,2026-09-14,PT1H30M,"\[1,null\]",/,
    );
    expect(await text('csv', 'SELECT 1 AS x WHERE false')).toBe('x\r\n');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['+1|calc', "'+1|calc"],
    ['-A1', "'-A1"],
    ['\t=1', "'␉=1"],
    // Telephone numbers and numbers are what logs are full of.
    ['+15550100100', '+15550100100'],
    ['+1 (555) 010-0100', '+1 (555) 010-0100'],
    ['-5', '-5'],
    ['a=1', 'a=1'],
  ])('keeps a spreadsheet from running text: %j', async (cell, expected) => {
    const [, line] = (await text('csv', `SELECT '${cell}' AS x`)).split('\r\n');
    expect(line).toBe(expected);
  });

  it('leaves numbers alone, and shows what a terminal would obey', async () => {
    expect(await text('csv', `SELECT -5 AS i, -1e300 AS d, E'\\x1b[2J' AS t`)).toBe('i,d,t\r\n-5,-1e+300,␛[2J\r\n');
  });
});

describe('a table', () => {
  it('shows columns side by side where they fit, and counts the rows', async () => {
    expect(await text('table', "SELECT * FROM (VALUES ('a', 1, NULL), ('ü😀b', 200, 'x')) t(name, n, other)")).toBe(
      'name  n    other\na     1    NULL\nü😀b  200  x\n2 rows\n',
    );
    expect(await text('table', "SELECT TIMESTAMPTZ '2026-09-14 10:00:00+02' AS t")).toBe(
      't\n2026-09-14 08:00:00.000Z\n1 row\n',
    );
    expect(await text('table', 'SELECT 1 AS x WHERE false')).toBe('x\n0 rows\n');
  });

  it('cuts long cells where it is seen: ids in their middle, texts at their end', async () => {
    const sql = "SELECT 'conv_conversation_' || repeat('0', 50) || 'abc' AS id, repeat('some words ', 20) AS words";
    const lines = (await text('table', sql, { width: 60 })).split('\n');
    expect(lines[1]).toMatch(/^conv_conv\S*…0+abc {2}some words .*…$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('becomes one record below the other where the terminal is too narrow', async () => {
    const sql = `SELECT ${Array.from({ length: 9 }, (_, i) => `repeat('x', 30) AS column_${i}`).join(', ')} FROM range(2)`;
    const lines = (await text('table', sql, { width: 60 })).split('\n');
    expect(lines.slice(0, 2)).toEqual([`── 1 ${'─'.repeat(55)}`, `column_0  ${'x'.repeat(30)}`]);
    expect(lines).toContain(`── 2 ${'─'.repeat(55)}`);
    expect(lines.at(-2)).toBe('2 rows');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('is one harmless line for each row', async () => {
    expect(await text('table', `SELECT E'a\\nb\\x1b[2J' AS "x\u001b"`)).toBe('x␛\na␊b␛[2J\n1 row\n');
  });

  it('ends at the limit, and says that there are more', async () => {
    const sql = 'FROM range(100000000000) t(i)';
    const cut = await written('table', sql, { limit: 3 });
    expect(cut.text).toBe(
      'i\n0\n1\n2\nthe first 3 rows; there are more: --limit N shows more of them, --limit all every one\n',
    );
    expect(cut).toMatchObject({ rows: 3, cut: true });
    expect(await written('json', sql, { limit: 2048 })).toMatchObject({ rows: 2048, cut: true });
    expect(await written('table', 'FROM range(3)', { limit: 3 })).toMatchObject({ rows: 3, cut: false });
  });

  it('comes in parts, the later ones in the layout of the first', async () => {
    const { text: all, pieces } = await written('table', 'SELECT range AS i FROM range(10000)');
    expect(all.split('\n').slice(0, 2)).toEqual(['i', '0']);
    expect(all.split('\n')).toHaveLength(10_003);
    expect(pieces.length).toBeGreaterThan(3);
  });

  it('shows plans as DuckDB draws them', async () => {
    expect(await text('table', 'EXPLAIN SELECT 42')).toMatch(/^┌─+┐\n│ +PROJECTION/);
  });

  it('stops where nobody reads any more', async () => {
    let pieces = 0;
    await writeRows(
      'csv',
      await startQuery(session.connection, 'FROM range(100000000000)'),
      { limit: null, width: 80, colour: false },
      async () => ++pieces < 3,
    );
    expect(pieces).toBe(3);
  });
});
