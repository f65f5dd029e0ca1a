import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from './errors.ts';

const repeatMs = 20;
/** The longest delay that a timer takes; it fires at once beyond it. */
const longestMs = 2 ** 31 - 1;

/**
 * Does work on a connection and stops it after `ms` milliseconds with a UserError, whose cause is what the work threw.
 * Only queries can be stopped, within some milliseconds: one that makes a single huge value, or work in JavaScript,
 * first comes to its end. The connection can be used afterwards.
 */
export async function withTimeout<Result>(
  connection: DuckDBConnection,
  ms: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let late = false;
  let timer = setTimeout(
    () => {
      late = true;
      connection.interrupt();
      // An interrupt between two queries is lost, and the work would go on with the next.
      timer = setInterval(() => connection.interrupt(), repeatMs);
    },
    Math.min(ms, longestMs),
  );
  try {
    return await work();
  } catch (thrown) {
    throw late ? new UserError(`stopped after ${ms / 1000} s, the time limit`, { cause: thrown }) : thrown;
  } finally {
    clearTimeout(timer);
  }
}
