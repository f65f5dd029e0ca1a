import { identifier, quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { describeTables } from './tables.ts';

/**
 * Copies the public tables of a built model, with their comments and the macros that rules share, into a database that is attached
 * under this name. There they are plain tables, which need nothing else: `events` and `communications` are views here, over a
 * log, macros and lists of files that are nobody's business.
 */
export async function copyModel(session: Session, database: string): Promise<void> {
  const there = identifier(database);
  const { tables } = await describeTables(session);
  for (const { name, comment, columns } of tables) {
    const copy = `${there}.${identifier(name)}`;
    await session.run(
      [
        `CREATE TABLE ${copy} AS FROM ${identifier(name)};`,
        `COMMENT ON TABLE ${copy} IS ${quoted(comment)};`,
        ...columns.map(
          (column) => `COMMENT ON COLUMN ${copy}.${identifier(column.name)} IS ${quoted(column.comment)};`,
        ),
      ].join('\n'),
    );
  }
  await session.run(`USE ${there}`);
  try {
    await session.run(await sqlFile(import.meta.url, './macros.sql'));
  } finally {
    await session.run('USE memory');
  }
}
