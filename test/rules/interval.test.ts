import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { humanInterval, isoInterval, parseInterval } from '../../src/rules/interval.ts';

const span = (months: number, days: number, ms: number) => ({ months, days, ms });
const minute = 60_000;
const hour = 60 * minute;

describe('an interval', () => {
  it.each([
    ['5 minutes', span(0, 0, 5 * minute)],
    ['1 hour', span(0, 0, hour)],
    ['1 hour 30 minutes', span(0, 0, 90 * minute)],
    ['1 hour, 30 min and 5 s', span(0, 0, 90 * minute + 5000)],
    ['1.5 hours', span(0, 0, 90 * minute)],
    ['30 seconds', span(0, 0, 30_000)],
    ['500ms', span(0, 0, 500)],
    ['250 us', span(0, 0, 0.25)],
    ['7 days', span(0, 7, 0)],
    ['2 weeks', span(0, 14, 0)],
    ['1 Year 2 months', span(14, 0, 0)],
    ['0 seconds', span(0, 0, 0)],
    ['PT5M', span(0, 0, 5 * minute)],
    ['P1DT2H', span(0, 1, 2 * hour)],
    ['P1Y2M3W4D', span(14, 25, 0)],
    ['pt0.5s', span(0, 0, 500)],
  ])('is read from %s', (text, expected) => {
    expect(parseInterval(text)).toEqual(expected);
  });

  it.each([
    '',
    '5',
    'minutes',
    '5 m',
    '5 parsecs',
    '-5 minutes',
    '1.5 days',
    'P',
    'PT',
    'P5',
    '5 minutes ago',
    '99999999999 days',
    '5e3 s',
  ])('is not read from %j', (text) => {
    expect(parseInterval(text)).toBeNull();
  });

  it.each([
    [span(0, 0, 125 * minute), '2 hours 5 minutes', 'PT2H5M'],
    [span(0, 0, hour + 59_999), '1 hour', 'PT1H59.999S'],
    [span(0, 3, 4 * hour), '3 days 4 hours', 'P3DT4H'],
    [span(0, 0, 50 * hour), '2 days 2 hours', 'PT50H'],
    [span(0, 0, 350.5), '350 milliseconds', 'PT0.3505S'],
    [span(0, 0, 1350), '1 second', 'PT1.35S'],
    [span(0, 0, 0), '0 seconds', 'PT0S'],
    [span(14, 1, 0), '1 year 2 months', 'P1Y2M1D'],
    [span(0, -1, -hour), 'minus 1 day 1 hour', '-P1DT1H'],
    [span(0, 1, -hour), '23 hours', 'PT23H'],
  ])('is told: %j', (value, human, iso) => {
    expect(humanInterval(value)).toBe(human);
    expect(isoInterval(value)).toBe(iso);
  });

  it('survives being written as ISO 8601', () => {
    const part = fc.nat(10_000);
    fc.assert(
      fc.property(part, part, fc.nat(1e12), (months, days, micros) => {
        const value = span(months, days, micros / 1000);
        expect(parseInterval(isoInterval(value))).toEqual(value);
      }),
    );
  });
});
