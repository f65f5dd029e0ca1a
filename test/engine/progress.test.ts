import { expect, test } from 'vitest';
import { phaseClock, reached, silent } from '../../src/engine/progress.ts';

test('phases are timed in the order in which they began, and the last one up to now', () => {
  let now = 0;
  const told: unknown[] = [];
  const clock = phaseClock({ phase: (...of) => told.push(of), fraction: (...of) => told.push(of) }, () => now);
  clock.phase('loading', 'loading 2 files');
  now = 5;
  reached(clock, { done: 1, of: 4, unit: 'table' });
  clock.phase('rules');
  now = 7;
  clock.phase('loading');
  now = 10;
  expect(clock.times()).toEqual([
    { name: 'loading', ms: 8 },
    { name: 'rules', ms: 2 },
  ]);
  expect(told).toEqual([
    ['loading', 'loading 2 files'],
    [0.25, { done: 1, of: 4, unit: 'table' }],
    ['rules', undefined],
    ['loading', undefined],
  ]);
});

test('of nothing everything is done', () => {
  const shares: number[] = [];
  reached({ ...silent, fraction: (share) => shares.push(share) }, { done: 0, of: 0, unit: 'rule' });
  expect(shares).toEqual([1]);
});
