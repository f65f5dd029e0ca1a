import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseTime, isCaseTime, parseCaseTime, withCaseTimes } from '../../src/cases/times.ts';

const start = Date.parse('2026-09-14T08:00:00Z');

describe('a time of a case', () => {
  it.each([
    ['+30s', 30_000],
    ['30s', 30_000],
    ['-2d', -172_800_000],
    ['+1h30m', 5_400_000],
    ['+4m59.999s', 299_999],
    ['+250ms', 250],
    ['+0s', 0],
  ])('%s counts from the start', (text, offset) => {
    expect(parseCaseTime(text, start)).toBe(start + offset);
  });

  it('can be a time of its own', () => {
    expect(parseCaseTime('2026-09-14T10:00:01+02:00', start)).toBe(start + 1000);
  });

  it.each(['', 'soon', '5', '+5', '+5 s', '+5x', '5s3', '2026-13-01T00:00:00Z', '2026-09-14', '-'])(
    'is not %j',
    (text) => {
      expect(isCaseTime(text)).toBe(false);
    },
  );

  it('is read again as it is written, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (offset) => {
        expect(parseCaseTime(caseTime(start + offset, start), start)).toBe(start + offset);
      }),
    );
  });
});

it('times in a text are told from the start, other figures are not', () => {
  expect(withCaseTimes('changed at 2026-09-14T08:00:05Z (2026-09-14, +15550100001)', start)).toBe(
    'changed at +5s (2026-09-14, +15550100001)',
  );
});
