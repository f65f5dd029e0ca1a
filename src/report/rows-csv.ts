import type { Row } from '../engine/arrow/rows.ts';
import { cellText } from './cells.ts';
import { csvLine, quotedCell, textCell } from './csv-cells.ts';
import type { Column } from './row-options.ts';

/** A line of names, and one for each row. NULL is nothing, and empty text is a pair of quotes; JSON has each text as it was. */
export async function* csvRows(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(columns.map(({ name }) => textCell(name)));
  for await (const some of rows) {
    yield some.map((row) => csvLine(columns.map((column) => cellOf(column, row[column.name] ?? null)))).join('');
  }
}

function cellOf(column: Column, cell: Row[string]): string {
  const text = cellText(column, cell);
  if (text === null) return '';
  return typeof cell === 'number' || typeof cell === 'bigint' ? quotedCell(text) : textCell(text);
}
