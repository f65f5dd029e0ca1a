import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-apart-'));
  await cp('fixtures/silent-call/debugger.ndjson', join(folder, 'log.ndjson'));
  await symlink('log.ndjson', join(folder, 'link.ndjson'));
  await postlude(['load', 'log.ndjson', '--db', 's.duckdb'], { cwd: folder });
  await postlude(['audit', 'log.ndjson', '--format', 'json=r.json', '--baseline', 'k.json', '--update-baseline'], {
    cwd: folder,
  });
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const replaced = (by: string, file: string, reader: string) =>
  `postlude: ${by} ${file} would replace what ${reader} reads; name another file`;

// An export that is overwritten by its own report is gone for good.
test.each([
  ['audit log.ndjson --rejects log.ndjson', replaced('--rejects', 'log.ndjson', 'PATH'), 'log.ndjson'],
  ['audit log.ndjson --format json=./log.ndjson', replaced('--format', './log.ndjson', 'PATH'), 'log.ndjson'],
  ['audit log.ndjson --format json=link.ndjson', replaced('--format', 'link.ndjson', 'PATH'), 'log.ndjson'],
  ['audit --db s.duckdb --format json=s.duckdb', replaced('--format', 's.duckdb', '--db'), 's.duckdb'],
  ['audit --db s.duckdb --rejects s.duckdb', replaced('--rejects', 's.duckdb', '--db'), 's.duckdb'],
  ['audit log.ndjson --baseline k.json --rejects k.json', replaced('--rejects', 'k.json', '--baseline'), 'k.json'],
  ['trace CA1 log.ndjson --format json=log.ndjson', replaced('--format', 'log.ndjson', 'PATH'), 'log.ndjson'],
  ['load log.ndjson --db s.duckdb --rejects log.ndjson', replaced('--rejects', 'log.ndjson', 'PATH'), 'log.ndjson'],
  ['report r.json --format html=r.json', replaced('--format', 'r.json', 'FILE'), 'r.json'],
  ['merge r.json --format json=r.json', replaced('--format', 'r.json', 'FILE'), 'r.json'],
  [
    'load log.ndjson --db s.duckdb --rejects s.duckdb',
    'postlude: --db and --rejects both name s.duckdb; give each its own file',
    's.duckdb',
  ],
  [
    'audit log.ndjson --format json=new.json --rejects new.json',
    'postlude: --format and --rejects both name new.json; give each its own file',
    'log.ndjson',
  ],
])('%s is refused before anything is written', async (call, message, file) => {
  const before = await readFile(join(folder, file));
  const { code, stderr, stdout } = await postlude(call.split(' '), { cwd: folder });
  expect({ code, stderr: stderr.trimEnd(), stdout }).toEqual({ code: 2, stderr: message, stdout: '' });
  expect((await readFile(join(folder, file))).equals(before)).toBe(true);
});

test('a device takes as much as one likes', async () => {
  const { code, stderr } = await postlude(
    ['audit', 'log.ndjson', '--fail-on', 'never', '--format', 'json=/dev/null', '--rejects', '/dev/null'],
    { cwd: folder },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
