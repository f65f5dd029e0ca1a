import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectGolden } from '../golden.ts';
import { build, postlude } from './postlude.ts';

let root: string;
let folder: string;
let folders = 0;
beforeAll(async () => {
  await build();
  root = await mkdtemp(join(tmpdir(), 'postlude-rules-'));
}, 180_000);
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folder = join(root, String(++folders));
  await mkdir(folder);
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
const read = (name: string) => readFile(join(folder, name), 'utf8');
const there = async (name: string) => (await stat(join(folder, name)).catch(() => null)) !== null;
/** `postlude rules …`, called from the folder of the test. */
const rules = (...args: readonly string[]) => postlude(['rules', ...args], { cwd: folder });

const silent = `/*
title: A conversation is silent
severity: warning
subject: conversation
reference: https://example.com/silent
explains: [voice/stuck-active]
params:
  min_age: { type: interval, default: 90 seconds, description: How old it must be. }
causes:
  silent: { message: "{subject_id} is silent", fix: Speak., severity: error }
*/
SELECT account_id, conversation_id AS subject_id, 'silent' AS cause, event_keys
FROM conversations
WHERE as_of - created_at > $min_age
`;
const predicate = `import { predicate } from 'postlude';
import type { Params, Row } from './silent.types.ts';

export default predicate<Row, Params>((row) => (row.event_keys ?? []).length > 0);
`;
const wrong = silent
  .replace('FROM conversations', 'FROM conversation')
  .replace('severity: warning', 'severty: warning');

describe('postlude rules lint', () => {
  test('finds nothing wrong with the shipped rules', async () => {
    const { code, stdout, stderr } = await rules('lint');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^\d\d rules checked, nothing is wrong\n$/);
  });

  test('tells all that is wrong, in order, on standard output', async () => {
    await write({ 'mine/b.sql': silent.replace('conversation_id', 'conversation'), 'mine/a.sql': wrong });
    const answer = await rules('lint', 'mine');
    expect(answer.stdout.split('\n')).toEqual([
      'mine/a.sql:2:1: severity is missing: one of info, warning, error, critical',
      'mine/a.sql:3:1: unknown key "severty": did you mean "severity"?',
      expect.stringMatching(/^mine\/b\.sql:12:20: Referenced column "conversation" not found in FROM clause!/),
      '',
    ]);
    expect(answer).toMatchObject({ code: 2, stderr: '2 rules checked: 3 problems in 2 files\n' });
  });

  test('writes a list for programs, and commands for GitHub', async () => {
    await write({ 'a,b/x.sql': silent.replace('FROM conversations', "FROM read_text('100%')") });
    const json = await rules('lint', 'a,b', '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual([
      {
        file: 'a,b/x.sql',
        line: 13,
        column: 6,
        message: expect.stringMatching(/^the table function read_text is refused/),
      },
    ]);
    const github = await rules('lint', 'a,b', '--format', 'github');
    expect(github.stdout).toMatch(
      /^::error file=a%2Cb\/x\.sql,line=13,col=6::the table function read_text is refused.*\n$/,
    );
    expect([json.code, github.code]).toEqual([2, 2]);
    expect((await rules('lint', '--format', 'json')).stdout).toBe('[]\n');
  });

  test('chooses by path, by pattern and by --rules-dir', async () => {
    await write({ 'mine/voice/x.sql': silent, 'mine/merge/y.sql': silent, 'other/z.sql': silent });
    const checked = async (...args: readonly string[]) => Number((await rules('lint', ...args)).stderr.split(' ')[0]);
    expect(await checked('mine')).toBe(2);
    expect(await checked('mine/voice/x.sql')).toBe(1);
    expect(await checked('--rules-dir', 'mine', '--rules-dir', 'other')).toBe(3);
    expect(await checked('--rules-dir', 'mine', 'voice')).toBe(1);
    expect(await checked('mine', 'other', '!merge/*')).toBe(2);
    expect(await checked('voice/silent-call')).toBe(1);
  });

  test.each([
    [['nowhere.sql'], 'postlude: no such folder or file of rules: nowhere.sql\n'],
    [['voice/silent-cal'], 'postlude: no rule matches "voice/silent-cal": did you mean "voice/silent-call"?\n'],
    [['./empty'], 'postlude: there is no rule in ./empty: a rule is a .sql file\n'],
    [
      ['--format', 'githob'],
      'postlude: rules lint --format must be terminal or json or github, not "githob": did you mean "github"?\n',
    ],
  ])('%j is refused', async (args, stderr) => {
    await mkdir(join(folder, 'empty'));
    expect(await rules('lint', ...args)).toEqual({ code: 2, stdout: '', stderr });
  });

  test('runs no code where none is wanted', async () => {
    const code = `import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('ran', import.meta.url), '');\n`;
    await write({ 'mine/x.sql': silent, 'mine/x.ts': code });
    expect((await rules('lint', 'mine', '--no-code')).code).toBe(0);
    expect(await there('mine/ran')).toBe(false);
    expect((await rules('lint', 'mine')).stdout).toMatch(/^mine\/x\.ts:1:1: the default export must be predicate/);
    expect(await there('mine/ran')).toBe(true);
  });
});

