/** Halves of surrogate pairs that stand alone: strings of JavaScript can hold them, UTF-8 and DuckDB cannot. */

const half = /\p{Surrogate}/gu;

export function hasHalfPair(text: string): boolean {
  return text.search(half) >= 0;
}

/** For texts that are only shown: with U+FFFD in the place of each. */
export function wellFormed(text: string): string {
  return text.replace(half, '\uFFFD');
}

/** JSON as `JSON.stringify` writes it, which spells such halves as escapes, and nothing else in this way. */
export function jsonHasHalfPair(json: string): boolean {
  return json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(json);
}
