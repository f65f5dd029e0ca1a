import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyFromFile, randomKey } from '../../src/redact/key.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-key-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a key that is not there is made, for its owner alone, and is the same from then on', async () => {
  const file = join(folder, 'new.key');
  const { key, isNew } = await keyFromFile(file);
  expect(isNew).toBe(true);
  expect(key.length).toBeGreaterThanOrEqual(32);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(Buffer.compare(await readFile(file), key)).toBe(0);
  expect(await keyFromFile(file)).toEqual({ key, isNew: false });
});

test('a key that keeps nothing secret is refused, and stays as it is', async () => {
  const file = join(folder, 'short.key');
  await writeFile(file, 'secret');
  await expect(keyFromFile(file)).rejects.toThrow(`the key in ${file} has 6 bytes, and masks need at least 16`);
  expect(await readFile(file, 'utf8')).toBe('secret');
});

test('a key that cannot be read or written is a known error', async () => {
  await expect(keyFromFile(folder)).rejects.toThrow(`cannot read the key in ${folder}: `);
  const nowhere = join(folder, 'none', 'my.key');
  await expect(keyFromFile(nowhere)).rejects.toThrow(`cannot write a key to ${nowhere}: `);
});

test('keys of two runs differ', () => {
  expect(Buffer.compare(randomKey(), randomKey())).not.toBe(0);
});
