import type { Interval } from '../engine/arrow.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Unit = { readonly months?: number; readonly days?: number; readonly ms?: number };

const units: Readonly<Record<string, Unit>> = {
  year: { months: 12 },
  month: { months: 1 },
  week: { days: 7 },
  day: { days: 1 },
  hour: { ms: HOUR },
  minute: { ms: MINUTE },
  second: { ms: SECOND },
  millisecond: { ms: 1 },
  microsecond: { ms: 0.001 },
};

/** Short spellings. A lone `m` is left out: it could be minutes or months. */
const aliases: Readonly<Record<string, string>> = {
  y: 'year',
  yr: 'year',
  mon: 'month',
  w: 'week',
  d: 'day',
  h: 'hour',
  hr: 'hour',
  min: 'minute',
  s: 'second',
  sec: 'second',
  ms: 'millisecond',
  msec: 'millisecond',
  us: 'microsecond',
  usec: 'microsecond',
};

/**
 * `5 minutes`, `1 hour 30 minutes`, `1.5 hours`, `500 ms`, `7 days`, or ISO 8601: `PT5M`, `P1DT2H`.
 * Null where the text is not a span of time. Spans are never negative; months and days have to be whole.
 */
export function parseInterval(text: string): Interval | null {
  const trimmed = text.trim();
  return /^p/i.test(trimmed) ? parseIso(trimmed) : parseWords(trimmed);
}

function parseWords(text: string): Interval | null {
  const part = /(\d+(?:\.\d+)?)\s*([a-z]+)(?:\s*,\s*|\s+and\s+|\s*)/iy;
  let sum: Interval = { months: 0, days: 0, ms: 0 };
  let at = 0;
  while (at < text.length) {
    part.lastIndex = at;
    const match = part.exec(text);
    const [, amount = '', word = ''] = match ?? [];
    const name = word.toLowerCase();
    const singular = name.length > 2 && name.endsWith('s') ? name.slice(0, -1) : name;
    const unit = units[aliases[name] ?? aliases[singular] ?? singular];
    const span = unit === undefined ? null : times(unit, amount);
    if (match === null || span === null) return null;
    sum = plus(sum, span);
    at = part.lastIndex;
  }
  return at === 0 ? null : checked(sum);
}

function parseIso(text: string): Interval | null {
  const match =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(
      text,
    );
  if (match === null || /^P$/i.test(text)) return null;
  const names = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'];
  let sum: Interval = { months: 0, days: 0, ms: 0 };
  for (const [i, name] of names.entries()) {
    const amount = match[i + 1];
    const unit = units[name];
    if (amount === undefined || unit === undefined) continue;
    const span = times(unit, amount);
    if (span === null) return null;
    sum = plus(sum, span);
  }
  return checked(sum);
}

function times(unit: Unit, amount: string): Interval | null {
  const count = Number(amount);
  if (unit.ms === undefined && amount.includes('.')) return null;
  // DuckDB keeps microseconds.
  const ms = Math.round((unit.ms ?? 0) * count * 1000) / 1000;
  return { months: (unit.months ?? 0) * count, days: (unit.days ?? 0) * count, ms };
}

function plus(a: Interval, b: Interval): Interval {
  return { months: a.months + b.months, days: a.days + b.days, ms: a.ms + b.ms };
}

/** DuckDB keeps months and days in 32 bits; beyond 2^53 microseconds a number is no longer exact. */
function checked(span: Interval): Interval | null {
  const fits = span.months < 2 ** 31 && span.days < 2 ** 31 && span.ms * 1000 <= Number.MAX_SAFE_INTEGER;
  return fits ? span : null;
}

/** For people: its two largest units, `2 hours 5 minutes`, `350 milliseconds`. What is smaller is cut off. */
export function humanInterval(span: Interval): string {
  const { negative, months, days, ms } = parts(span);
  // Whole days of hours read better as days; months stay, as their length is not known.
  const rest = ms % DAY;
  const counts: readonly (readonly [number, string])[] = [
    [Math.floor(months / 12), 'year'],
    [months % 12, 'month'],
    [days + Math.floor(ms / DAY), 'day'],
    [Math.floor(rest / HOUR), 'hour'],
    [Math.floor((rest % HOUR) / MINUTE), 'minute'],
    [Math.floor((rest % MINUTE) / SECOND), 'second'],
    [Math.floor(rest % SECOND), 'millisecond'],
  ];
  const first = counts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 seconds';
  const words = counts
    .slice(first, first + 2)
    .filter(([count, unit], i) => count > 0 && (unit !== 'millisecond' || i === 0))
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return `${negative ? 'minus ' : ''}${words.join(' ')}`;
}

/** For machines: an ISO 8601 duration such as `PT2H5M` or `P1DT0.5S`; `PT0S` where it is empty. */
export function isoInterval(span: Interval): string {
  const { negative, months, days, ms } = parts(span);
  const micros = Math.round(ms * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/u, '');
  const whole = seconds % 60;
  const date = [amount(Math.floor(months / 12), 'Y'), amount(months % 12, 'M'), amount(days, 'D')].join('');
  const time = [
    amount(Math.floor(seconds / 3600), 'H'),
    amount(Math.floor((seconds % 3600) / 60), 'M'),
    fraction === '' ? amount(whole, 'S') : `${whole}.${fraction}S`,
  ].join('');
  if (date === '' && time === '') return 'PT0S';
  return `${negative ? '-' : ''}P${date}${time === '' ? '' : `T${time}`}`;
}

function amount(count: number, unit: string): string {
  return count === 0 ? '' : `${count}${unit}`;
}

/** Its parts without their sign, which is that of the whole: the parts of one span may have different ones. */
function parts(span: Interval): { negative: boolean; months: number; days: number; ms: number } {
  const { months, days, ms } = span;
  const rest = days * DAY + ms;
  if (months === 0 && days !== 0 && ms !== 0 && days > 0 !== ms > 0) {
    return { negative: rest < 0, months: 0, days: 0, ms: Math.abs(rest) };
  }
  return {
    negative: months < 0 || (months === 0 && rest < 0),
    months: Math.abs(months),
    days: Math.abs(days),
    ms: Math.abs(ms),
  };
}

export function isInterval(value: unknown): value is Interval {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  return (
    'months' in value &&
    typeof value.months === 'number' &&
    'days' in value &&
    typeof value.days === 'number' &&
    'ms' in value &&
    typeof value.ms === 'number'
  );
}
