import type { DuckDBConnection } from '@duckdb/node-api';
import { type ResultColumn, type Row, resultTypes, rowReader, streamBatches } from '../engine/arrow.ts';
import type { Params } from '../engine/session.ts';
import { readSqlError, runtimeMessage } from '../rules/bind.ts';
import { checkStatement } from './check-statement.ts';
import { StatementError } from './statement-error.ts';

/** The result of a query while it runs: rows by their column's name, some at a time. */
export type QueryResult = {
  readonly columns: readonly ResultColumn[];
  readonly rows: AsyncGenerator<readonly Row[], void, undefined>;
};

/**
 * Begins one statement of a person, which may only read. Its rows are fetched as they are asked for, and never held together.
 * The session has to be locked.
 * @throws StatementError at once where it is wrong, from the rows where it fails while it runs
 */
export async function startQuery(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  await checkStatement(connection, sql);
  return startSelect(connection, sql);
}

/** The same for SQL that was checked. `params` are those that it names, no others. */
export async function startSelect(
  connection: DuckDBConnection,
  sql: string,
  params: Params = {},
): Promise<QueryResult> {
  try {
    return { columns: await resultTypes(connection, sql, params), rows: rowsOf(connection, sql, params) };
  } catch (thrown) {
    const { message, offset } = readSqlError(sql, thrown);
    throw new StatementError(message, offset);
  }
}

async function* rowsOf(
  connection: DuckDBConnection,
  sql: string,
  params: Params,
): AsyncGenerator<readonly Row[], void, undefined> {
  try {
    for await (const batch of streamBatches(connection, sql, params)) {
      const read = rowReader(batch);
      yield Array.from({ length: batch.numRows }, (_, i) => read(i));
    }
  } catch (thrown) {
    throw new StatementError(runtimeMessage(thrown), null);
  }
}
