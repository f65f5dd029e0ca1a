import { z } from 'zod';
import { memoryLimitOf } from '../engine/memory-limit.ts';
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

/** In how many slices the log of a session has to go through an aggregation. */
async function slicesOf(session: Session): Promise<number> {
  const [log] = await session.rows(z.object({ entries: z.bigint() }), 'SELECT count(*) AS entries FROM event_log');
  const bytes = Number(log?.entries ?? 0n) * bytesPerEntry;
  return Math.max(1, Math.ceil(bytes / (await memoryLimitOf(session))));
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
