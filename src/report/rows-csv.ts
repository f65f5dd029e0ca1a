import type { Row } from '../engine/arrow/rows.ts';
import { cellText } from './cells.ts';
import type { Column } from './row-options.ts';
import { sanitise } from './sanitise.ts';

/**
 * RFC 4180: a line of names, lines end in CR LF, quotes around what holds a comma, a quote or a line end. NULL is nothing, and
 * empty text is a pair of quotes. Text that a spreadsheet would run as a formula gets an apostrophe in front, which keeps it text
 * there; JSON has it as it was.
 */
export async function* csvRows(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  const line = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
  yield line(columns.map(({ name }) => quotedCell(harmless(name))));
  for await (const some of rows) {
    yield some.map((row) => line(columns.map((column) => cellOf(column, row[column.name] ?? null)))).join('');
  }
}

function cellOf(column: Column, cell: Row[string]): string {
  const text = cellText(column, cell);
  if (text === null) return '';
  return quotedCell(typeof cell === 'number' || typeof cell === 'bigint' ? text : harmless(text));
}

/**
 * A number, or a telephone number as logs have them: spreadsheets work out `+15550100` to a number, which harms nobody, and an
 * apostrophe in front of each number would harm every program that reads them.
 */
const plainNumber = /^[+-][0-9 ().-]*$/u;

function harmless(text: string): string {
  const lines = text
    .split('\n')
    .map((each) => sanitise(each.replace(/\r$/u, '')))
    .join('\n');
  return /^\s*[=@]|^[\t\r]/u.test(text) || (/^\s*[+-]/u.test(text) && !plainNumber.test(text)) ? `'${lines}` : lines;
}

function quotedCell(text: string): string {
  return text === '' || /[",\n\r]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
