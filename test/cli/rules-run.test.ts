import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

const sharedProfile = 'fixtures/shared-profile';
let folder: string;
let db: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-rules-run-'));
  db = join(folder, 'day.duckdb');
  await postlude(['sql', sharedProfile, '--db', db]);
  await mkdir(join(folder, 'rules'));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => postlude(['rules', 'run', ...args]);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, '--format', 'json');
  return { code, stderr, rows: JSON.parse(stdout) };
};

const header = `/*
title: Long calls
severity: warning
subject: conversation
params:
  least: { type: interval, default: 1 second, description: how long it lasted }
causes:
  long: { message: "{subject_id} lasted {lasted}", fix: Nothing. }
  other: { message: "{subject_id} is other", fix: Nothing. }
*/
`;
const sql = `WITH
-- every conversation ( in a comment
lives AS (
  SELECT account_id, conversation_id, last_seen - first_seen AS lasted FROM conversations
),
"long ones" AS (SELECT * FROM lives WHERE lasted >= $least)
SELECT account_id, conversation_id AS subject_id, 'long' AS cause, lasted FROM "long ones"
`;

/** Writes a rule of one's own and gives the options to find it by. */
async function ruleFile(name: string, text: string, predicate?: string): Promise<readonly string[]> {
  const rules = join(folder, name);
  await mkdir(rules, { recursive: true });
  await writeFile(join(rules, `${name}.sql`), text);
  if (predicate !== undefined) {
    await writeFile(join(rules, `${name}.ts`), `import { predicate } from 'postlude';\n${predicate}`);
  }
  return [name, sharedProfile, '--rules-dir', rules];
}

test('a rule can be named by its file', async () => {
  await ruleFile('filed', sql.replace('WITH', `${header}WITH`));
  const file = join(folder, 'filed', 'filed.sql');
  const { code, rows, stderr } = await json(file, sharedProfile, '--param', 'filed/filed.least=1 second');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(rows).toHaveLength(2);
  // In a folder that is named too it has its id from there.
  expect(
    (await json(file, sharedProfile, '--rules-dir', join(folder, 'filed'), '--param', 'filed.least=9h')).rows,
  ).toEqual([]);
  expect((await json('rules/merge/shared-profile.sql', sharedProfile)).rows).toHaveLength(1);
  expect(await run(join(folder, 'filed', 'other.sql'), sharedProfile)).toMatchObject({
    code: 2,
    stderr: `postlude: no such folder or file of rules: ${join(folder, 'filed', 'other.sql')}\n`,
  });
});

describe('candidates', () => {
  test('are the rows of the SELECT, with what the predicate says of them', async () => {
    const { code, rows, stderr } = await json('merge/shared-profile', sharedProfile);
    expect(rows).toEqual([
      expect.objectContaining({
        predicate_keeps: true,
        predicate_changes: expect.objectContaining({
          'data.other_name': { before: null, after: 'Marco Bellini' },
        }),
        subject_id: 'conv_conversation_01m2fja4p6f88bf0zgby0641a1',
        customers: [
          expect.objectContaining({ name: 'Priya Raman' }),
          expect.objectContaining({ name: 'Marco Bellini' }),
        ],
      }),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'postlude: of 1 row the predicate keeps 1 and changes 1\n' });
  });

  test('show what the predicate drops, and what it changes, before and after', async () => {
    const call = await ruleFile(
      'mine',
      header + sql.replace('WHERE lasted >= $least', 'WHERE lasted >= $least OR true'),
      `export default predicate((row) => row.subject_id.endsWith('jrf2') ? false : { severity: 'error', cause: 'other', data: { lasted: undefined, sure: 1 } });`,
    );
    const { rows, stderr } = await json(...call);
    expect(rows).toEqual([
      {
        predicate_keeps: false,
        predicate_changes: null,
        account_id: 'AC00000000000000000000000000000001',
        subject_id: 'conv_conversation_01m2fg15vjeye8kw74bd50jrf2',
        cause: 'long',
        lasted: expect.stringMatching(/^PT/),
      },
      {
        predicate_keeps: true,
        predicate_changes: {
          cause: { before: 'long', after: 'other' },
          severity: { before: 'warning', after: 'error' },
          'data.lasted': { before: expect.stringMatching(/^PT/), after: null },
          'data.sure': { before: null, after: 1 },
          message: {
            before: expect.stringMatching(/^conv_conversation_01m2fja4p6f88bf0zgby0641a1 lasted \d+ /),
            after: 'conv_conversation_01m2fja4p6f88bf0zgby0641a1 is other',
          },
        },
        account_id: 'AC00000000000000000000000000000001',
        subject_id: 'conv_conversation_01m2fja4p6f88bf0zgby0641a1',
        cause: 'long',
        lasted: expect.stringMatching(/^PT/),
      },
    ]);
    expect(stderr).toBe('postlude: of 2 rows the predicate keeps 1 and changes 1\n');

    const { stdout } = await run(...call);
    expect(stdout).toMatch(/cause: long → other; severity: warning → error; data\.lasted: PT/);
    expect(stdout).toMatch(/\n2 rows\nof 2 rows the predicate keeps 1 and changes 1\n$/);
    expect(await run(...call, '--no-code')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/has code/),
    });
  });

  test('have no such columns where there is no predicate, and follow a param', async () => {
    const call = await ruleFile('plain', header + sql);
    const ids = async (...params: string[]) =>
      (await json(...call, ...params)).rows.map((row: Record<string, string>) => Object.keys(row).join());
    const columns = 'account_id,subject_id,cause,lasted';
    expect(await ids()).toEqual([columns, columns]);
    expect(await ids('--param', 'least=1 day')).toEqual([]);
    expect(await ids('--param', 'plain.least=1 day')).toEqual([]);
    expect((await run(...call, '--limit', '1')).stdout).toMatch(/the first 1 row; there are more/);
  });

  test('come with the params and packs of the configuration, under those of the call', async () => {
    await ruleFile('packed', header + sql);
    const config = join(folder, 'postlude.config.yaml');
    await writeFile(config, 'packs: [./packed]\nrules:\n  packed: { params: { least: 1 day } }\n');
    const rows = async (...args: string[]) =>
      (await json('packed', sharedProfile, '--config', config, ...args)).rows.length;
    expect(await rows()).toBe(0);
    expect(await rows('--param', 'least=1 second')).toBe(2);
    await writeFile(
      config,
      'packs: [./packed]\naccounts:\n  AC00000000000000000000000000000001: { rules: { packed: { params: { least: 1 day } } } }\n',
    );
    expect(await rows()).toBe(0);
    await writeFile(config, 'rules: { packed: off }\n');
    expect(await run('packed', sharedProfile, '--config', config)).toMatchObject({ code: 2, stdout: '' });
  });

  test('come from a kept database as well', async () => {
    const { rows } = await json('merge/shared-profile', '--db', db);
    expect(rows).toHaveLength(1);
  });

  test('leave out accounts that lack what the rule requires, and say so', async () => {
    const { code, stdout, stderr } = await run('capture/missing-call-type', 'fixtures/silent-call', '--format', 'csv');
    expect({ code, lines: stdout.trimEnd().split('\r\n').length }).toEqual({ code: 0, lines: 1 });
    expect(stderr).toMatch(/^postlude: capture\/missing-call-type: needs calls and configurations: /);
  });
});

