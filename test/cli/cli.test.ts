import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, cliPath, postlude } from './postlude.ts';

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-cli-'));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Nothing that a person would have to read twice: one line on standard error, nothing on standard output. */
async function expectRefused(args: readonly string[], message: RegExp): Promise<void> {
  const answer = await postlude(args);
  expect(answer.stderr).toMatch(message);
  expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(answer).toMatchObject({ code: 2, stdout: '' });
}

describe('help', () => {
  test('lists the commands and the exit codes', async () => {
    const { code, stdout, stderr } = await postlude(['--help']);
    expect(stdout).toMatch(/postlude audit/);
    expect(stdout).toMatch(/postlude trace/);
    expect(stdout).toMatch(/postlude rules/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/Exit codes: 0 nothing .* 3 postlude itself failed/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    [['audit', '--help']],
    [['trace', '--help']],
    [['report', '--help']],
    [['rules', '--help']],
    [['rules', 'list', '--help']],
    [['rules', 'show', '--help']],
    [['rules', 'lint', '--help']],
    [['rules', 'types', '--help']],
    [['rules', 'docs', '--help']],
    [['explain', '--help']],
  ])('%j has its own', async (args) => {
    const { code, stdout } = await postlude(args);
    expect(stdout).toContain(`postlude ${args.slice(0, -1).join(' ')}`);
    expect(code).toBe(0);
  });

  test('fits a terminal of 80 columns', async () => {
    const { stdout } = await postlude(['audit', '--help'], { env: { COLUMNS: '80' } });
    expect(stdout.split('\n').filter((line) => line.length > 86)).toEqual([]);
  });

  test('the version is that of the package', async () => {
    expect((await postlude(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('loads neither the database nor the schema library', async () => {
    const { stderr } = await postlude(['--help'], { env: { NODE_DEBUG: 'esm,module' } });
    // The build puts libraries into few files, and says in each from where its pieces come.
    const built = new Set(stderr.match(/file:[^ ]+\/dist\/[-.\w]+\.js/g));
    const pieces = await Promise.all([...built].map((file) => readFile(fileURLToPath(file), 'utf8')));
    const loaded = `${stderr}${pieces.flatMap((piece) => piece.match(/^\/\/.*node_modules.*/gm) ?? []).join('\n')}`;
    expect(loaded).toContain('node_modules/yargs');
    expect(loaded).not.toMatch(/node_modules\/(@duckdb|apache-arrow|zod|jiti|yaml)/);
  });
});

describe('a wrong call', () => {
  test.each([
    [
      'no command',
      [],
      /^postlude: name a command, audit or load or trace or merge or report or rules or explain or sql: see/,
    ],
    ['an unknown command', ['aduit', 'x'], /^postlude: unknown command "aduit": did you mean "audit"\?/],
    ['an unknown command of rules', ['rules', 'lits'], /^postlude: unknown command "lits": did you mean "list"\?/],
    ['another unknown command of rules', ['rules', 'dogs'], /^postlude: unknown command "dogs": did you mean "docs"\?/],
    [
      'an unknown option',
      ['audit', 'x', '--sevirity', 'info'],
      /^postlude: unknown option --sevirity: did you mean --severity\?/,
    ],
    [
      'an option of another command',
      ['audit', 'x', '--limit', '5'],
      /^postlude: unknown option --limit: another command has it, this one does not/,
    ],
    ['an option that means nothing alike', ['audit', 'x', '--xyzzy'], /^postlude: unknown option --xyzzy \(/],
    ['no path', ['audit'], /^postlude: audit needs a file or folder/],
    ['an empty path', ['audit', ''], /^postlude: PATH is empty/],
    ['an option without its value', ['audit', 'x', '--from'], /^postlude: --from needs a value/],
    [
      'an option twice',
      ['audit', 'x', '--from', '2026-01-01', '--from', '2026-01-02'],
      /^postlude: --from can be given only once/,
    ],
    ['a malformed time', ['audit', 'x', '--as-of', 'yesterday'], /^postlude: --as-of must be a time .*"yesterday"/],
    [
      'an unknown level',
      ['audit', 'x', '--severity', 'eror'],
      /^postlude: --severity must be one of .*did you mean "error"\?/,
    ],
    ['an unknown zone', ['audit', 'x', '--timezone', 'Mars/Base'], /^postlude: "Mars\/Base" is not a time zone/],
    ['an unknown format', ['audit', 'x', '--format', 'jsn'], /^postlude: unknown format "jsn"/],
    [
      'a report in a folder that does not exist',
      ['audit', 'x', '--format', 'json=/nowhere/at/all.json'],
      /^postlude: cannot write/,
    ],
    ['a pattern that no rule matches', ['rules', 'list', 'voise/*'], /^postlude: no rule matches "voise\/\*"/],
    [
      'a folder of rules that does not exist',
      ['rules', 'list', '--rules-dir', '/nowhere'],
      /^postlude: no such folder/,
    ],
    ['an unknown format of the list', ['rules', 'list', '--format', 'xml'], /^postlude: rules list --format must be/],
  ])('%s is one line and exit code 2', async (_, args, message) => {
    await expectRefused(args, message);
  });

  test('says nothing that a terminal would obey', async () => {
    await expectRefused(['\u001b]0;title\u0007'], /^postlude: unknown command "␛\]0;title␇"/);
  });
});

describe('rules list', () => {
  test('shows id, severity, subject and title of each rule, sorted', async () => {
    const { code, stdout, stderr } = await postlude(['rules', 'list'], { env: { COLUMNS: '300' } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toContainEqual(expect.stringMatching(/^voice\/silent-call +warning +conversation +\S/));
    expect(lines).toEqual([...lines].sort());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('takes patterns', async () => {
    const { stdout } = await postlude(['rules', 'list', 'voice/*', '!voice/silent-call', '--format', 'json']);
    const ids = JSON.parse(stdout).map(({ id }: { id: string }) => id);
    expect(ids).toContain('voice/stuck-active');
    expect(ids.filter((id: string) => !id.startsWith('voice/') || id === 'voice/silent-call')).toEqual([]);
  });

  test('as JSON it has what each rule needs', async () => {
    const { stdout } = await postlude(['rules', 'list', '--format', 'json']);
    for (const rule of JSON.parse(stdout))
      expect(Object.keys(rule)).toEqual(['id', 'severity', 'subject', 'title', 'needs']);
  });

  test('tells of every wrong file, at its place, and lists the others all the same', async () => {
    await writeFile(join(folder, 'wrong.sql'), '/*\ntitle: x\nseverty: info\n*/ SELECT 1');
    await writeFile(
      join(folder, 'right.sql'),
      '/*\ntitle: Mine\nseverity: info\nsubject: account\nrequires: [messages|calls]\ncauses: { one: { message: m, fix: f } }\n*/ SELECT 1',
    );
    const { code, stdout, stderr } = await postlude(['rules', 'list', 'right', 'voice', '--rules-dir', folder], {
      env: { COLUMNS: '300' },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.sql:3:1: unknown key "severty": did you mean "severity"\?/);
    expect(stdout).toMatch(/^right +info +account +Mine \(needs messages\|calls\)$/m);
    expect(stdout).toMatch(/^voice\/silent-call/m);
  });
});

test('a reader that has seen enough ends the output without a complaint', async () => {
  const child = spawn(process.execPath, [cliPath, 'rules', 'list', '--format', 'json']);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
