import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { unknownTime } from '../../src/findings/finding.ts';
import { clip, formatDuration, formatTime, grouped, wrap } from '../../src/report/text.ts';

describe('clip', () => {
  test('leaves what fits', () => {
    expect(clip('12345', 5)).toBe('12345');
    expect(clip('123456', 5)).toBe('1234…');
  });

  test('counts columns, not characters, and never splits a character', () => {
    expect(clip('古古古', 6)).toBe('古古古');
    expect(clip('古古古', 5)).toBe('古古…');
    expect(clip('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  });
});

describe('wrap', () => {
  test('breaks at words, and inside a word only where it must', () => {
    expect(wrap('one two three', 10)).toEqual(['one two', 'three']);
    expect(wrap('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  });

  test('gives at most so many lines and marks the cut', () => {
    const lines = wrap('word '.repeat(100), 20, 3);
    expect(lines).toHaveLength(3);
    expect(lines.at(-1)).toMatch(/…$/);
    expect(lines.every((line) => stringWidth(line) <= 20)).toBe(true);
  });
});

test('numbers, times and durations', () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect(formatTime('2026-09-14T08:00:00.003Z')).toBe('2026-09-14 08:00:00.003Z');
  expect(formatTime(unknownTime)).toBe('an unknown time');
  expect([0, 999, 1000, 59_949, 59_950, 123_000].map(formatDuration)).toEqual([
    '0 ms',
    '999 ms',
    '1.0 s',
    '59.9 s',
    '1 min 0 s',
    '2 min 3 s',
  ]);
});
