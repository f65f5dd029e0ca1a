import { compareText } from '../engine/compare.ts';
import type { Rule } from '../rules/rule.ts';
import { markdownCode, markdownText } from './page.ts';
import { count } from './text.ts';

/** A folder of rules as Markdown: a table for each folder in it, with the way to the page of each rule. */
export function ruleIndex(rules: readonly Rule[], mark: string): string {
  const folders = [...new Set(rules.map(({ id }) => folderOf(id)))].sort(compareText);
  const sections = folders.flatMap((folder) => [
    ...(folder === '' ? [] : [`## ${markdownText(folder)}`]),
    table(rules.filter(({ id }) => folderOf(id) === folder)),
  ]);
  return `${[
    mark,
    '# Rules',
    `${count(rules.length, 'rule')}. What their SQL reads is described in [tables.md](tables.md).`,
    ...sections,
  ].join('\n\n')}\n`;
}

function folderOf(id: string): string {
  return id.split('/').slice(0, -1).join('/');
}

function table(rules: readonly Rule[]): string {
  const rows = rules.map(({ id, header }) =>
    [
      `[${markdownCode(id)}](${id}.md)`,
      header.severity,
      header.subject,
      markdownText(header.title),
      header.requires
        .map((needed) =>
          needed
            .split('|')
            .map((name) => markdownCode(name.trim()))
            .join(' or '),
        )
        .join(', '),
    ].join(' | '),
  );
  return [
    '| Rule | Severity | About | What it finds | Needs |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
