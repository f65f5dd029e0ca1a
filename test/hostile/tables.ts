/** Makes Parquet and Arrow files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openSession, quoted } from '../../src/engine/session.ts';
import type { Content } from './hostile.ts';

/** The columns of entries from a number on, as DuckDB writes them. */
export const entriesSql = (count: number, from = 1) =>
  `SELECT 'hostile-' || n AS "logId", TIMESTAMPTZ '2026-09-14 10:00:00+00' + to_seconds(n) AS "eventTime",
    'conversation.created' AS "eventType", 'INFO' AS level FROM range(${from}, ${from + count}) AS numbers (n)`;

/** What a query gives as a Parquet file, and then changed. */
export function parquet(
  query: string,
  { options = '', spoil = (bytes) => bytes }: { options?: string; spoil?: (bytes: Buffer) => Buffer } = {},
): Content {
  return async (path) => {
    const session = await openSession();
    try {
      await session.run(`COPY (${query}) TO ${quoted(path)} (FORMAT parquet${options})`);
    } finally {
      await session.close();
    }
    writeFileSync(path, spoil(readFileSync(path)));
  };
}
