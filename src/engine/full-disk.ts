import { dirname } from 'node:path';
import { isErrno, messageOf, UserError } from './errors.ts';

/** Whether something could not be written because the disk is full, or all is used that one may have of it. */
export function isFullDisk(thrown: unknown): boolean {
  // DuckDB tells what the system says as a text alone.
  return isErrno(thrown, 'ENOSPC', 'EDQUOT') || /No space left on device|Disk quota exceeded/i.test(messageOf(thrown));
}

/**
 * What was thrown while something was written into the spill folder of a session, or, where it was the disk, what a user can do about it.
 * @param spillDir the folder itself, which nobody has named
 */
export function asFullTemp(spillDir: string, thrown: unknown): unknown {
  return isFullDisk(thrown) ? new UserError(fullTemp(dirname(spillDir))) : thrown;
}

/** @param folder as it was named */
export function fullTemp(folder: string): string {
  return `cannot write temporary files in ${folder}: no space left there; make room, or name another folder with --temp-dir`;
}
