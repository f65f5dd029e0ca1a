import type { ShapeContext } from './entry.ts';
import { instantOf, parseOffset } from './zones.ts';

export { parseZone } from './zones.ts';

/**
 * Any time that a source shows, as ISO 8601 in UTC (`2026-09-14T08:00:00Z`, with 3 or 6 decimals where it has them), or
 * `null` where it is none. Reads ISO 8601 (also with a space, and finer than microseconds: cut), epoch seconds, ms, µs and
 * ns, RFC 2822, `May 24 2019 11:43:11 GMT-0600`, `9/14/2026, 8:00:00 AM` (month first), `Sep 14, 2026 8:00:00 AM`, and
 * dates alone (their midnight). A time without a zone is taken in `context.timezone`, which is told.
 * Years outside 1970 to 2999 are no times: such values are counters or defaults.
 */
export function parseTime(value: unknown, context: ShapeContext): string | null {
  if (typeof value === 'string')
    return value.length > 64 ? null : (isoTime(value, context) ?? otherTime(value, context));
  if (typeof value === 'number') return epochTime(value);
  if (typeof value === 'bigint') return epochTime(Number(value), value);
  if (value instanceof Date) return utcTime(value.getTime(), 0);
  return null;
}

/**
 * A time with the milliseconds of its log id, where the time has only whole seconds and the log id begins with epoch
 * milliseconds of that very second; else the time as it is. Twilio writes `eventTime` in seconds, log ids in milliseconds.
 */
export function timeFromLogId(time: string, logId: string | null): string {
  if (logId === null || logId.length < 13 || time.length !== 20) return time;
  let milliseconds = 0;
  for (let at = 0; at < 13; at++) {
    const digit = logId.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return time;
    milliseconds = milliseconds * 10 + digit;
  }
  // More digits make another number.
  if (logId.length > 13 && logId[13] !== '-') return time;
  const fraction = milliseconds % 1000;
  if (fraction === 0 || Date.parse(time) !== milliseconds - fraction) return time;
  return `${time.slice(0, 19)}.${padded(fraction, 3)}Z`;
}

/** A time as the reason of a reject names it: `eventTime is missing`, `eventTime is not a time: "yesterday"`. */
export function noTime(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '' || value === 'null') return `${name} is missing`;
  const shown = JSON.stringify(typeof value === 'bigint' ? String(value) : value) ?? typeof value;
  return `${name} is not a time: ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`;
}

/** The form of nearly all times, read without regular expressions: this is done for every entry. */
function isoTime(text: string, context: ShapeContext): string | null {
  if (text.length < 19) return null;
  const separator = text.charCodeAt(10);
  if (
    text.charCodeAt(4) !== dash ||
    text.charCodeAt(7) !== dash ||
    text.charCodeAt(13) !== colon ||
    text.charCodeAt(16) !== colon ||
    (separator !== upperT && separator !== lowerT && separator !== space)
  )
    return null;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const date = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!isDate(year, month, date) || !isClock(hour, minute, second)) return null;

  let at = 19;
  let micros = 0;
  const point = text.charCodeAt(at);
  if (point === dot || point === comma) {
    const begin = ++at;
    let scale = 100_000;
    for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) {
      micros += digit * scale;
      scale = Math.floor(scale / 10);
    }
    if (at === begin) return null;
  }
  const isUtc = hour < 24 && at === text.length - 1 && (text.charCodeAt(at) | 32) === lowerZ;
  if (isUtc) {
    if (!isPlausibleYear(year)) return null;
    const isCanonical =
      separator === upperT && text.charCodeAt(at) === upperZ && (at === 19 || (at === 23 && micros > 0));
    return isCanonical ? text : `${text.slice(0, 10)}T${text.slice(11, 19)}${fractionOf(micros)}Z`;
  }
  return zonedTime(Date.UTC(year, month - 1, date, hour, minute, second), micros, text.slice(at).trim(), context);
}

const dash = 45,
  colon = 58,
  dot = 46,
  comma = 44,
  space = 32,
  upperT = 84,
  lowerT = 116,
  upperZ = 90,
  lowerZ = 122;

/** Two digits as a number; NaN where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function isDate(year: number, month: number, date: number): boolean {
  return (
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    date >= 1 &&
    (date <= 28 || date <= new Date(Date.UTC(year, month, 0)).getUTCDate())
  );
}

function isClock(hour: number, minute: number, second: number): boolean {
  // 24:00 is the midnight at the end of a day.
  return (hour <= 23 && minute <= 59 && second <= 59) || (hour === 24 && minute === 0 && second === 0);
}

/** A year of UTC; a zone can carry a time over the edge, so this is asked after it was applied. */
function isPlausibleYear(year: number): boolean {
  return year >= 1970 && year <= 2999;
}

