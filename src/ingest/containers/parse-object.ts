import { messageOf } from '../../engine/errors.ts';
import type { Fields } from '../entry.ts';
import { hasHalfPair } from '../surrogates.ts';

/** Deeper than any export, and far from where JSON.stringify runs out of stack. */
export const maxDepth = 500;

/** As JSON spells it; no UTF-8 has such a character, so it could not be written down again, or handed to DuckDB. */
export const halfACharacter = 'a text in it holds half of a surrogate pair, which is no character';

export type Parsed = { readonly value: unknown } | { readonly reason: string };

/** JSON with numbers that are no numbers in JavaScript as text, or the reason why it is none, short and free of the text itself (which can hold terminal escapes). */
export function parseJson(text: string): Parsed {
  const parsed = parseLoosely(text);
  // Bytes that are UTF-8 hold no half of a pair but as an escape.
  return text.includes('\\u') && 'value' in parsed && holdsHalf(parsed.value) ? { reason: halfACharacter } : parsed;
}

/** As `parseJson`, where it only matters what kind of value it is: half a character in it is no reason. */
export function parseLoosely(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { reason: `not JSON: ${withoutExcerpt(messageOf(thrown))}` };
  }
  // A level takes two characters at least: what is short is not deep enough to do harm.
  if (text.length > 8 * maxDepth && isDeeper(value, maxDepth))
    return { reason: `nested deeper than ${maxDepth} levels` };
  return { value: longNumber.test(text) ? JSON.parse(withLongNumbersAsText(text)) : value };
}

/** Looks for what `withLongNumbersAsText` changes, and finds a little more. */
const longNumber = /[:,[\s]-?(?:\d{16}|\d[\d.]*[eE]\+?\d{3})/;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Integers that JavaScript would round, and numbers that it would take for infinite, as text: two ids of 17 digits would be one id
 * otherwise, and one of the two entries would count as a duplicate. `json` is known to be JSON.
 */
function withLongNumbersAsText(json: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let open = json.indexOf('"'); open >= 0; open = json.indexOf('"', from)) {
    parts.push(json.slice(from, open).replace(number, exactly));
    from = endOfString(json, open);
    parts.push(json.slice(open, from));
  }
  parts.push(json.slice(from).replace(number, exactly));
  return parts.join('');
}

function exactly(literal: string): string {
  const value = Number(literal);
  const isExact =
    Number.isFinite(value) && (Number.isSafeInteger(value) || String(value) === literal || !/^-?\d+$/.test(literal));
  return isExact ? literal : `"${literal}"`;
}

/** Behind the quote that ends a string. */
function endOfString(json: string, open: number): number {
  let end = json.indexOf('"', open + 1);
  for (;;) {
    let before = end;
    while (json[before - 1] === '\\') before--;
    if ((end - before) % 2 === 0) return end + 1;
    end = json.indexOf('"', end + 1);
  }
}

/** `Unexpected token 'x', "…the text…" is not valid JSON` and its like, which differ between versions of Node. */
function withoutExcerpt(message: string): string {
  return message
    .replace(/, (?:\.\.\.)?".*$/s, '')
    .replace(/^"(.*)" is not valid JSON$/s, 'Unexpected text')
    .replace(/ \(line \d+ column \d+\)$/, '')
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '?');
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Array.isArray(value)
    ? value.some((inner) => isDeeper(inner, levels - 1))
    : Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function holdsHalf(value: unknown): boolean {
  if (typeof value === 'string') return hasHalfPair(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsHalf);
  return Object.entries(value).some(([key, inner]) => hasHalfPair(key) || holdsHalf(inner));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a JSON value is that is not an object, as a phrase. */
export function notAnObject(value: unknown): string {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  return `not an object: ${kind}`;
}
