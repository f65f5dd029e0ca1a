import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from '../cli/postlude.ts';
import { ruleText } from '../rules/rule-folder.ts';
import { folderWith, sharedProfile } from './audit-with.ts';

/*
 * Ids and names that are meant to become SQL, a pattern, or a path that leads somewhere else.
 */

const ids = [
  "'; DROP TABLE events; --",
  "x' OR '1'='1",
  "\"; COPY events TO 'stolen.csv'; --",
  "\\'; SELECT 1; --",
  '$(touch stolen)`touch stolen`',
  '%',
  '_%',
  '*',
  "one\ntwo'; --\r\n::error::injected",
  '$subject',
  '{{constructor}}',
  '__proto__',
  '../../../etc/passwd',
  'ＡＣ０1',
  `${'x'.repeat(100_000)}'`,
];

beforeAll(build, 240_000);

/** One line that says what is wrong, and nothing of it that a terminal or a workflow would obey. */
function expectOneLine(stderr: string): void {
  expect(stderr).not.toMatch(/this is a bug|\n {4}at |^::|syntax error|Parser Error|Binder Error/mu);
  expect(stderr.length).toBeLessThan(4_000);
}

describe('an id that is SQL', () => {
  test.each(ids)('is nothing but an id to trace: %j', async (id) => {
    const cwd = await folderWith({});
    const { code, stdout, stderr } = await postlude(['trace', id, sharedProfile], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expectOneLine(stderr);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('is nothing but a value to the other options', async () => {
    const cwd = await folderWith({
      'my/attack/x.sql': ruleText({
        params: '  name: { type: string, default: a, description: d }',
        sql: "SELECT account_id, conversation_id AS subject_id FROM conversations WHERE $name <> ''",
      }),
    });
    const id = "'; DROP TABLE events; COPY events TO 'stolen.csv'; --";
    const audit = ['audit', sharedProfile, '--rules-dir', 'my', '--format', 'json'];
    const calls = await Promise.all([
      postlude([...audit, '--rules', 'attack/x', '--param', `attack/x.name=${id}`], { cwd }),
      postlude([...audit, '--account', id], { cwd }),
      postlude([...audit, '--assume-account', id], { cwd }),
      postlude([...audit, '--rules', id], { cwd }),
      postlude([...audit, '--param', `${id}=1`], { cwd }),
      postlude([...audit, '--timezone', id], { cwd }),
      postlude([...audit, '--memory-limit', id], { cwd }),
      postlude([...audit, '--param', 'attack/x.__proto__=1'], { cwd }),
      postlude([...audit, '--param', '__proto__.polluted=1'], { cwd }),
      postlude(['rules', 'run', 'attack/x', sharedProfile, '--rules-dir', 'my', '--cte', id], { cwd }),
      postlude(['sql', sharedProfile, '-c', `SELECT 1; COPY events TO 'stolen.csv'`], { cwd }),
      postlude(['sql', sharedProfile, '-c', `.columns ${id}`], { cwd }),
    ]);
    for (const { stderr } of calls) expectOneLine(stderr);
    const [withParam, ...wrong] = calls;
    expect(withParam?.code).toBe(0);
    expect(JSON.parse(withParam?.stdout ?? '').findings.length).toBeGreaterThan(0);
    // An account that matches none is nothing wrong.
    for (const { code } of wrong) expect(code === 0 || code === 2).toBe(true);
    expect(await readdir(cwd)).toEqual(['my']);
  });
});

describe('an account that is a path', () => {
  test('has a file of its own beside the others, and none elsewhere', async () => {
    const accounts = [
      '../../up',
      '/tmp/away',
      '..',
      '.',
      'a\\..\\b',
      'con',
      'nul.json',
      '~',
      'a\u0000b',
      '-rf',
      '%2e%2e',
      'x'.repeat(500),
    ];
    const lines = accounts.map((account, at) =>
      JSON.stringify({
        logId: `178937401125${at}-4cf7d69e`,
        eventTime: '2026-09-14T08:20:11Z',
        source: 'conversation-orchestrator',
        eventType: 'conversation.created',
        level: 'INFO',
        accountId: account,
        requestId: `request-${at}`,
        body: {
          id: `conv_conversation_${at}`,
          accountId: account,
          status: 'ACTIVE',
          createdAt: '2026-09-14T08:20:11.250Z',
        },
      }),
    );
    const cwd = await folderWith({ 'in/events.ndjson': lines.join('\n'), 'deep/out/.keep': '' });
    const { code, stderr } = await postlude(
      ['audit', 'in', '--by', 'account', '--format', 'json=deep/out/r.json', '--fail-on', 'never'],
      { cwd },
    );
    expect(code, stderr).toBe(0);
    const names = await readdir(join(cwd, 'deep/out'));
    expect(names.length).toBeGreaterThanOrEqual(accounts.length);
    for (const name of names) expect(name).toMatch(/^(\.keep|r\.json|r\.[\w%.-]+\.json)$/u);
    expect((await readdir(cwd)).sort()).toEqual(['deep', 'in']);
    expect(await readdir(join(cwd, 'deep'))).toEqual(['out']);
    expect(existsSync('/tmp/away')).toBe(false);
  });
});

describe('a rule whose name is a path', () => {
  test.each([
    '../x',
    'a/../../x',
    '/tmp/x',
    'a//b',
    '..',
    'a\\..\\..\\x',
    'a b',
    '$(x)',
    "a'b",
    'a\nb',
    '',
    '__proto__/../x',
    'ａ/ｂ',
  ])('is not made by rules new: %j', async (id) => {
    const cwd = await folderWith({ 'inner/.keep': '' });
    const { code, stderr } = await postlude(['rules', 'new', id, '--rules-dir', 'inner/my'], { cwd });
    expect(code, stderr).toBe(2);
    expectOneLine(stderr);
    expect(await readdir(cwd)).toEqual(['inner']);
    expect(await readdir(join(cwd, 'inner'))).toEqual(['.keep']);
  });

  test('in odd folders is told, and its profile lies nowhere else', async () => {
    const text = ruleText();
    const cwd = await folderWith({
      'my/.../x.sql': text,
      'my/..a/y.sql': text,
      'my/a;b/z.sql': text,
      'my/a$(x)/z.sql': text,
      'deep/.keep': '',
    });
    const { code, stderr } = await postlude(
      [
        'audit',
        sharedProfile,
        '--rules-dir',
        'my',
        '--rules',
        'merge',
        '--profile',
        'deep/profiles',
        '--format',
        'json=r.json',
      ],
      { cwd },
    );
    expect(code).toBe(2);
    expectOneLine(stderr);
    expect(stderr).toContain('the names of rule files and their folders are made of letters, digits, ., - and _');
    expect((await readdir(cwd)).sort()).toEqual(['deep', 'my', 'r.json']);
    expect(await readdir(join(cwd, 'deep/profiles'))).toEqual(['merge']);
  });
});

describe('a configuration', () => {
  const rule = ruleText();

  test.each([
    ['packs: ["../outside"]', 'leads out of the folder of this file'],
    ['packs: ["./a/../../outside"]', 'leads out of the folder of this file'],
    ['packs: ["/etc"]', 'leads out of the folder of this file'],
    ['packs: ["~/rules"]', 'leads out of the folder of this file'],
    ['packs: ["file:///etc"]', 'must be a path that begins with ./, or the name of an npm package'],
    ['packs: ["https://evil.example/x.tgz"]', 'must be a path that begins with ./, or the name of an npm package'],
    ['packs: ["@acme/../../outside"]', 'packs.0'],
    ['packs: [./my]\n__proto__: { polluted: 1 }', '__proto__'],
    [
      `a: &a [x]\nb: &b [${'*a, '.repeat(9)}*a]\nc: &c [${'*b, '.repeat(9)}*b]\nd: &d [${'*c, '.repeat(9)}*c]\ne: &e [${'*d, '.repeat(9)}*d]\nf: [${'*e, '.repeat(9)}*e]`,
      'postlude.config.yaml',
    ],
    [`x: ${'['.repeat(20_000)}`, 'postlude.config.yaml'],
    ['x: !!js/function "function () {}"', 'postlude.config.yaml'],
  ])('that wants more than it may is refused: %s', async (yaml, told) => {
    const root = await folderWith({
      'outside/attack/x.sql': rule,
      'inner/my/attack/y.sql': rule,
      'inner/postlude.config.yaml': yaml,
    });
    const { code, stdout, stderr } = await postlude(['audit', sharedProfile, '--format', 'json'], {
      cwd: join(root, 'inner'),
    });
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(told);
    expectOneLine(stderr);
  });

  test('is written by nothing that runs', async () => {
    const root = await folderWith({ 'postlude.config.yaml': 'packs: [./my]', 'my/attack/y.sql': rule });
    await postlude(['audit', sharedProfile, '--format', 'json=r.json'], { cwd: root });
    expect(await readFile(join(root, 'postlude.config.yaml'), 'utf8')).toBe('packs: [./my]');
  });
});
