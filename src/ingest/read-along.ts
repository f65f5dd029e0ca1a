import { setTimeout as sleep } from 'node:timers/promises';
import { bytesRead } from '../engine/bytes-read.ts';
import { machineMemory } from '../engine/machine-memory.ts';
import type { Session } from '../engine/session.ts';
import { lineIndexes } from './line-index.ts';
import { indexLines, type LocatableFile } from './locate.ts';

/** In milliseconds. */
const tellEvery = 100;
const lookEvery = 10;

/** Whether files of so many bytes are likely to lie in memory still when they have been loaded, beside the tables that were made of them. */
export function stayInMemory(bytes: number, machine = machineMemory()): boolean {
  return bytes < machine / 4;
}

/**
 * Does work by which files are read elsewhere than here, tells meanwhile how many bytes were read for it, and makes line indexes on the
 * way. Right behind DuckDB what it read is still in memory; later the disk would be read again for files that do not stay
 * there: 14 s of an audit of 16 GB. For others it is left to whoever needs it.
 * @param files that are to have their indexes
 * @returns what the work gave, once they have them
 */
export async function readAlong<Result>(
  session: Session,
  files: readonly LocatableFile[],
  tell: (bytes: number) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = bytesRead();
  // Where the system does not tell, the indexes are made when somebody needs them.
  if (before === null) return work();
  let own = 0;
  let state: 'reading' | 'read' | 'failed' = 'reading';
  const bytesOfWork = () => (bytesRead() ?? before) - before - own;

  const working = async () => {
    try {
      const result = await work();
      state = 'read';
      return result;
    } catch (thrown) {
      state = 'failed';
      throw thrown;
    }
  };
  const indexing = indexLines(files, lineIndexes(session), async (bytes) => {
    own += bytes;
    while (state === 'reading' && bytesOfWork() < own) await sleep(lookEvery);
    return state !== 'failed';
  });
  const telling = setInterval(() => tell(bytesOfWork()), tellEvery);
  const both = [working(), indexing] as const;
  // Nobody may close the session while DuckDB still reads.
  await Promise.allSettled(both);
  clearInterval(telling);
  const [result] = await Promise.all(both);
  return result;
}
