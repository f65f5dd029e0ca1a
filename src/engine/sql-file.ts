import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Session } from './session.ts';

/**
 * The text of a `.sql` file beside the module that asks: `sqlFile(import.meta.url, './events.sql')`.
 * Read at once, as the files are small: queries then queue in the order in which they were asked for, not in that of the disk.
 */
export async function sqlFile(moduleUrl: string, name: string): Promise<string> {
  return readFileSync(fileURLToPath(new URL(name, moduleUrl)), 'utf8');
}

/**
 * A statement with its holes, `{{name}}`, filled. All at once, as what fills one can look like another: names of files are anybody's.
 * Holes without a value are left for later.
 */
export function filled(sql: string, values: Readonly<Record<string, string>>): string {
  return sql.replaceAll(/\{\{(\w+)\}\}/gu, (hole, name: string) => values[name] ?? hole);
}

/**
 * A session that passes over what describes tables, `COMMENT ON … IS '…';` on a line of its own. There are some hundreds of them, each
 * takes DuckDB a third of a millisecond, and a run that only asks for findings reads none.
 */
export function withoutComments(session: Session): Session {
  return {
    ...session,
    run: (sql, params) => session.run(sql.replaceAll(/^COMMENT ON .*;$/gmu, ''), params),
  };
}
