import { setTimeout as sleep } from 'node:timers/promises';
import { bytesRead } from '../engine/bytes-read.ts';
import type { Session } from '../engine/session.ts';
import { lineIndexes } from './line-index.ts';
import { indexLines, type LocatableFile } from './locate.ts';

/** In milliseconds. */
const tellEvery = 100;
const lookEvery = 10;

/**
 * Does work by which files are read elsewhere than here, tells meanwhile how many bytes were read for it, and makes the line indexes of
 * the files on the way. Right behind DuckDB what it read is still in memory; later the disk would be read again, where the
 * files are larger than that: 20 s of an audit of 16 GB.
 * @returns what the work gave, once the files have their indexes
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
