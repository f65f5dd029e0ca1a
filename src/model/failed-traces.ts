import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { buildTraceIds } from './trace-ids.ts';

/**
 * The events of the traces that hold errors, without trace ids for all others: those cost a pass over every id, and few traces
 * fail. From the ids of the errors it goes on to the entries that share one, and to their other ids, until no new id comes up.
 * What it has then are whole traces, so they are told apart as all of them would be.
 */
export async function buildFailedTraces(session: Session): Promise<void> {
  await session.run(await sqlFile(import.meta.url, './failed-traces-begin.sql'));
  const spread = await sqlFile(import.meta.url, './failed-traces-spread.sql');
  for (;;) {
    const [row] = await session.rows(z.object({ ids: z.bigint() }), 'SELECT count(*) AS ids FROM failed_frontier');
    if (row === undefined || row.ids === 0n) break;
    await session.run(spread);
  }
  await buildTraceIds(session, { log: 'failed_log', ids: 'failed_ids' });
  await session.run(await sqlFile(import.meta.url, './failed-traces-end.sql'));
}
