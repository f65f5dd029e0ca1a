/** Bad input is one clear line with the name and the place, and never costs the findings of the good part. */
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

const good = 'good.ndjson';
/** Root may read everything. */
const through = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'] : [];
let folder: string;

const rule = (header: string, sql: string) =>
  `/*\ntitle: Mine\n${header}\nsubject: conversation\ncauses:\n  mine: { message: m, fix: f }\n*/\n${sql}\n`;
const everyConversation = 'SELECT account_id, conversation_id AS subject_id FROM conversations';

beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-bad-'));
  await cp('fixtures/silent-call/debugger.ndjson', join(folder, good));
  const content = await readFile(join(folder, good));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'empty.ndjson': '',
    'picture.png': Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
    'cut.ndjson.gz': gzipSync(content).subarray(0, 1500),
    'package.json': '{"name": "left-pad", "version": "1.0.0", "dependencies": {}}\n',
    'rules-typo/mine/typo.sql': rule('sevrity: warning', everyConversation),
    'rules-syntax/mine/syntax.sql': rule('severity: warning', `${everyConversation} WHER true`),
    'rules-links/mine/coded.sql': rule('severity: warning', everyConversation),
    'rules-links/mine/cased.sql': rule('severity: warning', `${everyConversation} WHERE false`),
    'rules-locked/mine/locked.sql': rule('severity: warning', everyConversation),
    'rules-locked/mine/open.sql': rule('severity: warning', everyConversation),
    'rules-pipes/mine/y.sql': rule('severity: warning', everyConversation),
    'rules-throws/mine/throws.sql': rule('severity: warning', everyConversation),
    'rules-throws/mine/throws.ts':
      "import { predicate } from 'postlude';\nexport default predicate(() => { throw new Error('out of ideas'); });\n",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await mkdir(join(folder, 'nothing'));
  await symlink('nowhere', join(folder, 'rules-links/mine/linked.sql'));
  await symlink('nowhere', join(folder, 'rules-links/mine/coded.ts'));
  await symlink('nowhere', join(folder, 'rules-links/mine/cased.cases.yaml'));
  await chmod(join(folder, 'rules-locked/mine/locked.sql'), 0);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a call says on standard error, its exit code, and the rules whose findings it tells. */
async function audit(...args: readonly string[]) {
  const { code, stdout, stderr } = await postlude(['audit', ...args, '--format', 'json'], { cwd: folder });
  const result = JSON.parse(stdout);
  return {
    code,
    stderr: stderr.trimEnd().split('\n'),
    issues: result.issues.map(({ severity, file, line, message }: Record<string, unknown>) =>
      [severity, file, ...(line === null ? [] : [line]), message].join(' | '),
    ),
    found: result.findings.map(({ ruleId }: { ruleId: string }) => ruleId),
  };
}

const unharmed = ['voice/silent-call', 'voice/stuck-active'];

describe('a named input that is none', () => {
  test.each([
    ['empty.ndjson', 'empty.ndjson: not an export that postlude knows: empty file.'],
    ['picture.png', 'picture.png: not an export that postlude knows: PNG image.'],
    ['package.json', 'package.json: not an export that postlude knows: no known shape (line 1).'],
    ['nothing', 'nothing: no files in this folder (names that begin with a dot are passed over).'],
    ['missing.ndjson', 'missing.ndjson: no such file or folder: check the path.'],
  ])('%s is one line, exit code 2, and the rest is told', async (name, line) => {
    expect(await audit(good, name)).toMatchObject({ code: 2, stderr: [line], found: unharmed });
  });

  test('inside a folder is a notice, and no failure', async () => {
    await mkdir(join(folder, 'mixture'), { recursive: true });
    for (const name of [good, 'empty.ndjson', 'picture.png', 'package.json']) {
      await cp(join(folder, name), join(folder, 'mixture', name));
    }
    expect(await audit('mixture')).toMatchObject({
      code: 0,
      stderr: [''],
      found: unharmed,
      issues: [
        'notice | mixture/empty.ndjson | passed over: empty file.',
        'notice | mixture/picture.png | passed over: PNG image.',
        'notice | mixture/package.json | passed over: no known shape (line 1).',
      ],
    });
  });
});

