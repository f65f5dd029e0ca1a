import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/engine/session.ts';
import { openEmptyModel } from '../../src/model/empty.ts';
import { chooseRules } from '../../src/rules/choose.ts';
import { lintRules } from '../../src/rules/lint.ts';
import { formatProblem } from '../../src/rules/position.ts';
import { folderOf, ruleText } from './rule-folder.ts';

let model: Session;
beforeAll(async () => {
  model = await openEmptyModel();
});
afterAll(() => model.close());

const reference = 'reference: https://example.com/silent\n';

/** Everything that is wrong with these files, with paths relative to their folder. */
async function lint(files: Readonly<Record<string, string>>, { code = true } = {}): Promise<string[]> {
  const folder = await folderOf(files);
  const problems = await lintRules(model, await chooseRules([folder]), { code });
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
}

/** What is wrong with one rule, whose SQL begins in line 9. */
const lintRule = (parts: Parameters<typeof ruleText>[0], files: Readonly<Record<string, string>> = {}) =>
  lint({ 'voice/x.sql': ruleText({ header: reference, ...parts }), ...files });
const lintSql = (sql: string) => lintRule({ sql });

const two = '  silent: { message: m, fix: f }\n  loud: { message: m, fix: f }';
const caused = (cause: string) =>
  `SELECT account_id, conversation_id AS subject_id, ${cause} AS cause FROM conversations`;
const predicate = (body: string) => `import { predicate } from 'postlude';\nexport default predicate(${body});\n`;

test('nothing is wrong with the rules that come with postlude', async () => {
  expect((await lintRules(model, await chooseRules([]), { code: true })).map(formatProblem)).toEqual([]);
}, 60_000);

test('nothing is wrong with a rule that is right', async () => {
  expect(await lintRule({})).toEqual([]);
});

describe('what is no SELECT, or none over the log', () => {
  test.each([
    ['INSERT INTO events VALUES (1)', 'voice/x.sql:9:1: a rule is one SELECT, not INSERT'],
    ["-- früh\nCOPY events TO 'out.csv'", 'voice/x.sql:10:1: a rule is one SELECT, not COPY'],
    ["ATTACH ':memory:' AS other", 'voice/x.sql:9:1: a rule is one SELECT, not ATTACH'],
    ['SET threads = 1', 'voice/x.sql:9:1: a rule is one SELECT, not SET'],
    ['SELECT 1;\nSELECT 2', 'voice/x.sql:9:10: a rule is one SELECT: there is another statement'],
    [
      "SELECT *\nFROM read_text('/etc/passwd')",
      'voice/x.sql:10:6: the table function read_text is refused: allowed are unnest, range, generate_series, json_each, json_tree',
    ],
    [
      'SELECT account_id, conversation_id AS subject_id, now() AS at FROM conversations',
      'voice/x.sql:9:51: the function now is refused: it depends on the clock, use as_of',
    ],
    ['SELECT account_id FROM\n', 'voice/x.sql:11:1: syntax error at end of input'],
  ])('%j', async (sql, problem) => {
    expect(await lintSql(sql)).toEqual([problem]);
  });
});

describe('tables and columns', () => {
  test.each([
    ['SELECT 1\nFROM conversation', 'voice/x.sql:10:6: unknown table conversation: did you mean "conversations"?'],
    // Before the place stand characters of two, three and four bytes, one of them two units of JavaScript.
    [
      "SELECT account_id, conversation_id AS subject_id, 'ä€😀' AS word,\n  /* ü😀 */ conversation_idd\nFROM conversations",
      'voice/x.sql:10:12: Referenced column "conversation_idd" not found in FROM clause!',
    ],
    [
      "SELECT 'ä€😀' AS word, c.account_id, c.subject\nFROM conversations c",
      'voice/x.sql:9:37: Table "c" does not have a column named "subject"',
    ],
    [
      "SELECT account_id, conversation_id AS subject_id,\n  'ü' || lenght(status) AS words\nFROM conversations",
      'voice/x.sql:10:10: Scalar Function with name lenght does not exist!',
    ],
    [
      'SELECT account_id AS account, conversation_id AS subject_id FROM conversations',
      'voice/x.sql:9:1: the SELECT does not return account_id',
    ],
    [
      'SELECT account_id, conversation_id AS subject_id, created_at AS event_keys FROM conversations',
      'voice/x.sql:9:1: column event_keys must be a list of event keys (BIGINT[]), it is TIMESTAMP WITH TIME ZONE',
    ],
  ])('%j', async (sql, problem) => {
    const problems = await lintSql(sql);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(problem)).toBe(true);
  });
});

