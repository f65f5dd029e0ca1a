import type { Interval } from '../engine/arrow.ts';
import { parseInterval } from './interval.ts';

export const paramTypes = ['interval', 'integer', 'number', 'string', 'boolean'] as const;
export type ParamType = (typeof paramTypes)[number];

/** What a param holds: an interval, a whole number (`integer`), any number, text, or a truth value. */
export type ParamValue = Interval | number | string | boolean;

const expected: Readonly<Record<ParamType, string>> = {
  interval: 'an interval such as "5 minutes" or "PT5M"',
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
};

/** What a default of a type is in YAML, as JSON Schema says it. */
export function yamlTypeOf(type: ParamType): { readonly type: 'string' | 'integer' | 'number' | 'boolean' } {
  return { type: type === 'interval' ? 'string' : type };
}

export type Parsed<Value> = { readonly value: Value } | { readonly reason: string };

/** A default from a header. The reason is a phrase: `must be a whole number: 1.5`. */
export function paramFromYaml(type: ParamType, given: unknown): Parsed<ParamValue> {
  const value = yamlValue(type, given);
  return value === null ? { reason: `must be ${expected[type]}: ${JSON.stringify(given) ?? 'nothing'}` } : { value };
}

function yamlValue(type: ParamType, given: unknown): ParamValue | null {
  switch (type) {
    case 'interval':
      return typeof given === 'string' ? parseInterval(given) : null;
    case 'integer':
      return typeof given === 'number' && Number.isSafeInteger(given) ? given : null;
    case 'number':
      return typeof given === 'number' && Number.isFinite(given) ? given : null;
    case 'string':
      return typeof given === 'string' ? given : null;
    case 'boolean':
      return typeof given === 'boolean' ? given : null;
  }
}

/** A value from the command line or a case file, as text. */
export function paramFromText(type: ParamType, text: string): Parsed<ParamValue> {
  const value = textValue(type, text.trim());
  return value === null ? { reason: `must be ${expected[type]}: "${text}"` } : { value };
}

function textValue(type: ParamType, text: string): ParamValue | null {
  switch (type) {
    case 'interval':
      return parseInterval(text);
    case 'integer':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : null;
  }
}
