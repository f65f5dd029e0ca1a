import type { Row } from '../engine/arrow/rows.ts';
import type { Column, RowOptions, Written } from './row-options.ts';
import { csvRows } from './rows-csv.ts';
import { jsonRows } from './rows-json.ts';
import { tableRows } from './rows-table.ts';
import { withoutCommands } from './sanitise.ts';

export type { Column, RowOptions, Written } from './row-options.ts';

/** What somebody asked for: rows by the names of their columns, some at a time. */
export type Result = {
  readonly columns: readonly Column[];
  readonly rows: AsyncIterable<readonly Row[]>;
};

export const rowFormats = ['table', 'csv', 'json'] as const;
export type RowFormat = (typeof rowFormats)[number];

/**
 * Writes rows as they come, so that a result of any size takes no more memory than a part of it. `print` says false where
 * nobody reads any more.
 */
export async function writeRows(
  format: RowFormat,
  { columns, rows }: Result,
  options: RowOptions,
  print: (text: string) => Promise<boolean>,
): Promise<Written> {
  const count = { rows: 0, cut: false };
  const limited = upTo(rows, options.limit, count);
  const pieces = { table: tableRows, csv: csvRows, json: jsonRows }[format](columns, limited, options, count);
  for await (const piece of pieces) if (!(await print(format === 'table' ? withoutCommands(piece) : piece))) break;
  return count;
}

async function* upTo(
  rows: Result['rows'],
  limit: number | null,
  count: { rows: number; cut: boolean },
): AsyncGenerator<readonly Row[], void, undefined> {
  for await (const some of rows) {
    const room = limit === null ? some.length : limit - count.rows;
    const taken = some.length > room ? some.slice(0, room) : some;
    count.rows += taken.length;
    // One row more than the limit says that there are more, and the rest is not asked for.
    count.cut = some.length > room;
    if (taken.length > 0) yield taken;
    if (count.cut) return;
  }
}
