import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';

/** Makes `missed_traffic`. Most inputs hold no messages or calls, and the log is not looked through for nothing. */
export async function buildMissedTraffic(session: Session): Promise<void> {
  await session.run(await sqlFile(import.meta.url, './missed-traffic.sql'));
  const [there] = await session.rows(
    z.object({ any: z.boolean() }),
    'SELECT EXISTS (FROM messages) OR EXISTS (FROM calls) AS any',
  );
  if (there?.any === true) await session.run(await sqlFile(import.meta.url, './missed-traffic-found.sql'));
}