describe('postlude rules types', () => {
  test('those of the shipped rules are as they should be', async () => {
    expect(await rules('types', '--check')).toMatchObject({ code: 0, stdout: '' });
  });

  test('are written for predicates and for what is named, and again when the SQL changes', async () => {
    await write({ 'mine/silent.sql': silent, 'mine/silent.ts': predicate, 'mine/plain.sql': silent });
    expect(await rules('types', 'mine', '--check')).toEqual({
      code: 1,
      stdout: 'mine/silent.types.ts: missing\n',
      stderr: '1 file needs to be written: postlude rules types mine\n',
    });
    expect(await there('mine/silent.types.ts')).toBe(false);
    expect(await rules('types', 'mine')).toMatchObject({ code: 0, stdout: 'mine/silent.types.ts: written\n' });
    expect(await read('mine/silent.types.ts')).toContain('  readonly event_keys: readonly (bigint | null)[] | null;\n');
    expect((await rules('types', 'mine', '--check')).code).toBe(0);
    expect((await rules('lint', 'mine')).code).toBe(0);

    await write({ 'mine/silent.sql': silent.replace('event_keys', 'event_keys, status') });
    expect(await rules('types', 'mine', '--check')).toMatchObject({ code: 1, stdout: 'mine/silent.types.ts: stale\n' });
    expect((await rules('types', 'mine')).stdout).toBe('mine/silent.types.ts: written again\n');
    expect(await read('mine/silent.types.ts')).toContain('  readonly status: string | null;\n');

    expect((await rules('types', 'mine/plain.sql')).stdout).toBe('mine/plain.types.ts: written\n');
    expect((await rules('types', 'mine', '--check')).stderr).toBe('2 files checked, nothing is stale\n');
  });

  test('never replace what somebody else has written', async () => {
    await write({
      'mine/silent.sql': silent,
      'mine/silent.ts': predicate,
      'mine/silent.types.ts': 'export type Row = 1;\n',
    });
    expect(await rules('types', 'mine')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^postlude: cannot write mine\/silent\.types\.ts: postlude rules types has not written/,
      ),
    });
    expect(await read('mine/silent.types.ts')).toBe('export type Row = 1;\n');
  });

  test('of a rule that is wrong are not written, and it is told', async () => {
    await write({
      'mine/silent.sql': silent.replace('FROM conversations', 'FROM conversation'),
      'mine/silent.ts': predicate,
      'mine/other.sql': silent,
      'mine/other.ts': predicate,
    });
    const answer = await rules('types', 'mine');
    expect(answer).toMatchObject({ code: 2, stdout: 'mine/other.types.ts: written\n' });
    expect(answer.stderr).toMatch(/^mine\/silent\.sql:13:6: unknown table conversation/);
  });
});

