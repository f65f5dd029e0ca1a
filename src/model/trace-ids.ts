import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';

/**
 * Makes a table `ids` (account_id, id, trace_id) of the traces in `log`, a table with account_id, request_id and correlation_id.
 * Where the log is a part of all entries, it has to hold its traces whole.
 */
export async function buildTraceIds(
  session: Session,
  { log, ids }: { readonly log: string; readonly ids: string },
): Promise<void> {
  const [begin, spread, end] = await Promise.all(
    ['begin', 'spread', 'end'].map(async (part) =>
      (await sqlFile(import.meta.url, `./trace-ids-${part}.sql`)).replaceAll('{{log}}', log).replaceAll('{{ids}}', ids),
    ),
  );
  if (begin === undefined || spread === undefined || end === undefined) throw new Error('trace ids lack a part');
  await session.run(begin);
  for (;;) {
    await session.run(spread);
    const [row] = await session.rows(
      z.object({ changed: z.bigint() }),
      `SELECT count(*) AS changed FROM ${ids}_members_next AS later JOIN ${ids}_members AS earlier USING (link, account_id, id)
      WHERE later.label <> earlier.label`,
    );
    await session.run(`DROP TABLE ${ids}_members`);
    await session.run(`ALTER TABLE ${ids}_members_next RENAME TO ${ids}_members`);
    if (row === undefined || row.changed === 0n) break;
  }
  await session.run(end);
}
