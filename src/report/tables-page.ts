import type { TableDescription } from '../model/tables.ts';
import { markdownCode, markdownText } from './page.ts';

const origins = [
  ['log', 'The log'],
  ['side', 'What stands beside the logs'],
  ['model', 'What is made of both'],
] as const;

/** The tables that rules may read as Markdown, each with its columns. */
export function tablesPage(tables: readonly TableDescription[], mark: string): string {
  const sections = origins.flatMap(([origin, heading]) => {
    const own = tables.filter((table) => table.origin === origin);
    return [`## ${heading}`, own.map(({ name }) => `[${name}](#${name})`).join(', '), ...own.flatMap(tableSection)];
  });
  return `${[
    mark,
    '# Tables',
    'What the SQL of a rule may read, in the order in which it is made: a table is made from those before it. Any value can be NULL, unless its description says otherwise.',
    ...sections,
  ].join('\n\n')}\n`;
}

function tableSection({ name, comment, columns }: TableDescription): readonly string[] {
  const rows = columns.map(
    (column) =>
      `| ${markdownCode(column.name)} | ${markdownCode(shortType(column.type))} | ${markdownText(column.comment)} |`,
  );
  return [`### ${name}`, markdownText(comment), ['| Column | Type | |', '| --- | --- | --- |', ...rows].join('\n')];
}

/** As people write it in SQL. */
function shortType(type: string): string {
  return type.replaceAll('TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ');
}