function zonedTime(wallClock: number, micros: number, zone: string, context: ShapeContext): string | null {
  if (zone === '') {
    const { instant, shown } = instantOf(wallClock, context.timezone);
    const time = utcTime(instant, micros);
    if (time !== null) context.zonelessTime(shown);
    return time;
  }
  const offset = parseOffset(zone);
  return offset === null ? null : utcTime(wallClock - offset * 60_000, micros);
}

/** ISO text of whole seconds (epoch ms; a remainder counts into the fraction) and microseconds. */
function utcTime(instant: number, micros: number): string | null {
  if (!Number.isFinite(instant)) return null;
  const date = new Date(instant);
  if (!isPlausibleYear(date.getUTCFullYear())) return null;
  const total = date.getUTCMilliseconds() * 1000 + micros;
  return `${date.toISOString().slice(0, 19)}${fractionOf(total)}Z`;
}

function fractionOf(micros: number): string {
  if (micros === 0) return '';
  return micros % 1000 === 0 ? `.${padded(micros / 1000, 3)}` : `.${padded(micros, 6)}`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/**
 * The unit follows from the size: seconds reach 1e11 in the year 5138, ms were there in 1973. Smaller numbers than 1e8
 * (1973 in seconds) are taken for counters.
 */
function epochTime(value: number, exact?: bigint): string | null {
  if (!(value >= 1e8)) return null;
  if (value < 1e11) {
    const second = Math.floor(value);
    // Rounded, as a number this large is a quarter of a microsecond off what was written; that can make it a whole second.
    const micros = Math.round((value - second) * 1e6);
    return utcTime(second * 1000 + Math.floor(micros / 1000), micros % 1000);
  }
  if (value < 1e14) return utcTime(Math.floor(value), Math.floor((value - Math.floor(value)) * 1000));
  if (value >= 1e20) return null;
  const micros = value < 1e17 ? (exact ?? BigInt(Math.floor(value))) : (exact ?? BigInt(Math.floor(value))) / 1000n;
  return utcTime(Number(micros / 1000n), Number(micros % 1000n));
}

const digits = /^\d{9,19}(?:\.\d{1,9})?$/;
const clock = /(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?![\d:])(?:\s*([ap])\.?m\.?(?![a-z]))?/i;
const yearFirst = /(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/;
const monthFirst = /(?<!\d)(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/;
const monthName = /(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2}) (\d{4})(?!\d)/i;
const dayMonthName = /(?<!\d)(\d{1,2})[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -](\d{4})(?!\d)/i;
const weekday = /(?<![a-z])(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?![a-z])/i;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** All other ways to write a time: takes the clock and the date out of the text; what remains must be a zone or nothing. */
function otherTime(text: string, context: ShapeContext): string | null {
  const trimmed = text.trim();
  if (digits.test(trimmed)) {
    return trimmed.includes('.') ? epochTime(Number(trimmed)) : epochTime(Number(trimmed), BigInt(trimmed));
  }
  // Newer browsers put a narrow no-break space before AM and PM; (MDT) repeats the offset in words.
  let rest = trimmed.replaceAll(/\([^)]*\)|,|[\s\u00a0\u202f]+|\bat\b/gi, ' ').replaceAll(/ +/g, ' ');
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match !== null) rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`;
    return match;
  };

  const date = takeDate(take);
  if (date === null || !isDate(date.year, date.month, date.day)) return null;
  const time = take(clock);
  take(weekday);
  const [, hours = '0', minutes = '0', seconds = '0', fraction = '', half] = time ?? [];
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half);
  if (hour === null || !isClock(hour, Number(minutes), Number(seconds))) return null;
  const zone = rest.replaceAll(' ', '').replace(/^T/i, '');
  const wallClock = Date.UTC(date.year, date.month - 1, date.day, hour, Number(minutes), Number(seconds));
  return zonedTime(wallClock, Number(fraction.padEnd(6, '0').slice(0, 6)), zone, context);
}

function takeDate(
  take: (pattern: RegExp) => RegExpExecArray | null,
): { readonly year: number; readonly month: number; readonly day: number } | null {
  const iso = take(yearFirst);
  if (iso !== null) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
  const american = take(monthFirst);
  if (american !== null) return { year: Number(american[3]), month: Number(american[1]), day: Number(american[2]) };
  const named = take(monthName);
  if (named !== null) return { year: Number(named[3]), month: monthOf(named[1]), day: Number(named[2]) };
  const mail = take(dayMonthName);
  if (mail !== null) return { year: Number(mail[3]), month: monthOf(mail[2]), day: Number(mail[1]) };
  return null;
}

function monthOf(name: string | undefined): number {
  return months.indexOf((name ?? '').toLowerCase()) + 1;
}

function hourOfHalf(hour: number, half: string): number | null {
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}
