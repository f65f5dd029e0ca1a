/** Tries again what fuzzing kept, what it found once, and for some seconds what nobody has tried yet. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { corpusOf } from './corpus.ts';
import { fuzz } from './loop.ts';
import { targets } from './targets/index.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'postlude-fuzz-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

it.each(targets)('keeps its promises on what was kept: $name', { timeout: 120_000 }, async (target) => {
  const trial = await target.open(await folder());
  try {
    for (const { name, bytes } of await corpusOf(target.name)) {
      try {
        await trial.check(bytes);
      } catch (thrown) {
        throw new Error(`test/fuzz/corpus/${target.name}/${name}`, { cause: thrown });
      }
    }
  } finally {
    await trial.close();
  }
});

// Always the same changes, so that a change of the code is to blame for what they find.
it.each(targets)('keeps its promises on what is new: $name', { timeout: 240_000 }, async (target) => {
  const { all } = await fuzz(target, { folder: await folder(), seed: 'test', milliseconds: 5000 });
  expect(all.map(({ message, bytes }) => `${message}\n${bytes.toString('base64')}`)).toEqual([]);
});
