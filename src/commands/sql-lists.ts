import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { publicTables } from '../model/build.ts';
import { clip, pad, wrap } from '../report/text.ts';

const storeTables = ['postlude_store', 'postlude_files'];
const known = [...publicTables, ...storeTables];

/** The tables that can be asked and that somebody describes: those that rules read, and those of a kept database about itself. */
export async function tableNames(session: Session): Promise<readonly string[]> {
  return (await describedTables(session)).map(({ name }) => name);
}

async function describedTables(session: Session) {
  const rows = await session.rows(
    z.object({ name: z.string(), comment: z.string().nullable() }),
    `SELECT table_name AS name, comment FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
    UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
    ORDER BY name`,
  );
  return rows.filter(({ name }) => known.includes(name));
}

/** Names and comments, one table a line. */
export async function tableList(session: Session, width: number): Promise<string> {
  const tables = await describedTables(session);
  const nameWidth = Math.max(0, ...tables.map(({ name }) => name.length));
  return tables.map(({ name, comment }) => `${clip(`${pad(name, nameWidth)}  ${comment ?? ''}`, width)}\n`).join('');
}

/** Names, types and comments, one column a line, or more where the terminal is narrow. */
export async function columnList(session: Session, table: string, width: number): Promise<string> {
  const columns = await session.rows(
    z.object({ column_name: z.string(), data_type: z.string(), comment: z.string().nullable() }),
    `SELECT column_name, data_type, comment FROM duckdb_columns()
    WHERE database_name = current_database() AND schema_name = 'main' AND table_name = $table ORDER BY column_index`,
    { table },
  );
  const nameWidth = Math.max(0, ...columns.map(({ column_name }) => column_name.length));
  // Types of lists of structs are longer than any terminal is wide.
  const typeWidth = Math.min(24, Math.max(0, ...columns.map(({ data_type }) => shortType(data_type).length)));
  const margin = nameWidth + typeWidth + 4;
  return columns
    .map(({ column_name, data_type, comment }) => {
      const head = `${pad(column_name, nameWidth)}  ${pad(clip(shortType(data_type), typeWidth), typeWidth)}`;
      const lines = wrap(comment ?? '', width - margin);
      return `${`${head}  ${lines.join(`\n${' '.repeat(margin)}`)}`.trimEnd()}\n`;
    })
    .join('');
}

function shortType(type: string): string {
  return type.replaceAll('TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ');
}