test('columns of another type, all of them', async () => {
  const sql =
    "SELECT account_id, conversation_id AS subject_id, true AS certainty, '5'::INTEGER AS severity, 'silent'::VARCHAR AS cause,\n  5 AS ongoing FROM conversations";
  expect(await lintSql(sql)).toEqual([
    'voice/x.sql:9:1: column certainty must be VARCHAR, it is BOOLEAN',
    'voice/x.sql:9:1: column ongoing must be BOOLEAN, it is INTEGER',
    'voice/x.sql:9:1: column severity must be VARCHAR, it is INTEGER',
  ]);
  expect(await lintSql(caused("'slient'::VARCHAR"))).toEqual([
    expect.stringContaining('the cause "slient" is not declared'),
  ]);
});

describe('params', () => {
  const params = '  min_age: { type: interval, default: 5 minutes, description: How old. }';

  test('without a name, beside one with a name', async () => {
    const sql = `${caused("'silent'")}\nWHERE as_of - created_at > $min_age AND status = ?`;
    expect(await lintRule({ params, sql })).toEqual(['voice/x.sql:12:50: params have names: write $name, not ? or $1']);
    expect(await lintRule({ params, sql: sql.replace('?', "'?' OR status = $1") })).toEqual([
      'voice/x.sql:12:66: params have names: write $name, not ? or $1',
    ]);
  });

  test('used but not declared', async () => {
    const sql = `${caused("'silent'")}\nWHERE as_of - created_at > $min_aeg`;
    expect(await lintRule({ sql, params })).toEqual([
      'voice/x.sql:7:3: the param min_age is declared but never used: write $min_age in the SQL, or drop it',
      'voice/x.sql:12:28: $min_aeg is not declared in params: did you mean "min_age"?',
    ]);
  });

  test('with a default of another type', async () => {
    expect(await lintRule({ params: '  min_age: { type: interval, default: 5, description: How old. }' })).toEqual([
      'voice/x.sql:7:30: params.min_age.default must be an interval such as "5 minutes" or "PT5M": 5',
    ]);
  });
});

describe('causes', () => {
  test('a cause that is not declared', async () => {
    expect(await lintRule({ sql: caused("\n  'slient'") })).toEqual([
      'voice/x.sql:10:3: the cause "slient" is not declared: did you mean "silent"?',
    ]);
  });

  test('several, and no column that says which', async () => {
    const sql = 'SELECT account_id, conversation_id AS subject_id FROM conversations';
    expect(await lintRule({ causes: two, sql })).toEqual([
      'voice/x.sql:7:3: the cause silent is declared but never given: the SQL does not name it',
      'voice/x.sql:8:3: the cause loud is declared but never given: the SQL does not name it',
      'voice/x.sql:10:1: the SELECT does not return cause, which is one of silent, loud',
    ]);
  });

  test('a cause that the SQL never gives', async () => {
    expect(await lintRule({ causes: two, sql: caused("'silent'") })).toEqual([
      'voice/x.sql:8:3: the cause loud is declared but never given: the SQL does not name it',
    ]);
    const inner = `WITH found AS (${caused("CASE WHEN status IS NULL THEN 'silent' END")}) SELECT account_id, subject_id, cause FROM found`;
    expect(await lintRule({ causes: two, sql: inner })).toEqual([
      'voice/x.sql:8:3: the cause loud is declared but never given: the SQL does not name it',
    ]);
  });

  test.each([
    ['CASE', caused("CASE WHEN status IS NULL THEN 'silent' ELSE coalesce(NULL, 'loud') END")],
    ['a column that is read', caused('lower(status)')],
    ['another branch', `${caused("'silent'")} UNION ALL SELECT account_id, conversation_id, 'loud' FROM conversations`],
    [
      'an inner name',
      `WITH found AS (${caused("'silent'").replace('AS cause', 'AS word')}) SELECT account_id, subject_id, word AS cause FROM found`,
    ],
  ])('are not missed where they come from %s', async (_, sql) => {
    expect(await lintRule({ causes: two, sql })).toEqual([]);
  });

  test('those that the predicate names are given', async () => {
    const rule = { causes: two, sql: caused("'silent'") };
    expect(await lintRule(rule, { 'voice/x.ts': predicate("() => ({ cause: 'loud' })") })).toEqual([]);
    expect(await lintRule(rule, { 'voice/x.ts': predicate('() => true') })).toEqual([
      'voice/x.sql:8:3: the cause loud is declared but never given: neither the SQL nor the predicate names it',
    ]);
    // Which one a function answers with, nobody can tell.
    expect(await lintRule(rule, { 'voice/x.ts': predicate('(row) => ({ cause: String(row) })') })).toEqual([]);
  });
});

