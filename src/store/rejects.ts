import type { SessionOptions } from '../engine/session.ts';
import { rejectLines } from '../ingest/rejects.ts';
import { writeWhole } from '../report/target.ts';
import { openWithStore } from './store-file.ts';

/**
 * Writes every record that could not be loaded into a store, by this load or an earlier one, as `rejectLines` tells it.
 * @throws UserError where the file cannot be written, or somebody else holds the store
 */
export async function writeStoredRejects(
  db: string,
  file: string,
  limits: Pick<SessionOptions, 'memoryLimit' | 'tempDir'>,
): Promise<void> {
  const { session } = await openWithStore(db, 'read', limits);
  try {
    await writeWhole(file, rejectLines(session, { rejects: 'store.log.rejects', files: 'store.log.files' }, true));
  } finally {
    await session.close();
  }
}