describe('postlude rules docs', () => {
  test('those of the shipped rules are as they should be', async () => {
    expect(await rules('docs', '--check')).toMatchObject({ code: 0, stdout: '' });
  });

  test('are a page per rule, an index and the tables', async () => {
    await write({
      'mine/voice/silent.sql': silent,
      'mine/voice/quiet.sql': silent.replace('voice/stuck-active', 'voice/silent'),
    });
    const pages = ['mine/voice/quiet.md', 'mine/voice/silent.md', 'mine/README.md', 'mine/tables.md'];
    expect((await rules('docs', 'mine', '--check')).stdout).toBe(pages.map((page) => `${page}: missing\n`).join(''));
    expect(await rules('docs', 'mine')).toMatchObject({
      code: 0,
      stdout: pages.map((page) => `${page}: written\n`).join(''),
    });
    expect(await rules('docs', 'mine', '--check')).toMatchObject({ code: 0, stdout: '' });
    expectGolden(import.meta.url, './golden/rule-page.md', await read('mine/voice/silent.md'));
    expectGolden(import.meta.url, './golden/rule-index.md', await read('mine/README.md'));
    expect(await read('mine/tables.md')).toContain(
      '| `event_key` | `BIGINT` | Unique in a run. It says nothing about order. |',
    );

    // One rule alone: its page is written, and the index still lists all.
    await write({ 'mine/voice/silent.sql': silent.replace('A conversation', 'Some conversation') });
    expect((await rules('docs', 'mine/voice/silent.sql', '--rules-dir', 'mine')).stdout).toBe(
      'mine/voice/silent.md: written again\nmine/README.md: written again\n',
    );
    expect((await rules('docs', 'mine', '--check')).stdout).toBe('mine/voice/quiet.md: stale\n');
    expect(await rules('docs', 'mine/voice/silent.sql')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^postlude: a page leads to other rules of its folder, so name that of mine\/voice\/silent\.sql/,
      ),
    });
  });

  test('of a rule that is gone are removed, and nothing else is', async () => {
    await write({ 'mine/silent.sql': silent, 'mine/old.sql': silent, 'mine/notes.md': '# Notes\n' });
    await rules('docs', 'mine');
    await rm(join(folder, 'mine/old.sql'));
    expect(await rules('docs', 'mine', '--check')).toMatchObject({
      code: 1,
      stdout: 'mine/README.md: stale\nmine/old.md: its rule is gone\n',
    });
    expect((await rules('docs', 'mine')).stdout).toBe(
      'mine/README.md: written again\nmine/old.md: removed, as its rule is gone\n',
    );
    expect([await there('mine/old.md'), await there('mine/notes.md')]).toEqual([false, true]);
  });

  test('never replace what somebody else has written', async () => {
    await write({ 'mine/silent.sql': silent, 'mine/README.md': '# My rules\n', 'mine/tables.sql': silent });
    const { code, stderr } = await rules('docs', 'mine');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'postlude: cannot write mine/README.md: postlude rules docs has not written what is there',
    );
    expect(stderr).toContain('postlude: cannot write mine/tables.md: two things would stand there');
    expect(await read('mine/README.md')).toBe('# My rules\n');
  });

  test('of a rule from a stranger say nothing that Markdown obeys', async () => {
    await write({ 'mine/x.sql': silent.replace('A conversation', '<img src=x onerror=alert(1)> [a](b) `c`') });
    await rules('docs', 'mine');
    expect(await read('mine/x.md')).toContain('# \\<img src=x onerror=alert(1)\\> \\[a\\](b) `c` is silent\n');
  });
});

describe('postlude rules show', () => {
  test('shows all that there is to know', async () => {
    await write({
      'mine/voice/silent.sql': silent,
      'mine/voice/silent.ts': predicate,
      'mine/voice/silent.cases.yaml':
        'cases:\n  - name: a call that nobody speaks on\n  - name: a call that is too young\n',
      'mine/voice/cause.sql': silent.replace('voice/stuck-active', 'voice/silent'),
    });
    const { code, stdout, stderr } = await rules('show', 'voice/silent', '--rules-dir', 'mine');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectGolden(import.meta.url, './golden/rule-show.txt', stdout);

    const [record, ...more] = JSON.parse((await rules('show', 'mine/voice/silent.sql', '--format', 'json')).stdout);
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      id: 'voice/silent',
      file: 'mine/voice/silent.sql',
      params: [{ name: 'min_age', type: 'interval', default: 'PT1M30S', description: 'How old it must be.' }],
      causes: [{ name: 'silent', fix: 'Speak.', severity: 'error', certainty: null }],
      explains: ['voice/stuck-active'],
      predicate: 'mine/voice/silent.ts',
      cases: ['a call that nobody speaks on', 'a call that is too young'],
    });
  });

  test('as Markdown is the page of rules docs', async () => {
    const { stdout } = await rules('show', 'voice/silent-call', '--format', 'markdown');
    expect(stdout).toMatch(
      /^# Voice conversation has no communications\n\nvoice\/silent-call · warning · about a conversation\n/,
    );
    expect(stdout).toMatch(/\n```sql\nSELECT\n/);
  });

  test.each([
    [[], /^postlude: rules show needs the id of a rule/],
    [['voice/silent-cal'], /^postlude: no rule matches "voice\/silent-cal": did you mean "voice\/silent-call"\?/],
    [['silent-call'], /^postlude: no rule matches "silent-call": did you mean "voice\/silent-call"\?/],
  ])('%j is refused', async (args, stderr) => {
    expect(await rules('show', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(stderr) });
  });
});
