import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sideTables } from '../ingest/entry.ts';
import { publicTables } from './build.ts';

/** A table that rules may read, as its definition describes it. */
export type TableDescription = {
  readonly name: string;
  /** `log`: the events. `side`: what stands beside the logs. `model`: what is made of both. */
  readonly origin: 'log' | 'side' | 'model';
  readonly comment: string;
  readonly columns: readonly ColumnDescription[];
};

export type ColumnDescription = { readonly name: string; readonly type: string; readonly comment: string };

export type DescribedTables = {
  /** In the order of the way of the data: a table is made from those before it. */
  readonly tables: readonly TableDescription[];
  /** Tables and `table.column`s that nobody has described. */
  readonly undescribed: readonly string[];
};

const tableRow = z.object({ name: z.string(), comment: z.string().nullable() });
const columnRow = z.object({
  table_name: z.string(),
  name: z.string(),
  type: z.string(),
  comment: z.string().nullable(),
});

/** What DuckDB knows of the public tables of a session in which all of them are there: see `openEmptyModel`. */
export async function describeTables(session: Session): Promise<DescribedTables> {
  const comments = await session.rows(
    tableRow,
    `SELECT table_name AS name, comment FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
    UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal`,
  );
  const columns = await session.rows(
    columnRow,
    `SELECT table_name, column_name AS name, data_type AS type, comment
    FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal ORDER BY table_name, column_index`,
  );
  const sides = new Set<string>(sideTables);
  const originOf = (name: string): TableDescription['origin'] =>
    name === 'events' ? 'log' : sides.has(name) ? 'side' : 'model';
  const order = { log: 0, side: 1, model: 2 };
  const names = publicTables.toSorted((a, b) => order[originOf(a)] - order[originOf(b)]);

  const described = names.map((name) => ({
    name,
    origin: originOf(name),
    comment: comments.find((table) => table.name === name)?.comment ?? null,
    columns: columns.filter((column) => column.table_name === name),
  }));
  return {
    tables: described.map(({ name, origin, comment, columns: own }) => ({
      name,
      origin,
      comment: comment ?? '',
      columns: own.map((column) => ({ name: column.name, type: column.type, comment: column.comment ?? '' })),
    })),
    undescribed: described.flatMap(({ name, comment, columns: own }) => [
      ...(comment === null ? [name] : []),
      ...own.flatMap((column) => (column.comment === null ? [`${name}.${column.name}`] : [])),
    ]),
  };
}
