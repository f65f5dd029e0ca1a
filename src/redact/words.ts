/** A word of a text: letters and digits that stand together, in lower case. */
export type Word = { readonly text: string; readonly start: number; readonly end: number };

// These scripts put no blanks between words, so each of their letters counts as one.
const unspaced =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\\p{sc=Tibetan}';
const word = new RegExp(
  `%[0-9A-Fa-f]{2}|[0-9A-Za-z]+(?![\\p{L}\\p{N}\\p{M}])|[${unspaced}]\\p{M}*|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`,
  'gu',
);

export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: found, index } of text.matchAll(word)) {
    // In an address of the web %20 is a blank.
    if (!found.startsWith('%')) yield { text: found.toLowerCase(), start: index, end: index + found.length };
  }
}
