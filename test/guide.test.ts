import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { build } from './cli/postlude.ts';
import { type Played, playGuide, readmePath, stepsOf, timeless } from './guide.ts';

const readme = await readFile(readmePath, 'utf8');
let played: readonly Played[];
beforeAll(async () => {
  await build();
  played = await playGuide(readme);
}, 240_000);

it('the commands of the guide print what it shows: npm run guide writes it', () => {
  for (const { step, printed } of played) {
    const { prints, line } = step;
    if (prints === null) continue;
    expect([line, timeless(readme.slice(prints.begin, prints.end))]).toEqual([line, timeless(printed)]);
  }
  expect(played.length).toBeGreaterThan(6);
});

it('the examples of absence and order are short', () => {
  const rules = stepsOf(readme).flatMap((step) => (step.kind === 'file' && step.path.endsWith('.sql') ? [step] : []));
  expect(rules.length).toBe(3);
  for (const { path, text } of rules.slice(1))
    expect([path, text.trimEnd().split('\n').length < 25]).toEqual([path, true]);
});
