import { describe, expect, it } from 'vitest';
import { jsonValue } from '../../src/rules/json-value.ts';
import { fillMessage, placeholders } from '../../src/rules/message.ts';

describe('a message', () => {
  it.each([
    ['{a} and {a}', { a: 'x' }, 'x and x'],
    ['{a}', { a: null }, 'unknown'],
    ['{b}', { a: 1 }, 'unknown'],
    ['{toString}', {}, 'unknown'],
    ['{{a}} { } {1} {a b}', { a: 1 }, '{a} { } {1} {a b}'],
    ['{a}', { a: '{b}', b: 'twice' }, '{b}'],
    ['{a}', { a: new Date('2026-09-14T08:00:00.999Z') }, '2026-09-14T08:00:00Z'],
    ['{a}', { a: { months: 0, days: 0, ms: 7_500_000 } }, '2 hours 5 minutes'],
    ['{a}', { a: 12345678901234567890n }, '12345678901234567890'],
    ['{a} {b}', { a: 0.1 + 0.2, b: 5 }, '0.3 5'],
    ['{a}', { a: [] }, 'none'],
    ['{a}', { a: ['x', null, 2n] }, 'x, unknown, 2'],
    ['{a}', { a: [{ type: 'call', id: 'CA1' }] }, 'call CA1'],
    ['{a}', { a: Array.from({ length: 10 }, (_, i) => i) }, '0, 1, 2, 3, 4, 5, 6, 7, 8, 9'],
    ['{a}', { a: Array.from({ length: 12 }, (_, i) => i) }, '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more'],
    ['$& {a}', { a: '$&' }, '$& $&'],
  ])('%s is filled', (template, values, expected) => {
    expect(fillMessage(template, values)).toBe(expected);
  });

  it('knows its placeholders', () => {
    expect(placeholders('{a} {{b}} {c_1} {} {a}')).toEqual(['a', 'c_1', 'a']);
  });
});

describe('a value of the data', () => {
  it.each([
    [9007199254740991n, 9007199254740991],
    [9007199254740992n, '9007199254740992'],
    [-9007199254740992n, '-9007199254740992'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), null],
    [Number.POSITIVE_INFINITY, null],
    [undefined, null],
    [{ months: 1, days: 0, ms: 1 }, 'P1MT0.001S'],
    [
      { months: 1, days: 0, ms: 1, more: 1 },
      { months: 1, days: 0, ms: 1, more: 1 },
    ],
    [
      [1n, [new Date(0)]],
      [1, ['1970-01-01T00:00:00.000Z']],
    ],
    [() => 1, null],
  ])('%s is what JSON can hold', (value, expected) => {
    expect(jsonValue(value)).toEqual(expected);
  });
});
