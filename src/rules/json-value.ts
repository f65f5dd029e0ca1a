import { wholeNumber } from '../engine/whole-number.ts';
import { isInterval, isoInterval } from './interval.ts';

/** What JSON can hold, as `data` of a finding does. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A value for JSON: whole numbers beyond 2^53 as text, times as ISO 8601 in UTC with milliseconds, intervals as ISO 8601
 * durations (`PT2H5M`), what is no number or no time as null. Keys of objects keep their order.
 */
export function jsonValue(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return wholeNumber(value);
    case 'object':
      break;
    default:
      return null;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (isInterval(value)) return isoInterval(value);
  if (Array.isArray(value)) return value.map(jsonValue);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonValue(inner)]));
}

export function isJsonMap(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