describe('a folder', () => {
  test('without any export is exit code 2: it is the wrong one', async () => {
    await mkdir(join(folder, 'strange'), { recursive: true });
    for (const name of ['picture.png', 'empty.ndjson']) await cp(join(folder, name), join(folder, 'strange', name));
    expect(await audit('strange')).toMatchObject({
      code: 2,
      stderr: ['No file is an export that postlude knows: check the path.'],
      found: [],
    });
    expect((await audit('strange', good)).code).toBe(0);
  });

  test('of a quiet hour, with an empty file, is none', async () => {
    await mkdir(join(folder, 'quiet'), { recursive: true });
    await cp(join(folder, 'empty.ndjson'), join(folder, 'quiet', 'log.ndjson'));
    expect(await audit('quiet')).toMatchObject({ code: 0, stderr: [''], found: [] });
    const { stdout } = await postlude(['audit', 'quiet', '--format', 'markdown'], { cwd: folder });
    expect(stdout).toMatch(/^# No events were loaded: \d+ rules had nothing to look at\n/u);
  });
});

describe('a truncated gzip', () => {
  test('is loaded as far as it goes, and says where it was cut', async () => {
    const { code, issues, found } = await audit(good, 'cut.ndjson.gz');
    expect(code).toBe(0);
    expect(issues).toEqual([
      expect.stringMatching(/^data_loss \| cut\.ndjson\.gz \| \d+ \| 1 record rejected: gzip stream is cut off/),
    ]);
    expect(found).toEqual(unharmed);
  });

  test('is exit code 2 with --strict', async () => {
    expect((await audit(good, 'cut.ndjson.gz', '--strict')).code).toBe(2);
  });
});

describe('a wrong rule', () => {
  test.each([
    [
      'with a typo in its header',
      'rules-typo',
      /^rule mine\/typo failed: rules-typo\/mine\/typo\.sql:\d+:\d+: .*unknown key "sevrity": did you mean "severity"\?$/,
    ],
    [
      'with SQL that does not parse',
      'rules-syntax',
      /^rule mine\/syntax failed: rules-syntax\/mine\/syntax\.sql:8:\d+: syntax error at or near "true"$/,
    ],
    [
      'whose predicate throws',
      'rules-throws',
      /^rule mine\/throws failed: rules-throws\/mine\/throws\.ts:\d+: predicate threw: out of ideas$/,
    ],
  ])('%s is one line, exit code 2, and the others go on', async (_, dir, line) => {
    const answer = await audit(good, '--rules-dir', dir);
    expect(answer).toMatchObject({ code: 2, found: unharmed });
    expect(answer.stderr).toEqual([expect.stringMatching(line)]);
  });

  test('that was not selected does not matter', async () => {
    expect(await audit(good, '--rules-dir', 'rules-typo', '--rules', 'voice')).toMatchObject({
      code: 0,
      found: unharmed,
    });
  });

  test('that cannot be read is a line, and the others go on', async () => {
    const line = (file: string) =>
      `rules-links/mine/${file}:1:1: cannot be read: it is a link that leads nowhere, or was taken away meanwhile`;
    const { code, stderr, found } = await audit(good, '--rules-dir', 'rules-links');
    expect({ code, found, stderr: [...stderr].sort() }).toEqual({
      code: 2,
      found: unharmed,
      stderr: [`rule mine/coded failed: ${line('coded.ts')}`, `rule mine/linked failed: ${line('linked.sql')}`],
    });
    const tested = await postlude(['rules', 'test', 'mine/cased', '--rules-dir', 'rules-links'], { cwd: folder });
    expect(tested).toMatchObject({ code: 2, stderr: '' });
    expect(tested.stdout.split('\n')[0]).toBe(line('cased.cases.yaml'));
    const shown = await postlude(['rules', 'show', 'mine/cased', '--rules-dir', 'rules-links'], { cwd: folder });
    expect(shown).toMatchObject({ code: 2, stderr: `${line('linked.sql')}\n` });
    const locked = await postlude(['rules', 'list', 'mine', '--rules-dir', 'rules-locked'], { cwd: folder, through });
    expect(locked).toMatchObject({ code: 2, stdout: expect.stringMatching(/^mine\/open .*\n$/) });
    expect(locked.stderr).toBe(
      'rules-locked/mine/locked.sql:1:1: cannot be read: permission denied; change its permissions, or run as its owner\n',
    );
  });

  test('is not what a pipe is taken for, which nobody may ever write to', async () => {
    execFileSync(
      'mkfifo',
      ['x.sql', 'y.ts', 'y.cases.yaml'].map((name) => join(folder, 'rules-pipes/mine', name)),
    );
    const { code, stderr, found } = await audit(good, '--rules-dir', 'rules-pipes');
    expect({ code, found, stderr: [...stderr].sort() }).toEqual({
      code: 2,
      found: unharmed,
      stderr: [
        'rule mine/x failed: rules-pipes/mine/x.sql:1:1: cannot be read: it is no file',
        'rule mine/y failed: rules-pipes/mine/y.ts:1:1: cannot be read: it is no file',
      ],
    });
    const tested = await postlude(['rules', 'test', 'mine/y', '--rules-dir', 'rules-pipes'], { cwd: folder });
    expect(tested.stdout.split('\n')[0]).toBe('rules-pipes/mine/y.cases.yaml:1:1: cannot be read: it is no file');
  });

  test('is not what a folder without any is taken for', async () => {
    expect(await postlude(['audit', good, '--rules-dir', 'nothing'], { cwd: folder })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'postlude: there is no rule in nothing: a rule is a .sql file\n',
    });
  });
});
