/** Changes to bytes that know nothing of what the bytes mean, but for words that are worth trying. */
import { intBelow, intBetween, type Random } from '../generate/random.ts';

/** Longer ones are cut: what is found in them is found in shorter ones, and sooner. */
export const longest = 24 * 1024;

const red = '\u001b[31m';

/** What has broken readers of text before: ends of lines, marks, halves of characters, numbers at the edge of their types. */
export const hardWords: readonly Buffer[] = [
  ...['\0', '\r', '\n', '\r\n', '\t', ' ', '"', '""', "'", '`', '\\', '\\"', '\\\\', '{', '}', '[', ']', '(', ')'],
  ...[',', ':', ';', '=', '&', '%', '%00', '%ED%A0%80', '+', '-', '*', '/*', '*/', '--', '#', '$', '$1', '$$', '{}'],
  ...['[]', '[{', '}]', '{"', '":', 'null', 'true', '"null"', '""', '0', '-0', '-1', '1e400', '-1e400', '1e-400'],
  ...['9007199254740993', '9223372036854775807', '18446744073709551616', '2147483648', '-2147483649', '0.1'],
  ...['9'.repeat(40), '1'.repeat(400), 'NaN', 'Infinity', '"__proto__"', '__proto__', 'constructor', 'toString'],
  ...['\\ud800', '\\udc00', '\\ud83d\\ude00', '\\u0000', '\\u2028', '\u2028', '\u0085', '\u00a0', '\u202e', '😀', 'ü'],
  ...[red, '\u001e', '\u000c', '\uFEFF', '\uFFFD', '\uFFFF', '{"events":[', '{"a":', '[[[[[[[[', ']]]]]]]]', '}{'],
  ...['2026-09-14T08:00:00Z', '2026-09-14T08:00:00', '2026-02-30T00:00:00Z', '1969-12-31T23:59:59Z', '+010000-01-01'],
  ...['1789372800500', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '08:00:60', 'x'.repeat(600), '😀'.repeat(260)],
]
  .map((word) => Buffer.from(word))
  .concat(
    [
      [0xff],
      [0xc3],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f],
      [0xff, 0xfe],
      [0xfe, 0xff],
      [0xef, 0xbb, 0xbf],
      [0x1f, 0x8b, 0x08],
      [0x28, 0xb5, 0x2f, 0xfd],
      [0xff, 0xff, 0xff, 0xff],
      [0, 0, 0, 0],
      [0, 0, 0, 0x80],
      [0x80],
      [0x92],
      [0x7f],
    ].map((bytes) => Buffer.from(bytes)),
  );

/** One to a few changes after each other. */
export function mutated(
  random: Random,
  bytes: Buffer,
  { others, words }: { readonly others: readonly Buffer[]; readonly words: readonly Buffer[] },
): Buffer {
  let result = bytes;
  const times = 1 << intBelow(random, 4);
  for (let time = 0; time < times; time++) result = change(random, result, others, words);
  return result.subarray(0, longest);
}

function change(random: Random, bytes: Buffer, others: readonly Buffer[], words: readonly Buffer[]): Buffer {
  const at = intBelow(random, bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 << intBelow(random, 11));
  const piece = bytes.subarray(at, at + intBelow(random, length + 1));
  const word = anyOf(random, intBelow(random, 3) === 0 ? words : hardWords) ?? Buffer.alloc(0);
  switch (intBelow(random, 14)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << intBelow(random, 8));
      return copy;
    }
    case 1: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = intBelow(random, 256);
      return copy;
    }
    case 2:
      return replaced(bytes, at, piece.length, []);
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return replaced(
        bytes,
        at,
        0,
        Array.from({ length: intBetween(random, 1, 20) }, () => piece),
      );
    case 5:
      return replaced(bytes, intBelow(random, bytes.length + 1), 0, [piece]);
    case 6:
    case 7:
      return replaced(bytes, at, 0, [word]);
    case 8:
      return replaced(bytes, at, Math.min(word.length, bytes.length - at), [word]);
    case 9: {
      const other = anyOf(random, others) ?? bytes;
      const from = intBelow(random, other.length + 1);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from)]);
    }
    case 10: {
      const other = anyOf(random, others) ?? bytes;
      const from = intBelow(random, other.length + 1);
      return replaced(bytes, at, piece.length, [other.subarray(from, from + (1 << intBelow(random, 10)))]);
    }
    case 11:
      return withOtherLine(random, bytes, others);
    case 12:
      return withOtherNumber(random, bytes, word);
    default:
      return withOtherValue(random, bytes, word);
  }
}

export function anyOf<T>(random: Random, from: readonly T[]): T | undefined {
  return from[intBelow(random, from.length)];
}

function replaced(bytes: Buffer, at: number, length: number, by: readonly Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), ...by, bytes.subarray(at + length)]);
}

/** A line twice, gone, moved, or one from elsewhere. */
function withOtherLine(random: Random, bytes: Buffer, others: readonly Buffer[]): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const at = intBelow(random, lines.length);
  const line = lines[at] ?? '';
  const foreign = (anyOf(random, others) ?? bytes).toString('latin1').split('\n');
  const to = intBelow(random, lines.length + 1);
  switch (intBelow(random, 4)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(to, 0, line);
      break;
    case 2:
      lines.splice(at, 1);
      lines.splice(to, 0, line);
      break;
    default:
      lines.splice(to, 0, anyOf(random, foreign) ?? '');
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}

function withOtherNumber(random: Random, bytes: Buffer, word: Buffer): Buffer {
  return withOther(random, bytes, /\d+/g, word);
}

/** A text in quotes, or what stands behind a colon. */
function withOtherValue(random: Random, bytes: Buffer, word: Buffer): Buffer {
  return withOther(random, bytes, /(?<=")[^"\n]*(?=")|(?<=: )[^\n,]+/g, word);
}

function withOther(random: Random, bytes: Buffer, pattern: RegExp, word: Buffer): Buffer {
  const found = anyOf(random, [...bytes.toString('latin1').matchAll(pattern)]);
  return found === undefined ? bytes : replaced(bytes, found.index, found[0].length, [word]);
}

/** The words of texts, so that those of one come into others. */
export function wordsOf(texts: readonly Buffer[]): readonly Buffer[] {
  const words = new Set<string>();
  for (const text of texts) {
    for (const [word] of text.toString('latin1').matchAll(/[A-Za-z_][\w.-]{2,40}/g)) words.add(word);
  }
  return [...words].slice(0, 4000).map((word) => Buffer.from(word, 'latin1'));
}
