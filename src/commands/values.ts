import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import { mostShards, type Shard } from '../ingest/shard.ts';
import { type Severity, severities } from '../rules/vocabulary.ts';

/*
 * Values of options, as text, into what they mean. Each throws a UserError that names the option, what was given and
 * what is expected: a malformed time or limit must never quietly widen or narrow what is looked at.
 */

/** The text of an option that can be given once; undefined where it was not. */
export function onlyText(option: string, given: unknown): string | undefined {
  if (given === undefined || typeof given === 'string') return given;
  throw new UserError(`${option} can be given only once`);
}

/** The texts of an option that can be repeated. */
export function texts(option: string, given: unknown): readonly string[] {
  if (given === undefined) return [];
  return (Array.isArray(given) ? given : [given]).map((text) => onlyText(option, text) ?? '');
}

/** A level, or `never` where the option knows that. */
export function parseLevel(option: string, text: string): Severity;
export function parseLevel(option: string, text: string, never: 'never'): Severity | 'never';
export function parseLevel(option: string, text: string, never?: 'never'): Severity | 'never' {
  return parseWord(option, text, never === undefined ? severities : [...severities, never]);
}

/** One of a few words. */
export function parseWord<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const known = words.find((word) => word === text);
  if (known !== undefined) return known;
  throw new UserError(`${option} must be one of ${words.join(', ')}, not "${text}"${didYouMean(text, words)}`);
}

const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * ISO 8601. Without a zone it is UTC, and a day alone is its midnight. What is finer than a millisecond is rounded so
 * that no event is lost: `down` for a beginning, `up` for an end.
 */
export function parseTimeOption(option: string, text: string, round: 'down' | 'up'): Date {
  const match = isoTime.exec(text.trim());
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    match ?? [];
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // Date.UTC turns 30 February into 2 March; what comes back must be what was given.
  const exact =
    match !== null && new Date(wall).toISOString().startsWith(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  const [, sign = '+', offsetHours = '0', offsetMinutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (!exact || Number(offsetHours) > 15 || Number(offsetMinutes) > 59) {
    throw new UserError(
      `${option} must be a time such as 2026-09-14T08:00:00Z or 2026-09-14T10:00:00+02:00, not "${text}"`,
    );
  }
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  const finer = round === 'up' && /[1-9]/.test(fraction.slice(3)) ? 1 : 0;
  return new Date(wall - offset * 60_000 + Number(fraction.slice(0, 3).padEnd(3, '0')) + finer);
}

/** `voice/silent-call.min_age=10 minutes`, repeated, into params by rule and name. */
export function parseParams(texts: readonly string[]): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const params = new Map<string, Map<string, string>>();
  for (const text of texts) {
    const [, rule = '', name = '', value = ''] = /^([^=]+)\.([^.=]+)=(.*)$/s.exec(text) ?? [];
    if (rule === '') {
      throw new UserError(
        `--param must be RULE.NAME=VALUE, such as voice/silent-call.min_age="10 minutes", not "${text}"`,
      );
    }
    const ofRule = params.get(rule) ?? new Map<string, string>();
    if (ofRule.has(name)) throw new UserError(`--param sets ${rule}.${name} twice; give it once`);
    params.set(rule, ofRule.set(name, value));
  }
  return Object.fromEntries([...params].map(([rule, values]) => [rule, Object.fromEntries(values)]));
}

/** `512MB`, `2GB`, `1.5 GiB`. A bare number or a percentage would mean something else to everybody. */
export function parseMemoryLimit(text: string): string {
  if (/^\d+(\.\d+)?\s*([KMGT]i?B)$/i.test(text.trim()) && Number.parseFloat(text) > 0) return text.trim();
  throw new UserError(`--memory-limit must be a size with its unit, such as 512MB or 2GB, not "${text}"`);
}

const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600 };

/** `30` or `30s` (seconds), `5m`, `1h`, into milliseconds. */
export function parseTimeout(option: string, text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const ms = Number(amount) * (secondsOf[unit.toLowerCase()] ?? Number.NaN) * 1000;
  // setTimeout fires at once for what does not fit into 31 bits.
  if (amount !== '' && ms > 0 && ms < 2 ** 31) return ms;
  throw new UserError(`${option} must be a time such as 30s, 5m or 1h, not "${text}"`);
}

/** `3/16`: the third of sixteen shares of the accounts. */
export function parseShard(text: string, option: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= mostShards) return { index, of };
  const why = of > mostShards ? `; more than ${mostShards} are too many` : '';
  throw new UserError(`${option} must be a share such as 3/16, from 1/16 to 16/16, not "${text}"${why}`);
}

/** An account SID: AC and what follows. How long it is, is not checked: exports are sometimes anonymised. */
export function parseAccount(option: string, text: string): string {
  if (/^AC\w+$/.test(text)) return text;
  throw new UserError(`${option} must be an account SID (AC…), not "${text}"`);
}
