/*
 * Text of any origin in Markdown: whatever it holds, it begins no element, no link and no HTML, and mentions nobody. The rules are
 * those of CommonMark (https://spec.commonmark.org) and of GitHub's extensions to it (https://github.github.com/gfm).
 */
import { clip } from './text.ts';
import { webAddress } from './uri.ts';

/** Longer texts are cut; who wants them whole takes a format for programs. */
const longest = 1500;

/** Text of the log or of a rule, on one line. Ids and what could become a link or a mention are in code spans. */
export function inline(text: string): string {
  return clip(text, longest)
    .trim()
    .split(/(\s+)/u)
    .map((word, at) => (isApart(word) ? codeOfWord(word) : escaped(word, at === 0)))
    .join('');
}

/** An id, a path or a word of the log as a code span. */
export function code(text: string): string {
  const shown = clip(text, longest);
  if (shown.trim() === '') return '—';
  const runs = (shown.match(/`+/gu) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  // Of spaces at both ends one is taken away, and a backtick at an end would lengthen the fence.
  const space = runs.length > 0 || (shown.startsWith(' ') && shown.endsWith(' ')) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** A link, where the address is one that a browser may be sent to; else the address as text. */
export function link(text: string, address: string): string {
  const url = webAddress(address);
  return url === null ? code(address) : `[${text}](<${url}>)`;
}

/** What a renderer would make a link of, or a person's or an issue's name, and names with underscores. */
function isApart(word: string): boolean {
  return /[@#]|:\/\/|www\.|\w_\w/iu.test(word);
}

function codeOfWord(word: string): string {
  const [, open = '', inner = word, close = ''] = /^([("']*)(.*?)([)"'.,;:!?]*)$/su.exec(word) ?? [];
  return inner === '' ? escaped(word, true) : `${open}${code(inner)}${close}`;
}

/** At the beginning of a line more is special than within it. */
function escaped(text: string, isFirst: boolean): string {
  const within = text.replaceAll(/[\\`*_[\]<>|~&$]/gu, '\\$&');
  if (!isFirst) return within;
  return within.replace(/^(\d+)([.)])$/u, '$1\\$2').replace(/^[-+=#:]/u, '\\$&');
}
