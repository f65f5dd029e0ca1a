import { expect, it } from 'vitest';
import { inGroups } from '../../src/engine/groups.ts';

const groups = (sizes: readonly number[]) => inGroups(sizes, 10, (size) => size);

it('fills each group up to the limit, and no further', () => {
  expect(groups([4, 6, 1])).toEqual([[4, 6], [1]]);
  expect(groups([4, 7, 3])).toEqual([[4], [7, 3]]);
});

it('leaves an item alone that is too large by itself', () => {
  expect(groups([3, 11, 3, 7])).toEqual([[3], [11], [3, 7]]);
  expect(groups([11])).toEqual([[11]]);
});

it('keeps items without a size, and makes no group of nothing', () => {
  expect(groups([10, 0, 0])).toEqual([[10, 0, 0]]);
  expect(groups([])).toEqual([]);
});