describe('the header', () => {
  test('without a reference', async () => {
    expect(await lint({ 'voice/x.sql': ruleText() })).toEqual([
      'voice/x.sql:2:1: reference is missing: the address of the page that documents what the rule finds',
    ]);
    const causes = '  silent: { message: m, fix: f, reference: "https://example.com/silent" }';
    expect(await lint({ 'voice/x.sql': ruleText({ causes }) })).toEqual([]);
  });

  test('a misspelt key', async () => {
    expect(await lintRule({ header: `${reference}requries: [operations]\n` })).toEqual([
      'voice/x.sql:6:1: unknown key "requries": did you mean "requires"?',
    ]);
  });

  test('a message that names what is not there', async () => {
    expect(await lintRule({ causes: '  silent:\n    message: "ü {subject}"\n    fix: Speak.' })).toEqual([
      'voice/x.sql:8:5: causes.silent.message names {subject}, which the SELECT does not return: did you mean "subject_id"?',
    ]);
  });

  test('explains what does not exist, and may name the rules that come with postlude', async () => {
    const header = `${reference}explains:\n  - voice/stuck-active\n  - voice/stuck-activ\n`;
    expect(await lintRule({ header })).toEqual([
      'voice/x.sql:8:5: explains names a rule that does not exist, voice/stuck-activ: did you mean "voice/stuck-active"?',
    ]);
  });

  test('explains a cause that there is not', async () => {
    const explaining = (...entries: string[]) =>
      ruleText({ header: `${reference}explains:\n${entries.map((entry) => `  - ${entry}\n`).join('')}` });
    const files = {
      'voice/x.sql': explaining('voice/y:silent', 'voice/y:silnt', 'voice/y:loud'),
      'voice/y.sql': ruleText({ header: reference }),
    };
    expect(await lint(files)).toEqual([
      'voice/x.sql:8:5: explains names a cause that voice/y does not have, silnt: did you mean "silent"?',
      'voice/x.sql:9:5: explains names a cause that voice/y does not have, loud: it has silent',
    ]);
  });

  test('explains in a circle', async () => {
    const explaining = (id: string) => ruleText({ header: `${reference}explains: [${id}]\n` });
    expect(await lint({ 'voice/x.sql': explaining('voice/y:silent'), 'voice/y.sql': explaining('voice/x') })).toEqual([
      'voice/x.sql:6:12: explains goes in a circle: voice/x → voice/y → voice/x',
    ]);
    expect(await lint({ 'voice/x.sql': explaining('voice/y'), 'voice/y.sql': explaining('voice/x') })).toEqual([
      'voice/x.sql:6:12: explains goes in a circle: voice/x → voice/y → voice/x',
    ]);
  });
});

describe('braces that are printed as they stand', () => {
  const message = (text: string, fix = 'f') => lintRule({ causes: `  silent: { message: '${text}', fix: '${fix}' }` });

  test.each([
    [
      '{subject_id:foo}',
      '{subject_id:foo}, which is printed as it stands: write {subject_id} for the value, {{ for a brace',
    ],
    [
      'a { subject_id } b',
      '{ subject_id }, which is printed as it stands: write {subject_id} for the value, {{ for a brace',
    ],
    ['{subject-id', '{, which is printed as it stands: write {{ or }} for a brace'],
    ['{{subject_id}', '}, which is printed as it stands: write {{ or }} for a brace'],
  ])('%s', async (text, problem) => {
    expect(await message(text)).toEqual([`voice/x.sql:7:13: causes.silent.message has ${problem}`]);
  });

  test('in what to do, too, and none where they are right', async () => {
    expect(await message('{subject_id}', 'Set { "on": 1 }.')).toEqual([
      'voice/x.sql:7:38: causes.silent.fix has { "on": 1 }, which is printed as it stands: write {{ or }} for a brace',
    ]);
    expect(await message('{{subject_id}} is {subject_id}', 'Set {{ "on": {{}} }} {{{subject_id}}}.')).toEqual([]);
  });
});

