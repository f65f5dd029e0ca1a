/** `--rejects FILE`: everything that could not be loaded, where it stands and why. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

let folder: string;

beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-rejects-'));
  await cp('fixtures/silent-call/debugger.ndjson', join(folder, 'good.ndjson'));
  const content = await readFile(join(folder, 'good.ndjson'), 'utf8');
  await writeFile(join(folder, 'b.ndjson'), `${content}no json, from +15550100001\n\n{"logId":"x"}\n`);
  await writeFile(join(folder, 'a.ndjson'), `{"cut":\n${content}`);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (...args: readonly string[]) => postlude(args, { cwd: folder });
const linesOf = async (name: string) => {
  const text = await readFile(join(folder, name), 'utf8');
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
};

const all = [
  { file: 'a.ndjson', line: 1, reason: 'not JSON: Unexpected end of JSON input', text: '{"cut":' },
  { file: 'b.ndjson', line: 27, reason: expect.stringMatching(/^not JSON: /), text: 'no json, from +15550100001' },
  { file: 'b.ndjson', line: 29, reason: 'no known shape', text: '{"logId":"x"}' },
];

describe('--rejects', () => {
  test('of an audit lists them by file and line, as many as were counted', async () => {
    const { code, stdout } = await call(
      'audit',
      'b.ndjson',
      'a.ndjson',
      '--rejects',
      'audit.ndjson',
      '--format',
      'json',
    );
    expect(code).toBe(0);
    expect(await linesOf('audit.ndjson')).toEqual(all);
    const { files } = JSON.parse(stdout);
    expect(files.map(({ path, rejected }: { path: string; rejected: number }) => [path, rejected])).toEqual([
      ['a.ndjson', 1],
      ['b.ndjson', 2],
    ]);
  });

  test('is told of where something was rejected', async () => {
    const { stdout } = await call('audit', 'a.ndjson');
    expect(stdout).toContain('1 rejected\n         audit --rejects FILE writes what was rejected, and why\n');
    expect((await call('audit', 'good.ndjson')).stdout).not.toContain('--rejects');
  });

  test('leaves an empty file where nothing was', async () => {
    await call('audit', 'good.ndjson', '--rejects', 'none.ndjson', '--format', 'json');
    expect(await linesOf('none.ndjson')).toEqual([]);
  });

  test('is not written into a file whose name means standard output', async () => {
    for (const command of [
      ['audit', 'b.ndjson'],
      ['load', 'b.ndjson', '--db', 'dash.db'],
    ]) {
      const { code, stderr } = await call(...command, '--rejects', '-');
      expect(stderr).toMatch(/^postlude: cannot write -: name a file, or \/dev\/stdout$/m);
      expect(code).toBe(2);
    }
    expect(await readdir(folder)).not.toContain('-');
  });

  test('has no text where the result is masked', async () => {
    await call('audit', '.', '--redact', '--rejects', 'masked.ndjson', '--format', 'json');
    expect((await linesOf('masked.ndjson')).filter(({ file }) => file === './b.ndjson')).toMatchObject([
      { line: 27, text: null },
      { line: 29, text: null },
    ]);
  });

  test('of a store are those of all loads', async () => {
    const { code } = await call('load', 'b.ndjson', '--db', 's.duckdb', '--rejects', 'first.ndjson');
    expect(code).toBe(0);
    expect(await linesOf('first.ndjson')).toEqual(all.slice(1));
    await call('load', 'a.ndjson', '--db', 's.duckdb', '--rejects', 'second.ndjson');
    expect(await linesOf('second.ndjson')).toEqual(all);
    await call('audit', '--db', 's.duckdb', '--rejects', 'of-store.ndjson', '--format', 'json');
    expect(await linesOf('of-store.ndjson')).toEqual(all);
  });

  test.each([
    [
      'nowhere/x.ndjson',
      /^postlude: cannot write nowhere\/x\.ndjson: there is no folder .*nowhere; create it first\n$/,
    ],
    ['/dev/full', /^postlude: cannot write \/dev\/full: no space left there; make room, or name another file\n$/],
    ['', /^postlude: --rejects is empty; give it a value, or leave it out\n$/],
  ])('to %j is refused', async (file, message) => {
    const { code, stderr } = await call('audit', 'a.ndjson', '--rejects', file, '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });
});
