import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

const mixed = 'fixtures/mixed';
const conversation = 'conv_conversation_01m2svxazrebrbd64q5n6y8d3a';
/** Who occurs in the fixture. */
const people = ['1555010', '555-010-1177', 'Ines Duarte', 'Tobias Kern', 'Marco Bellini'];

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-cli-redact-'));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const told = (text: string) => people.filter((each) => text.includes(each));
const masksIn = (text: string): readonly string[] => text.match(/\b(?:phone|person)-[0-9a-f]{8,}\b/g) ?? [];

describe('an audit with --redact', () => {
  test('tells of nobody in the terminal or in JSON, with the same masks in both', async () => {
    const json = join(folder, 'report.json');
    const args = ['audit', mixed, '--format', 'terminal', '--format', `json=${json}`, '--quiet'];
    const plain = await postlude(args);
    const plainJson = await readFile(json, 'utf8');
    expect(told(plainJson).length).toBeGreaterThan(2);

    const { code, stdout, stderr } = await postlude([...args, '--redact']);
    const text = await readFile(json, 'utf8');
    expect({ code, stderr }).toEqual({ code: plain.code, stderr: plain.stderr });
    expect(told(stdout + text)).toEqual([]);
    expect(stdout).toContain(conversation);
    const shown = masksIn(stdout);
    expect(new Set(shown).size).toBeGreaterThanOrEqual(2);
    expect(shown.filter((mask) => !text.includes(mask))).toEqual([]);

    const [before, after] = [JSON.parse(plainJson), JSON.parse(text)];
    expect(after.run).toMatchObject({ redacted: true });
    expect(before.run).not.toHaveProperty('redacted');
    const fingerprints = ({ findings }: { readonly findings: readonly { readonly fingerprint: string }[] }) =>
      findings.map(({ fingerprint }) => fingerprint);
    expect(fingerprints(after)).toEqual(fingerprints(before));
    expect(after.files).toEqual(before.files);
  });

  test('has other masks in each run, and the same ones under a key, which is made', async () => {
    const masks = async (...options: readonly string[]) => {
      const { stdout, stderr } = await postlude(['audit', mixed, '--rules', 'merge', '--quiet', ...options]);
      return { masks: masksIn(stdout), stderr };
    };
    const one = await masks('--redact');
    expect(one.masks.length).toBeGreaterThan(1);
    expect((await masks('--redact')).masks).not.toEqual(one.masks);

    const key = join(folder, 'my.key');
    const first = await masks('--redact-key', key);
    expect(first.masks.length).toBe(one.masks.length);
    expect(first.stderr).toBe(`postlude: wrote a new key to ${key}; keep it secret, whoever has it can undo masks\n`);
    expect(await masks('--redact', '--redact-key', key)).toEqual({ masks: first.masks, stderr: '' });
  });

  test('masks what paths tell, and says what is wrong without it', async () => {
    const named = join(folder, '+15550101002', 'ines.duarte@example.com');
    await cp(mixed, named, { recursive: true });
    const { stdout } = await postlude(['audit', named, '--format', 'json', '--redact', '--quiet']);
    expect(told(stdout)).toEqual([]);
    expect(stdout).not.toContain('ines.duarte');
    expect(stdout).toMatch(/\/phone-[0-9a-f]{8}\/mail-[0-9a-f]{8}\/morning\.json/);
  });
});

test('a trace with --redact tells of nobody', async () => {
  for (const format of ['terminal', 'json']) {
    const args = ['trace', conversation, mixed, '--all', '--format', format, '--quiet'];
    expect(told((await postlude(args)).stdout).length).toBeGreaterThan(1);
    const { stdout } = await postlude([...args, '--redact']);
    expect(told(stdout)).toEqual([]);
    expect(stdout).toContain(conversation);
    expect(new Set(masksIn(stdout)).size).toBeGreaterThan(2);
  }
});

describe('what cannot be', () => {
  test.each([
    ['sql', ['sql', mixed, '-c', 'FROM participants', '--redact']],
    ['rules run', ['rules', 'run', 'merge/shared-profile', mixed, '--redact-key', 'my.key']],
  ])('%s refuses to mask, and says why', async (_name, args) => {
    expect(await postlude(args)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'postlude: rows of SQL cannot be masked, as SQL can write a number in any way; mask reports: postlude audit PATH… --redact\n',
    });
  });

  test('an empty key file is said before anything is loaded', async () => {
    expect(await postlude(['audit', mixed, '--redact-key', ''])).toMatchObject({
      code: 2,
      stderr: 'postlude: --redact-key is empty; name a file, or leave it out\n',
    });
    expect(await postlude(['audit', mixed, '--redact-key', join(folder, 'none', 'key')])).toMatchObject({
      code: 2,
      stdout: '',
    });
  });
});
