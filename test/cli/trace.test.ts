import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectGolden } from '../golden.ts';
import { build, postlude } from './postlude.ts';

const mixed = 'fixtures/mixed';
const request = '659e903d-18ad-4137-85de-702261095c61';
/** The rules of one folder alone: what others find, or fail with, is not the business of these tests. */
const merge = ['--rules', 'merge'];

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-cli-trace-'));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const timeless = (text: string) =>
  text
    .replaceAll(/"durationMs": \d+/g, '"durationMs": 0')
    .replace(/^took {5}.*\n(?: {9}.*\n)*/mu, 'took     no time\n')
    .replace(/"version": "[^"]+"/, '"version": "0.0.0"')
    .replace(/^postlude \S+:/, 'postlude 0.0.0:');

test('--timing tells where the time went, to people and to programs', async () => {
  const json = join(folder, 'timed.json');
  const { stdout } = await postlude(
    ['trace', request, mixed, ...merge, '--timing', '--format', 'terminal', '--format', `json=${json}`],
    { env: { COLUMNS: '100' } },
  );
  expect(stdout).toMatch(/^took {5}[\d.]+ m?s\n {9}reading rules +[\d.]+ s +\d+ %\n/m);
  expect(stdout).toMatch(/^ {9}trace +[\d.]+ s +\d+ %\n {9}report, up to here /m);
  expect(stdout).toMatch(/^ {9}slowest rules +slowest tables\n {9} *\d+ ms {2}merge\//m);
  const { timing } = JSON.parse(await readFile(json, 'utf8')).run;
  const names = (timed: readonly { readonly name: string; readonly ms: number }[]) => timed.map(({ name }) => name);
  expect(names(timing.phases)).toEqual([
    ...['reading rules', 'loading', 'accounts and duplicates', 'tables', 'rules', 'evidence', 'findings', 'trace'],
  ]);
  expect(names(timing.tables)).toContain('conversations');
});

describe('a request whose events lie in files of three shapes', () => {
  test('is told from end to end to people and to programs', async () => {
    const json = join(folder, 'story.json');
    const { code, stdout, stderr } = await postlude(
      ['trace', request, mixed, ...merge, '--format', 'terminal', '--format', `json=${json}`],
      { env: { COLUMNS: '100' } },
    );
    expectGolden(import.meta.url, './golden/trace-request.txt', timeless(stdout));
    expectGolden(import.meta.url, './golden/trace-request.json', timeless(await readFile(json, 'utf8')));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });

  test('fits a terminal of 80 columns', async () => {
    const { stdout } = await postlude(['trace', request, mixed, ...merge], { env: { COLUMNS: '80' } });
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

test('exit code is 0 where no finding about the id is as grave as asked', async () => {
  const { code } = await postlude(['trace', request, mixed, ...merge, '--fail-on', 'critical']);
  expect(code).toBe(0);
});

describe('a wrong call is one line, and exit code 2:', () => {
  test.each([
    ['no id', ['trace'], /^postlude: trace needs an id and a file or folder/],
    ['no path', ['trace', request], /^postlude: trace needs an id and after it a file or folder .* only "659e903d/],
    ['an empty id', ['trace', '', mixed], /^postlude: ID is empty/],
    [
      'an account',
      ['trace', 'AC00000000000000000000000000000006', mixed],
      /^postlude: AC0+6 is an account.* --account AC0+6/,
    ],
    ['an option of the audit that means nothing here', ['trace', 'x', mixed, '--tree', 'full'], /--tree/],
    [
      'an id that no file knows',
      ['trace', `${request.slice(0, -1)}2`, mixed, ...merge],
      /^postlude: nothing is known of .* did you mean 659e903d-18ad-4137-85de-702261095c61\?\n$/,
    ],
    [
      'an id with a terminal escape',
      ['trace', 'a\u001b[2J;\'"', mixed, ...merge],
      /^postlude: nothing is known of "a␛\[2J;'""/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await postlude(args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('help tells what an id can be, with examples', async () => {
  const { code, stdout } = await postlude(['trace', '--help']);
  expect(code).toBe(0);
  for (const word of ['postlude trace ID PATH…', 'correlation id', 'message or call SID', '--all', 'Examples:'])
    expect(stdout).toContain(word);
});
