import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gapsOf } from '../../src/trace/gaps.ts';

const second = 1000;
const minute = 60 * second;

/** Times of events of one request, or of a request each. */
const ofOne = (...times: readonly number[]) => times.map((time) => ({ time, requestId: 'one' }));
const ofEach = (...times: readonly number[]) => times.map((time, at) => ({ time, requestId: `r${at}` }));
const standing = (moments: Parameters<typeof gapsOf>[0]) =>
  gapsOf(moments).flatMap(({ ms, standsOut }) => (standsOut ? [ms] : []));

describe('gaps', () => {
  test('are the times between neighbours; before the first there is none', () => {
    expect(gapsOf(ofOne(5, 5, 12)).map(({ ms }) => ms)).toEqual([null, 0, 7]);
    expect(gapsOf([])).toEqual([]);
  });

  test('inside a request stand out from one second on', () => {
    expect(standing(ofOne(0, 1, 2, 2 + second - 1))).toEqual([]);
    expect(standing(ofOne(0, 1, 2, 2 + second))).toEqual([second]);
  });

  test('between requests stand out from one minute on', () => {
    expect(standing(ofEach(0, minute - 1))).toEqual([]);
    expect(standing(ofEach(0, minute))).toEqual([minute]);
  });

  test('between events without a request are gaps between requests', () => {
    const without = [0, minute - 1].map((time) => ({ time, requestId: null }));
    expect(standing(without)).toEqual([]);
  });

  test('do not stand out where the others of their kind are nearly as long', () => {
    const pace = 2 * minute;
    expect(standing(ofEach(0, pace, 2 * pace, 2 * pace + 5 * pace - 1))).toEqual([]);
    expect(standing(ofEach(0, pace, 2 * pace, 2 * pace + 5 * pace))).toEqual([5 * pace]);
  });

  test('of the other kind do not make a gap usual', () => {
    // Long thinking between requests says nothing about two seconds inside one.
    const moments = [...ofEach(0, 10 * minute, 20 * minute), { time: 20 * minute + 2 * second, requestId: 'r2' }];
    expect(standing(moments)).toContain(2 * second);
  });

  test('agree with the median taken the plain way, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 * minute }), { maxLength: 30 }), (steps) => {
        let time = 0;
        const moments = ofEach(...steps.map((step) => (time += step)));
        const gaps = steps.slice(1);
        const expected = gaps.flatMap((gap, at) => {
          const others = gaps.filter((_, place) => place !== at).sort((a, b) => a - b);
          const half = others.length / 2;
          const middle = others.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
          const median = others.length === 0 ? 0 : middle.reduce((sum, n) => sum + n, 0) / middle.length;
          return gap >= minute && gap >= 5 * median ? [gap] : [];
        });
        expect(standing(moments)).toEqual(expected);
      }),
    );
  });
});
