import { z } from 'zod';
import { identifier, quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { publicTables } from './build.ts';

const commented = z.object({ table_name: z.string(), column_name: z.string().nullable(), comment: z.string() });

/**
 * Copies the public tables of a built model, with their comments and the macros that rules share, into a database that is attached
 * under this name. There they are plain tables, which need nothing else: `events` and `communications` are views here, over a
 * log, macros and lists of files that are nobody's business.
 */
export async function copyModel(session: Session, database: string): Promise<void> {
  const there = identifier(database);
  for (const table of publicTables) {
    await session.run(`CREATE TABLE ${there}.${identifier(table)} AS FROM ${identifier(table)}`);
  }
  const comments = await session.rows(commented, await sqlFile(import.meta.url, './comments.sql'));
  const statements = comments
    .filter(({ table_name }) => publicTables.includes(table_name))
    .map(({ table_name, column_name, comment }) => {
      const what = `${there}.${identifier(table_name)}`;
      return column_name === null
        ? `COMMENT ON TABLE ${what} IS ${quoted(comment)};`
        : `COMMENT ON COLUMN ${what}.${identifier(column_name)} IS ${quoted(comment)};`;
    });
  if (statements.length > 0) await session.run(statements.join('\n'));
  await session.run(`USE ${there}`);
  try {
    await session.run(await sqlFile(import.meta.url, './macros.sql'));
  } finally {
    await session.run('USE memory');
  }
}
