import type { DuckDBConnection } from '@duckdb/node-api';
import { parseSql } from '../rules/parsed-sql.ts';
import { charOffset } from '../rules/position.ts';
import { lexemes } from '../rules/sql-text.ts';
import { StatementError } from './statement-error.ts';

/*
 * A person may ask their own tables anything, in a session that reaches no file, network or setting. What is refused besides is
 * what would change tables, so that the next question has the same answer, and what makes DuckDB write to standard output by
 * itself, between the results: `PRAGMA enable_profiling`, but also `FROM enable_logging(storage = 'stdout')`.
 */

const refusedFunctions: ReadonlySet<string> = new Set([
  'checkpoint',
  'force_checkpoint',
  'disable_logging',
  'disable_peg_parser',
  'disable_profiling',
  'enable_logging',
  'enable_peg_parser',
  'enable_profiling',
  'json_execute_serialized_sql',
  'query',
  'query_table',
  'truncate_duckdb_logs',
  'write_log',
]);

/**
 * Makes sure that a single statement only reads: SELECT in all its forms, DESCRIBE, SUMMARIZE, SHOW, and EXPLAIN of those.
 * @throws StatementError where it does not, or cannot be parsed
 */
export async function checkStatement(connection: DuckDBConnection, sql: string): Promise<void> {
  const text = withoutExplain(sql);
  const tree = await parseSql(connection, text);
  if (tree.error) {
    if (tree.error_type === 'not implemented') throw new StatementError(whyNot(text), text.search(/\S/u));
    const offset = tree.position === undefined ? null : charOffset(sql, Number(tree.position), 'code points');
    throw new StatementError(tree.error_message, offset);
  }
  refuseFunctions(tree.statements, sql);
}

/** EXPLAIN cannot be taken apart, what it explains can; blanks in its place keep all others. */
function withoutExplain(sql: string): string {
  const [first, second] = lexemes(sql);
  if (first?.text.toUpperCase() !== 'EXPLAIN') return sql;
  const end = second?.text.toUpperCase() === 'ANALYZE' ? second.end : first.end;
  return ' '.repeat(end) + sql.slice(end);
}

function whyNot(sql: string): string {
  const [first] = lexemes(sql);
  const word = first?.text.toUpperCase() ?? '';
  if (word.startsWith('PIVOT')) {
    return 'PIVOT has to name its values here: PIVOT table ON column IN (value, …) USING …';
  }
  return `only statements that read can be run (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN), not ${word}`;
}

function refuseFunctions(value: unknown, sql: string): void {
  if (Array.isArray(value)) {
    for (const item of value) refuseFunctions(item, sql);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if ('function_name' in value && typeof value.function_name === 'string') {
    const name = value.function_name.toLowerCase();
    if (refusedFunctions.has(name)) {
      // The place of a table function is that of the reference around it; its name is easily found.
      const at = sql.toLowerCase().indexOf(name);
      throw new StatementError(`the function ${name} does more than read`, at < 0 ? null : at);
    }
  }
  for (const inner of Object.values(value)) refuseFunctions(inner, sql);
}
