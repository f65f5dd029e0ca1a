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
  const word = firstOfNoValue(text);
  if (word !== null) return { reason: `not JSON: Unexpected token '${word}'` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const mended = lenient.test(text) ? outsideStrings(text, withoutExtras) : text;
    if (mended !== text) {
      const parsed = parseLoosely(mended);
      if ('value' in parsed) return parsed;
    }
    return { reason: `not JSON: ${withoutExcerpt(messageOf(thrown))}` };
  }
  // A level takes two characters at least: what is short is not deep enough to do harm.
  if (text.length > 8 * maxDepth && isDeeper(value, maxDepth))
    return { reason: `nested deeper than ${maxDepth} levels` };
  return { value: longNumber.test(text) ? JSON.parse(withLongNumbersAsText(text)) : value };
}

/** The first character, where no value begins with it: an exception for each of a million lines of garbage takes longer than all the rest. */
function firstOfNoValue(text: string): string | null {
  let at = 0;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  const first = text[at] ?? '';
  return /[!#-,./:-Z\\^-eg-mo-su-z|}~\]]/.test(first) ? first : null;
}

/** What DuckDB takes for JSON where it reads a file itself: commas before closing brackets, and numbers as Python writes them. */
const lenient = /,\s*[}\]]|\b(?:NaN|Infinity)\b/;

/** `text` outside of strings: NaN and infinite numbers say nothing. */
function withoutExtras(text: string): string {
  return text.replaceAll(/,(?=\s*[}\]])/g, '').replaceAll(/-?\b(?:NaN|Infinity)\b/g, 'null');
}

/** Looks for what `withLongNumbersAsText` changes, and finds a little more. */
const longNumber = /[:,[\s]-?(?:\d{16}|\d[\d.]*[eE]\+?\d{3})/;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Integers that JavaScript would round, and numbers that it would take for infinite, as text: two ids of 17 digits would be one id
 * otherwise, and one of the two entries would count as a duplicate.
 */
function withLongNumbersAsText(json: string): string {
  return outsideStrings(json, (text) => text.replace(number, exactly));
}

/** Changes what stands outside of strings. */
function outsideStrings(json: string, change: (text: string) => string): string {
  const parts: string[] = [];
  let from = 0;
  for (let open = json.indexOf('"'); open >= 0; open = json.indexOf('"', from)) {
    parts.push(change(json.slice(from, open)));
    from = endOfString(json, open);
    parts.push(json.slice(open, from));
  }
  parts.push(change(json.slice(from)));
  return parts.join('');
}

function exactly(literal: string): string {
  const value = Number(literal);
  const isExact =
    Number.isFinite(value) && (Number.isSafeInteger(value) || String(value) === literal || !/^-?\d+$/.test(literal));
  return isExact ? literal : `"${literal}"`;
}

/** Behind the quote that ends a string, or the end of the text. */
function endOfString(json: string, open: number): number {
  let end = json.indexOf('"', open + 1);
  while (end >= 0) {
    let before = end;
    while (json[before - 1] === '\\') before--;
    if ((end - before) % 2 === 0) return end + 1;
    end = json.indexOf('"', end + 1);
  }
  return json.length;
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