describe('--cte', () => {
  test('shows the rows of one step, and params that only later ones name do no harm', async () => {
    const call = await ruleFile('steps', header + sql);
    const { code, rows } = await json(...call, '--cte', 'lives');
    expect(rows.map(Object.keys)).toEqual([
      ['account_id', 'conversation_id', 'lasted'],
      ['account_id', 'conversation_id', 'lasted'],
    ]);
    expect(code).toBe(0);
    expect((await json(...call, '--cte', 'LONG ones', '--param', 'least=1 day')).rows).toEqual([]);
  });

  test('shows those of a shipped rule, also of a kept database', async () => {
    const { rows } = await json('merge/shared-profile', '--db', db, '--cte', 'customers');
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['Priya Raman', 'Marco Bellini']),
    );
  });

  test('of another name tells those there are', async () => {
    expect(await run('merge/shared-profile', sharedProfile, '--cte', 'custmers')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'postlude: merge/shared-profile: there is no common table expression "custmers": did you mean "customers"? (there are customers, merges)\n',
    });
    const plain = `${header.replace(/params:\n.*\n/, '')}SELECT account_id, conversation_id AS subject_id, 'long' AS cause, 1 AS lasted FROM conversations`;
    const call = await ruleFile('no-steps', plain);
    expect(await run(...call, '--cte', 'x')).toMatchObject({
      code: 2,
      stderr: 'postlude: no-steps: there is no common table expression "x": the SELECT has no WITH\n',
    });
  });

  test('that is wrong has its place in the file', async () => {
    const call = await ruleFile('wrong-step', header + sql.replace('last_seen - first_seen', 'nope'));
    const { code, stderr } = await run(...call, '--cte', 'lives');
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong-step\.sql:14:39: Referenced column "nope" not found/);
  });
});

describe('a wrong call', () => {
  test.each([
    [[], /^postlude: rules run needs the id of a rule/],
    [['merge/shared-profile'], /^postlude: name a file or folder of exported events/],
    [
      ['shared-profile', sharedProfile],
      /^postlude: there is no rule shared-profile: did you mean "merge\/shared-profile"\?/,
    ],
    [
      ['merge/shared-profil', sharedProfile],
      /^postlude: there is no rule merge\/shared-profil: did you mean "merge\/shared-profile"\?/,
    ],
    [
      ['voice/silent-call', sharedProfile, '--param', 'min_ag=1'],
      /^postlude: --param voice\/silent-call\.min_ag: .*did you mean "min_age"\?/,
    ],
    [['voice/silent-call', sharedProfile, '--param', 'min_age'], /^postlude: --param must be NAME=VALUE/],
    [
      ['voice/silent-call', sharedProfile, '--param', 'min_age=1 s', '--param', 'min_age=2 s'],
      /^postlude: --param sets min_age twice/,
    ],
    [['voice/silent-call', sharedProfile, '--ctes', 'x'], /^postlude: unknown option --ctes: did you mean --cte\?/],
  ])('%j is one line and exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });

  test('of a rule that is wrong tells everything that is, at its place', async () => {
    const call = await ruleFile('broken', `${header}SELECT now() AS account_id, $nope AS subject_id FROM conversation`);
    const { code, stderr } = await run(...call);
    expect(code).toBe(2);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/broken\.sql:6:3: the param least is declared but never used/),
      expect.stringMatching(/broken\.sql:11:8: the function now is refused/),
      expect.stringMatching(/broken\.sql:11:29: \$nope is not declared/),
      expect.stringMatching(/broken\.sql:11:\d+: unknown table conversation: did you mean "conversations"\?/),
    ]);
  });
});
