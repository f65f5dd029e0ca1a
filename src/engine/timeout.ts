import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from './errors.ts';

const repeatMs = 20;
/** The longest delay that a timer takes; it fires at once beyond it. */
const longestMs = 2 ** 31 - 1;
const leftBehind = Symbol('left behind');

/** How long a query may take to notice that it is interrupted. Usually that is some milliseconds. */
const defaultGraceMs = 10_000;

/** Something runs on although it was interrupted. Its connection is of no use until it ends, which may be never. */
export class NotStopped extends UserError {
  readonly work: Promise<unknown>;
  constructor(message: string, work: Promise<unknown>) {
    super(message);
    this.work = work;
  }
}

/**
 * Does work on a connection and stops it after `ms` milliseconds with a UserError, whose cause is what the work threw.
 * Only queries can be stopped, within some milliseconds, and the connection can be used afterwards. DuckDB looks for an interrupt
 * between vectors of rows: what takes for ever within one is left to itself after `graceMs` more, with a NotStopped.
 */
export async function withTimeout<Result>(
  connection: DuckDBConnection,
  ms: number,
  work: () => Promise<Result>,
  graceMs = defaultGraceMs,
): Promise<Result> {
  const message = `stopped after ${ms / 1000} s, the time limit`;
  let late = false;
  let giveUp: NodeJS.Timeout | undefined;
  let leave: () => void = () => {};
  const left = new Promise<typeof leftBehind>((resolve) => {
    leave = () => resolve(leftBehind);
  });
  let timer = setTimeout(
    () => {
      late = true;
      connection.interrupt();
      // An interrupt between two queries is lost, and the work would go on with the next.
      timer = setInterval(() => connection.interrupt(), repeatMs);
      giveUp = setTimeout(leave, graceMs);
    },
    Math.min(ms, longestMs),
  );
  const working = work();
  try {
    const result = await Promise.race([working, left]);
    if (result !== leftBehind) return result;
  } catch (thrown) {
    throw late ? new UserError(message, { cause: thrown }) : thrown;
  } finally {
    clearTimeout(timer);
    clearTimeout(giveUp);
  }
  working.catch(() => undefined);
  throw new NotStopped(message, working);
}
