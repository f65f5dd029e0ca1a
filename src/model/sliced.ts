import { z } from 'zod';
import type { Session } from '../engine/session.ts';

/*
 * Lists and distinct values that an aggregation gathers are no part of what DuckDB spills: too many groups at once end in "Out of Memory",
 * however much room the disk has. The groups of a slice are those whose id has one remainder of its hash.
 */

/**
 * What the aggregations of conversations hold of each entry of the log, all of them together. Measured: 2 M entries pass with 512 MB, 20 M
 * do not with 1 GB (test/bench/RESULTS.md, memory).
 */
const bytesPerEntry = 200;

const sizeRow = z.object({ entries: z.bigint(), bytes: z.bigint() });

/** In how many slices the log of a session has to go through an aggregation. */
export async function slicesOf(session: Session): Promise<number> {
  const [size] = await session.rows(
    sizeRow,
    `SELECT count(*) AS entries, parse_formatted_bytes(current_setting('memory_limit'))::BIGINT AS bytes FROM event_log`,
  );
  return size === undefined ? 1 : Math.max(1, Math.ceil((Number(size.entries) * bytesPerEntry) / Number(size.bytes)));
}

/**
 * Makes a table by a statement that is written `CREATE OR REPLACE TABLE name AS …` with `{{slice}}` where it says which groups; what
 * follows it in the text is run at the end.
 */
export async function buildSliced(session: Session, name: string, sql: string, by: string): Promise<void> {
  const end = sql.indexOf(';\n');
  const [make, rest] = [sql.slice(0, end + 1), sql.slice(end + 1)];
  const slices = await slicesOf(session);
  for (let slice = 0; slice < slices; slice++) {
    const into = slice === 0 ? make : make.replace(`CREATE OR REPLACE TABLE ${name} AS`, `INSERT INTO ${name}`);
    const which = slices === 1 ? 'true' : `hash(${by}) % ${slices} = ${slice}`;
    await session.run(into.replaceAll('{{slice}}', which));
  }
  await session.run(rest);
}
