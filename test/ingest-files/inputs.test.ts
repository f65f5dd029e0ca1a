import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInputs } from '../../src/ingest/inputs.ts';

let folder: string;
let spillDir: string;
let home: string;
beforeEach(() => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'postlude-inputs-'));
  spillDir = mkdtempSync(join(tmpdir(), 'postlude-spill-'));
  mkdirSync(join(folder, 'logs/deep/.git'), { recursive: true });
  for (const name of [
    'logs/b.json',
    'logs/a.json',
    'logs/deep/c.json',
    'logs/deep/.git/x',
    'logs/.hidden',
    'one.json',
    'it[1].json',
    "it's *.json",
    'sp ace.json',
  ]) {
    writeFileSync(join(folder, name), name);
  }
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  for (const path of [folder, spillDir]) rmSync(path, { recursive: true });
});

const find = (...paths: string[]) => findInputs(paths, { spillDir });
const shown = async (...paths: string[]) => (await find(...paths)).inputs.map((input) => input.path);

describe('finding inputs', () => {
  it('names files as the user did, and reads them by absolute paths', async () => {
    const { inputs, issues } = await find('one.json', './logs/a.json', join(folder, 'logs/b.json'));
    expect(issues).toEqual([]);
    expect(inputs.map(({ path, named }) => [path, named])).toEqual([
      ['./logs/a.json', true],
      [join(folder, 'logs/b.json'), true],
      ['one.json', true],
    ]);
    expect(inputs.map(({ readPath }) => readFileSync(readPath, 'utf8'))).toEqual([
      'logs/a.json',
      'logs/b.json',
      'one.json',
    ]);
  });

  it('looks through folders in order, without what begins with a dot', async () => {
    const { inputs, issues } = await find('logs');
    expect(issues).toEqual([]);
    expect(inputs.map(({ path, named }) => [path, named])).toEqual([
      ['logs/a.json', false],
      ['logs/b.json', false],
      ['logs/deep/c.json', false],
    ]);
    expect(await shown('logs/')).toEqual(['logs/a.json', 'logs/b.json', 'logs/deep/c.json']);
    expect(await shown('.')).toContain('./logs/deep/c.json');
  });

  it('reads a named file that begins with a dot', async () => {
    expect(await shown('logs/.hidden')).toEqual(['logs/.hidden']);
  });

  it('reads a file once, however often and by whatever way it is named', async () => {
    symlinkSync(join(folder, 'one.json'), join(folder, 'link.json'));
    expect(
      (await find('logs', 'logs/a.json', './logs/a.json', 'link.json', 'one.json', 'logs/*.json')).inputs,
    ).toMatchObject([
      { path: './logs/a.json', named: true },
      { path: 'link.json', named: true },
      { path: 'logs/b.json', named: false },
      { path: 'logs/deep/c.json', named: false },
    ]);
  });

  it('does not run in circles', async () => {
    symlinkSync('..', join(folder, 'logs/deep/up'));
    symlinkSync('self', join(folder, 'logs/self'));
    const { inputs, issues } = await find('logs');
    expect(inputs).toHaveLength(3);
    expect(issues).toEqual([{ severity: 'error', file: 'logs/self', message: 'a link that leads to itself.' }]);
    expect((await find('**')).inputs.length).toBeGreaterThan(5);
  });

  it('takes a pattern for one only where no file has that very name', async () => {
    expect(await shown('it[1].json')).toEqual(['it[1].json']);
    expect(await shown("it's *.json")).toEqual(["it's *.json"]);
    expect(await shown('logs/[ab].json')).toEqual(['logs/a.json', 'logs/b.json']);
    expect(await shown('**/c.json')).toEqual(['logs/deep/c.json']);
    expect(await shown(`${folder}/logs/*.json`)).toEqual([join(folder, 'logs/a.json'), join(folder, 'logs/b.json')]);
    expect(await shown('log*')).toEqual(['logs/a.json', 'logs/b.json', 'logs/deep/c.json']);
  });

  it('reads standard input, once', async () => {
    const { inputs } = await findInputs(['-', '-'], {
      spillDir,
      stdin: Readable.from([Buffer.from('{"n":1}\n'), Buffer.from('{"n":2}\n')]),
    });
    expect(inputs.map(({ path, named }) => [path, named])).toEqual([['stdin', true]]);
    expect(readFileSync(inputs[0]?.readPath ?? '', 'utf8')).toBe('{"n":1}\n{"n":2}\n');
  });

  it.each([
    ['missing.json', 'no such file or folder: check the path.'],
    ['one.json/inside', 'no such file or folder: check the path.'],
    ['nul\0.json', 'no such file or folder: check the path.'],
    ['missing*.json', 'no file matches this pattern: check it, and quote it if the shell changed it.'],
  ])('says what is wrong with %j and reads the rest', async (path, message) => {
    const { inputs, issues } = await find(path, 'one.json');
    expect(issues).toEqual([{ severity: 'error', file: path, message }]);
    expect(inputs).toHaveLength(1);
  });

  it('takes a folder that is named beside the one that it is in, in either order', async () => {
    for (const paths of [
      ['logs', 'logs/deep'],
      ['logs/deep', 'logs'],
    ]) {
      const { inputs, issues } = await find(...paths);
      expect(issues).toEqual([]);
      expect(inputs.map(({ path }) => path)).toEqual(['logs/a.json', 'logs/b.json', 'logs/deep/c.json']);
    }
  });

  it('says that a folder holds no files', async () => {
    mkdirSync(join(folder, 'empty/.git'), { recursive: true });
    expect(await find('empty')).toEqual({
      inputs: [],
      issues: [{ severity: 'error', file: 'empty', message: expect.stringMatching(/^no files in this folder/) }],
    });
  });

  it('reads files whose names are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'logs/')), Buffer.from([0x61, 0xff])]), 'odd');
    const { inputs, issues } = await find('logs');
    expect(issues).toEqual([]);
    const odd = inputs.find((input) => input.path === 'logs/a\\xFF');
    expect(readFileSync(odd?.readPath ?? '', 'utf8')).toBe('odd');
    // A pattern is text, and so is what it matches.
    expect((await find('logs/*')).issues).toEqual([
      { severity: 'error', file: 'logs/a\uFFFD', message: expect.stringMatching(/^its name is not UTF-8/) },
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('says that a file cannot be read', async () => {
    writeFileSync(join(folder, 'secret.json'), 'x', { mode: 0 });
    expect((await find('secret.json')).issues).toMatchObject([{ severity: 'error', file: 'secret.json' }]);
  });
});
