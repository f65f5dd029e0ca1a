import { sanitise } from './sanitise.ts';
import type { Style } from './style.ts';
import { wrap } from './text.ts';

/*
 * A page of documentation before it is laid out, for a terminal or as Markdown. Texts are plain, may come from strangers, and are
 * made harmless where they are laid out.
 */

export type Page = {
  readonly title: string;
  /** Short facts that follow the title on one line. */
  readonly facts: readonly string[];
  readonly sections: readonly Section[];
};

export type Section = { readonly heading: string | null; readonly blocks: readonly Block[] };

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

export type Item = {
  /** What the item is about, where it has a name. */
  readonly name?: string;
  /** Where the name leads to, in Markdown. */
  readonly link?: string | null;
  readonly text: string;
  /** Further lines below it. */
  readonly more?: readonly string[];
};

const indent = '  ';

/** For people, in lines of at most `width` columns; code is left as it is. */
export function terminalPage({ title, facts, sections }: Page, width: number, paint: Style): string {
  const lines = [paint.heading(sanitise(title)), paint.quiet(sanitise(facts.join(' · ')))];
  for (const { heading, blocks } of sections) {
    lines.push('', ...(heading === null ? [] : [heading]));
    const margin = heading === null ? '' : indent;
    for (const block of blocks) lines.push(...terminalBlock(block, width - margin.length).map((line) => margin + line));
  }
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** More than any header or comment has; what a terminal should not show whole is cut all the same. */
const mostLines = 200;

function terminalBlock(block: Block, width: number): readonly string[] {
  // An address that is broken cannot be opened.
  if (block.kind === 'text')
    return /\s/u.test(block.text) ? wrap(block.text, width, mostLines) : [sanitise(block.text)];
  if (block.kind === 'code') return block.text.split('\n').map((line) => sanitise(line.replaceAll('\t', '  ')));
  return block.items.flatMap(({ name, text, more = [] }) => [
    ...(name === undefined
      ? hanging(`- ${text}`, width)
      : hanging([name, text].filter((part) => part !== '').join(': '), width)),
    ...more.flatMap((text) =>
      terminalBlock({ kind: 'text', text }, width - indent.length).map((line) => indent + line),
    ),
  ]);
}

function hanging(text: string, width: number): readonly string[] {
  return wrap(text, width - indent.length, mostLines).map((line, at) => (at === 0 ? line : indent + line));
}

/** As GitHub's Markdown. `mark` is a comment at its beginning. */
export function markdownPage({ title, facts, sections }: Page, mark?: string): string {
  const parts = [
    ...(mark === undefined ? [] : [mark]),
    `# ${markdownText(title)}`,
    facts.map(markdownText).join(' · '),
  ];
  for (const { heading, blocks } of sections) {
    if (heading !== null) parts.push(`## ${markdownText(heading)}`);
    parts.push(...blocks.map(markdownBlock));
  }
  return `${parts.join('\n\n')}\n`;
}

function markdownBlock(block: Block): string {
  if (block.kind === 'text') return markdownText(block.text);
  if (block.kind === 'code') return fenced(block.language, block.text);
  return block.items
    .map(({ name, link, text, more = [] }) => {
      const named = name === undefined ? [] : [link == null ? markdownCode(name) : `[${markdownCode(name)}](${link})`];
      const first = [...named, ...(text === '' ? [] : [markdownText(text)])].join(': ');
      return [`- ${first}`, ...more.map((line) => `  ${markdownText(line)}`)].join('  \n');
    })
    .join('\n');
}

/** Text that means nothing to Markdown but what is between backticks. */
export function markdownText(text: string): string {
  return sanitise(text)
    .split(/(`[^`]*`)/u)
    .map((part, at) =>
      at % 2 === 1 ? part : part.replace(/[\\*[\]<>&|#~]|(?<![A-Za-z0-9])_|https?:\/\/[^\s)]+/gu, escapedMark),
    )
    .join('');
}

/** An address stays as it is, and leads there. */
function escapedMark(found: string): string {
  return found.length > 1 ? `<${found.replaceAll(/[<>]/gu, encodeURIComponent)}>` : `\\${found}`;
}

/** A name as code, whatever is in it. */
export function markdownCode(name: string): string {
  return `\`${sanitise(name).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

function fenced(language: string, text: string): string {
  const ticks = Math.max(2, ...(text.match(/`+/gu) ?? []).map((run) => run.length)) + 1;
  const fence = '`'.repeat(ticks);
  const lines = text.split('\n').map((line) => sanitise(line.replaceAll('\t', '  ')));
  return [`${fence}${language}`, ...lines, fence].join('\n');
}
