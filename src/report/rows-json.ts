import type { Row } from '../engine/arrow/rows.ts';
import { cellValue } from './cells.ts';
import type { Column } from './row-options.ts';
import { escapeInJson } from './sanitise.ts';

/** One array of objects, a row on each line, with the keys in the order of the columns. */
export async function* jsonRows(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void, undefined> {
  // An object would put names that are numbers first.
  const keys = columns.map(({ name }) => JSON.stringify(name));
  const record = (row: Row): string =>
    `{${columns.map((column, i) => `${keys[i]}: ${JSON.stringify(cellValue(column, row[column.name] ?? null))}`).join(', ')}}`;
  let between = '[\n  ';
  for await (const some of rows) {
    yield escapeInJson(between + some.map(record).join(',\n  '));
    between = ',\n  ';
  }
  yield between.startsWith('[') ? '[]\n' : '\n]\n';
}
