import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';

/**
 * Makes sure, before any work is done, that a report can be written there.
 * @throws UserError where the folder is missing, or the name is that of a folder.
 */
export async function checkTarget(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  const info = await stat(folder).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR'))
      throw new UserError(`cannot write ${file}: there is no folder ${folder}; create it first`);
    throw unwritable(file, thrown);
  });
  if (!info.isDirectory()) throw new UserError(`cannot write ${file}: ${folder} is not a folder`);
  const target = await stat(file).catch(() => null);
  if (target?.isDirectory() === true) throw new UserError(`cannot write ${file}: it is a folder; name a file in it`);
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, which then takes its place.
 * @throws UserError where it cannot be written.
 */
export async function writeWhole(file: string, pieces: Iterable<string>): Promise<void> {
  await checkTarget(file);
  const special = await stat(file).then(
    (info) => !info.isFile(),
    () => false,
  );
  // A pipe or device (/dev/stdout, a process substitution) cannot be replaced; it is written as it is.
  const temporary = special
    ? file
    : join(dirname(resolve(file)), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, special ? 'w' : 'wx');
    try {
      for (const piece of joined(pieces)) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    if (!special) await rename(temporary, file);
  } catch (thrown) {
    if (!special) await rm(temporary, { force: true });
    throw unwritable(file, thrown);
  }
}

/** Small pieces together: a system call for each finding would be slow. */
export function* joined(pieces: Iterable<string>, size = 1 << 20): Generator<string> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield waiting.join('');
    waiting = [];
    length = 0;
  }
  if (length > 0) yield waiting.join('');
}

function unwritable(file: string, thrown: unknown): unknown {
  // A system error has a code; anything else was thrown by the report itself and is a bug.
  if (!(thrown instanceof Error) || !('syscall' in thrown)) return thrown;
  return new UserError(`cannot write ${file}: ${messageOf(thrown)}`);
}