describe('the types of what is related', () => {
  const related = (list: string) =>
    `SELECT account_id, conversation_id AS subject_id,\n${list} AS related FROM conversations`;

  test('that are none, however the list is put together', async () => {
    expect(await lintSql(related("[{'type': 'persn', 'id': 'x'}]"))).toEqual([
      expect.stringMatching(
        /^voice\/x\.sql:10:\d+: related names a type that does not exist, "persn": known are account, /,
      ),
    ]);
    const list =
      "[{'type': CASE WHEN true THEN 'call' ELSE 'cal' END, 'id': 'x'}] || list_filter([{'type': 'profil', 'id': 'y'}], lambda one: one.id <> '')";
    expect((await lintSql(related(list))).map((problem) => problem.replace(/^.*exist, /u, ''))).toEqual([
      '"cal": did you mean "call"?',
      '"profil": did you mean "profile"?',
    ]);
  });

  test('that are right', async () => {
    expect(
      await lintSql(related("[{'type': 'call', 'id': 'x'}, struct_pack(type := 'profile', id := 'nobody')]")),
    ).toEqual([]);
  });
});

describe('predicates', () => {
  const broken = "import { predicate } from 'postlude';\nexport default predicate((row) => row ===);\n";

  test('that cannot be read', async () => {
    const [problem, ...more] = await lintRule({}, { 'voice/x.ts': broken });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^voice\/x\.ts:2:42: cannot be loaded: ParseError: Unexpected token$/);
  });

  test('that are not finished', async () => {
    const open = "import { predicate } from 'postlude';\nexport default predicate(() => {\n";
    expect(await lintRule({}, { 'voice/x.ts': open })).toEqual([
      'voice/x.ts:3:1: cannot be loaded: ParseError: Unexpected token',
    ]);
  });

  test('that import what cannot be read', async () => {
    const files = {
      'voice/x.ts': "import { a } from './help.ts';\nexport default a;\n",
      'voice/help.ts': 'export const a = ;\n',
    };
    const [problem] = await lintRule({}, files);
    expect(problem).toMatch(/^voice\/x\.ts:1:1: cannot be loaded: ParseError: Unexpected token \(.*help\.ts:1:18\)$/);
  });

  test('that throw while they are loaded, in a line: what is run has other columns', async () => {
    expect(await lintRule({}, { 'voice/x.ts': `\n  const a: number = 1; throw new Error('not today');\n` })).toEqual([
      'voice/x.ts:2:1: cannot be loaded: not today',
    ]);
  });

  test('without a default export', async () => {
    expect(await lintRule({}, { 'voice/x.ts': 'export const decide = () => true;\n' })).toEqual([
      'voice/x.ts:1:1: the default export must be predicate(…) from postlude, it is undefined',
    ]);
  });

  test('are not loaded where code is not wanted', async () => {
    const files = { 'voice/x.sql': ruleText({ header: reference }), 'voice/x.ts': broken };
    expect(await lint(files, { code: false })).toEqual([]);
  });
});

describe('files', () => {
  test('what cannot be read', async () => {
    const folder = await folderOf({ 'voice/x.sql': ruleText({ header: reference }) });
    await symlink('nowhere', join(folder, 'voice', 'x.ts'));
    for (const code of [true, false]) {
      const problems = await lintRules(model, await chooseRules([folder]), { code });
      expect(problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''))).toEqual([
        'voice/x.ts:1:1: cannot be read: it is a link that leads nowhere, or was taken away meanwhile',
      ]);
    }
  });

  test('what is beside no rule', async () => {
    const files = {
      'voice/x.sql': ruleText({ header: reference }),
      'voice/y.cases.yaml': 'cases: []\n',
      'voice/y.types.ts': '// Written by `postlude rules types`.\nexport type Row = null;\n',
      'voice/words.types.ts': 'export type Word = string;\n',
    };
    expect(await lint(files)).toEqual([
      'voice/y.cases.yaml:1:1: cases without a rule: there is no y.sql beside them',
      'voice/y.types.ts:1:1: types without a rule: there is no y.sql beside them',
    ]);
  });

  test('an id that a rule of postlude has', async () => {
    const [problem, ...more] = await lint({ 'voice/silent-call.sql': ruleText({ header: reference }) });
    expect(more).toEqual([]);
    expect(problem).toBe(
      `voice/silent-call.sql:1:1: the rule voice/silent-call is already defined in ${join('rules', 'voice', 'silent-call.sql')}: give this file another name, as it is not used`,
    );
  });

  test('all that is wrong in all files', async () => {
    const problems = await lint({
      'b.sql': ruleText({ sql: 'DROP TABLE events' }),
      'a.sql': ruleText({ header: 'owner: me\n' }),
    });
    expect(problems.map((problem) => problem.slice(0, 9))).toEqual(['a.sql:5:1', 'b.sql:2:1', 'b.sql:8:1']);
  });
});
