import { openSession, type Session } from '../engine/session.ts';
import { loadExports } from '../ingest/load.ts';
import { buildModel, publicTables } from './build.ts';

/**
 * A locked session with every public table, all of them empty: what a rule's SQL can be checked against, and asked what it returns,
 * without an export. Whoever opens it closes it.
 */
export async function openEmptyModel(): Promise<Session> {
  const session = await openSession();
  try {
    await loadExports(session, { paths: [], keepBody: true });
    await buildModel(session, { tables: new Set(publicTables), columns: new Set(['body', 'trace_id']) });
    await session.lock();
    return session;
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}
