import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { notPermissive, packages, thirdParty } from './licences.ts';

test('everything that comes with postlude is under a permissive licence', async () => {
  const all = await packages();
  expect(notPermissive(all)).toEqual([]);
  // Both ways in are looked at: what is installed, for other systems too, and what only the build holds.
  const names = all.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['@duckdb/node-bindings-darwin-arm64', 'detect-libc', 'preact']));
});

test('others are named', () => {
  const some = ['MIT', 'GPL-3.0-only', 'unknown', 'MIT OR GPL-2.0'].map((licence) => ({ name: 'x', licence }));
  expect(notPermissive(some)).toEqual(['x: GPL-3.0-only', 'x: unknown', 'x: MIT OR GPL-2.0']);
});

test('THIRD-PARTY.md lists it as it is (npm run licences writes it anew)', async () => {
  expect(await readFile(new URL('../../THIRD-PARTY.md', import.meta.url), 'utf8')).toBe(await thirdParty());
});
