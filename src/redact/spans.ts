/** A stretch of a text, from `start` up to and without `end`. */
export type Span = { readonly start: number; readonly end: number };

// Digits that touch other letters or digits belong to a word, those behind a decimal point to a fraction.
const alone = '(?<![\\p{L}\\p{N}]|\\d[.,])';
const over = '(?![\\p{L}\\p{N}])';

/** What has digits and is no number of anybody's: ids, times, places in a network. */
const idsAndTimes = new RegExp(
  [
    // conv_conversation_01kzpz…, and SIDs.
    '(?<![\\p{L}\\p{N}])[A-Za-z][A-Za-z_]*_[0-9A-Za-z]{20,}(?![\\p{L}\\p{N}])',
    '(?<![\\p{L}\\p{N}])[A-Z]{2}[0-9a-fA-F]{32}(?![\\p{L}\\p{N}])',
    '(?<![\\p{L}\\p{N}])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\\p{L}\\p{N}])',
    // Log ids: epoch milliseconds and some hexadecimal digits.
    '(?<![\\p{L}\\p{N}])1\\d{12}-[0-9a-f]{6,}(?![\\p{L}\\p{N}])',
    '(?<!\\d)\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?(?:Z|[+-]\\d\\d(?::?\\d\\d)?(?!\\d))?)?(?!\\d)',
    '(?<!\\d)(?:\\d{4}/\\d\\d?/\\d\\d?|\\d\\d?[./]\\d\\d?[./]\\d{4})(?!\\d)',
    '(?<![\\d.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?![\\d])',
  ].join('|'),
  'gu',
);

/** Telephone numbers without a plus, in the ways that they are mostly written: with separators, or as 10 to 15 digits. */
const nationalNumbers = new RegExp(
  `${alone}(?:${[
    '(?:1[-. ]?)?\\(\\d{2,5}\\)[-. ]?\\d(?:[-. /]?\\d){4,10}',
    '(?:1[-. ])?\\d{3}[-. ]\\d{3}[-. ]\\d{4}',
    '00[1-9]\\d?(?:[-. /]?\\d){6,12}',
    '0[1-9]\\d{0,4}(?:[-. /]\\d{2,}){1,5}',
    '0[1-9]\\d{5,12}',
    '\\d{3}-\\d{4}',
    '\\d{10,15}',
  ].join('|')})${over}`,
  'gu',
);

/** Addresses that say by their beginning what they are. */
const prefixedAddresses =
  /(?<![\p{L}\p{N}])(?:whatsapp|rcs|client|messenger|sips?|tel)(?::|%3A)(?!\/\/)[^\s"'`<>(),…[\]{}|\\]+/giu;

const plus = /\+|%2B|\\u002B/giu;
const at = /@|%40/gu;

const separators = /[\s().\-/\u200b-\u200d\u2060\u2010-\u2015]/u;
const inMail = /[^\s"'`<>(),:;…[\]{}|\\/?&=@]/u;
/** Longer ones exist only to keep somebody busy. */
const longestMail = 320;

/** Whether a text can hold an address at all: most are ids and words, and need no closer look. */
export function canHoldAddress(text: string): boolean {
  return /[+@:%\\\d]/.test(text);
}

export function protectedSpans(text: string): Span[] {
  return Array.from(text.matchAll(idsAndTimes), spanOf);
}

/** What can be nothing but an address: numbers with a plus, e-mail addresses, and what says so by its beginning. They may overlap. */
export function plainAddressSpans(text: string, kept: readonly Span[]): Span[] {
  if (!/[+@:%\\]/.test(text)) return [];
  return [...prefixedSpans(text), ...mailSpans(text), ...internationalNumbers(text, kept)];
}

/** The same, and numbers as they are written without a plus. */
export function addressSpans(text: string, kept: readonly Span[]): Span[] {
  if (!canHoldAddress(text)) return [];
  const spans = plainAddressSpans(text, kept);
  for (const match of text.matchAll(nationalNumbers)) {
    const span = spanOf(match);
    if (!isTime(match[0]) && digitsIn(match[0]) >= 7 && !overlapsAny(kept, span)) spans.push(span);
  }
  return spans;
}

/** Numbers with a plus, wherever they stand. */
function internationalNumbers(text: string, kept: readonly Span[]): Span[] {
  const spans: Span[] = [];
  let next = 0;
  let keptAt = 0;
  for (const { 0: sign, index } of text.matchAll(plus)) {
    if (index < next) continue;
    const begin = index + sign.length;
    while ((kept[keptAt]?.end ?? Number.POSITIVE_INFINITY) <= begin) keptAt++;
    const stop = Math.min(text.length, kept[keptAt]?.start ?? text.length);
    const end = endOfNumber(text, begin, stop);
    const count = digitsIn(text.slice(begin, end));
    // What a message cuts short is still most of a number.
    if (count < 7 && !(count >= 3 && text[end] === '…')) continue;
    spans.push({ start: index, end });
    next = end;
  }
  return spans;
}

function endOfNumber(text: string, begin: number, stop: number): number {
  let end = begin;
  let digits = 0;
  let gap = 0;
  let lastGroup = begin;
  for (let at = begin; at < stop && gap <= 3; at++) {
    const character = text.charAt(at);
    if (character >= '0' && character <= '9') {
      // Written in one piece it ends where its digits do; in several, with the fifteenth.
      if (gap > 0 && (digits >= 15 || (lastGroup === begin && digits >= 8))) break;
      if (gap > 0) lastGroup = end;
      digits++;
      gap = 0;
      end = at + 1;
    } else if (separators.test(character)) gap++;
    else break;
  }
  // +1 555 010 0001 12:30 has a time behind it.
  return text[end] === ':' && lastGroup > begin ? lastGroup : end;
}

function mailSpans(text: string): Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (const { 0: sign, index } of text.matchAll(at)) {
    if (index < last) continue;
    let start = index;
    while (start > last && index - start < longestMail && inMail.test(text.charAt(start - 1))) start--;
    let end = index + sign.length;
    while (end < text.length && end - index < longestMail && inMail.test(text.charAt(end))) end++;
    while (/[.\-_!*]/.test(text.charAt(end - 1))) end--;
    if (start === index || end <= index + sign.length) continue;
    spans.push({ start, end });
    last = end;
  }
  return spans;
}

function prefixedSpans(text: string): Span[] {
  return Array.from(text.matchAll(prefixedAddresses), ({ 0: found, index }) => ({
    start: index,
    end: index + found.replace(/[.,;:!?*]+$/, '').length,
  })).filter(({ start, end }) => !/(?::|%3A)$/i.test(text.slice(start, end)));
}

/** Epoch seconds or milliseconds of these decades, or a date and time without separators. */
function isTime(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  if (/^1[4-9]\d{8}(?:\d{3})?$/.test(digits)) return true;
  return /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/.test(digits);
}

function digitsIn(text: string): number {
  return text.replaceAll(/\D/g, '').length;
}

function spanOf({ 0: found, index }: RegExpMatchArray): Span {
  return { start: index ?? 0, end: (index ?? 0) + found.length };
}

export function overlapsAny(spans: readonly Span[], { start, end }: Span): boolean {
  // Sorted and apart from each other: the first that ends behind the start decides.
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return (spans[low]?.start ?? Number.POSITIVE_INFINITY) < end;
}
