import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeInJson, sanitise } from '../../src/report/sanitise.ts';

test.each([
  ['an escape sequence', '\u001b[31mred', '␛[31mred'],
  ['an OSC that writes to the clipboard', '\u001b]52;c;ZXZpbA==\u0007', '␛]52;c;ZXZpbA==␇'],
  ['the one-character escape of C1', '\u009b2J', '<U+009B>2J'],
  ['line ends, which would forge lines of the report', 'a\r\nb\tc', 'a␍␊b␉c'],
  ['DEL and NUL', '\u007f\u0000', '␡␀'],
  ['bidirectional overrides', 'exe\u202egnp', 'exe<U+202E>gnp'],
  ['bidirectional isolates', '\u2066x\u2069', '<U+2066>x<U+2069>'],
  ['invisible spaces, which make two ids look alike', 'CA\u200b1\ufeff', 'CA<U+200B>1<U+FEFF>'],
  ['separators of lines', 'a\u2028b', 'a<U+2028>b'],
  ['tag characters', '\u{e0041}', '<U+E0041>'],
  ['half of a character', 'a\ud800b', 'a\ufffdb'],
])('%s becomes visible', (_, text, expected) => {
  expect(sanitise(text)).toBe(expected);
});

test.each(['Grüße, 古 and 👩‍👩‍👧', 'می‌خواهم', 'a/b\\c "quoted" {x}'])('%s stays as it is', (text) => {
  expect(sanitise(text)).toBe(text);
});

test('what is harmless stays harmless', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => sanitise(sanitise(text)) === sanitise(text)));
});

test('JSON keeps its value and loses what a terminal would obey', () => {
  const value = { text: 'a\u009b2J\u202eb\u2028\u{e0041}\u007f\u001b' };
  const json = escapeInJson(JSON.stringify(value));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toMatch(/^[\x20-\x7e]+$/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => JSON.parse(escapeInJson(JSON.stringify(text))) === text),
  );
});
