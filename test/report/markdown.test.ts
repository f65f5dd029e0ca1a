import fc from 'fast-check';
import { type MarkedToken, marked, type Token } from 'marked';
import { expect, test } from 'vitest';
import { markdownReport } from '../../src/report/markdown.ts';
import { code, inline, link } from '../../src/report/markdown-text.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { expectGolden } from '../golden.ts';
import { attacks, hostile } from './hostile.ts';
import { incident } from './incident.ts';

const markdown = (result = incident()) => [...markdownReport(result, { leastSeverity: 'info' })].join('');

/** Everything that a renderer makes of it, by its kind. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  marked.walkTokens(marked.lexer(text), (token) => void tokens.push(token));
  return tokens;
}

const isKind =
  <Kind extends MarkedToken['type']>(kind: Kind) =>
  (token: Token): boolean =>
    token.type === kind;

/** What a browser shows of HTML without elements of the log: its text. */
function shown(html: string): string {
  return html
    .replaceAll(/<\/?(?:p|code|li|ul)>/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

test('reads well', () => {
  expectGolden(import.meta.url, './golden/incident.md', markdown(incident({ symptoms: 3, silentCalls: 5 })));
  expectGolden(import.meta.url, './golden/nothing.md', markdown(makeResult({ files: [] })));
});

test('cuts what grows long, and counts it', () => {
  const evidence = Array.from({ length: 5000 }, (_, at) => makeEvidence(`log-${at}`));
  const text = markdown(makeResult({ findings: [makeFinding({ evidence })] }));
  expect(text).toContain('- and 4,990 more\n');
  expect(text.match(/log entry `log-/gu)).toHaveLength(10);
});

test('nothing of the log becomes markup, a link, a picture or a mention', () => {
  const tokens = tokensOf(markdown(hostile()));
  expect(tokens.filter(isKind('html'))).toEqual([]);
  expect(tokens.filter(isKind('image'))).toEqual([]);
  expect(tokens.filter(isKind('def'))).toEqual([]);
  expect(tokens.filter(isKind('em'))).toEqual([]);
  expect(tokens.filter(isKind('blockquote'))).toEqual([]);
  expect(tokens.filter((token) => token.type === 'code')).toEqual([]);
  const links = tokens.flatMap((token) => (token.type === 'link' ? [token] : []));
  // Only references that are web addresses.
  expect(links.length).toBeGreaterThan(5);
  for (const { href, text } of links)
    expect([text, new URL(href).origin]).toEqual(['Reference', 'https://evil.example']);
  const bold = tokens.flatMap((token) => (token.type === 'strong' ? [token.text] : []));
  expect(new Set(bold)).toEqual(new Set(['What to do:']));
  const outsideCode = tokens.flatMap((token) => (token.type === 'text' && !('tokens' in token) ? [token.text] : []));
  expect(outsideCode.filter((text) => /[@#]\w|www\.|:\/\//u.test(text))).toEqual([]);
});

test('the only headings, tables and rules are ours', () => {
  const tokens = tokensOf(markdown(hostile()));
  expect(tokens.filter(isKind('hr'))).toEqual([]);
  expect(tokens.filter(isKind('table'))).toHaveLength(1);
  const headings = tokens.flatMap((token) => (token.type === 'heading' ? [token.text] : []));
  const ours =
    /^(?:\d+ findings?|What this export|(?:critical|error|warning|info):(?: |$)|Evidence$|Below it|What was checked$)/u;
  expect(headings.filter((text) => !ours.test(text))).toEqual([]);
});

test('is one line a text, and nothing that a terminal would obey', () => {
  for (const text of attacks) {
    expect(inline(text)).not.toMatch(/\p{Cc}/u);
    expect(code(text)).not.toMatch(/\p{Cc}/u);
  }
});

/** The signs that mean something in Markdown, and some that mean nothing. */
const signs = fc.string({
  unit: fc.constantFrom(...'\\`*_{}[]<>()#+-.!|~&@:/$=^"\' \n\t1aw', 'www.', 'http://', '&lt;', '<b>', '](', '1. '),
  maxLength: 24,
});

test('any text is shown as it is', () => {
  fc.assert(
    fc.property(signs, (text) => {
      const written = inline(text);
      const tokens = tokensOf(written);
      for (const { type } of tokens) expect(['paragraph', 'text', 'escape', 'codespan', 'space']).toContain(type);
      const expected = text.replaceAll('\n', '\u240a').replaceAll('\t', '\u2409');
      const plain = (each: string) => each.replaceAll(/\s+/gu, ' ').trim();
      expect(plain(shown(marked.parse(written, { async: false })))).toBe(plain(expected));
    }),
    { numRuns: 2000 },
  );
});

test('any id is one code span, and nothing else', () => {
  fc.assert(
    fc.property(signs, (text) => {
      if (text.trim() === '') return;
      const kinds = tokensOf(`x ${code(text)} y`).map(({ type }) => type);
      expect(kinds).toEqual(['paragraph', 'text', 'codespan', 'text']);
    }),
    { numRuns: 2000 },
  );
});

test('only web addresses are links', () => {
  expect(link('Reference', 'https://example.com/a?b=c#d e')).toBe('[Reference](<https://example.com/a?b=c#d%20e>)');
  expect(link('Reference', 'javascript:alert(1)')).toBe('`javascript:alert(1)`');
  expect(link('Reference', 'https://')).toBe('`https://`');
  expect(link('Reference', '')).toBe('—');
});
