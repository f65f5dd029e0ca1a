import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, renameSync, rmSync } from 'node:fs';
import { open, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';
import { isFullDisk } from '../engine/full-disk.ts';
import { checkStopped, tellWritten, temporaryPath } from '../engine/stop.ts';

/** Text, which is written as UTF-8, or bytes. */
export type Piece = string | Uint8Array;

/** What a file is made of, one after the other. */
export type Pieces = Iterable<Piece> | AsyncIterable<Piece>;

/**
 * Makes sure, before any work is done, that a report can be written there.
 * @throws UserError where the folder is missing, or the name is that of a folder or `-`.
 */
export async function checkTarget(file: string): Promise<void> {
  // Paths to read from may be `-`, so whoever writes it means standard output, and would look for a file of that name in vain.
  if (file === '-') throw new UserError('cannot write -: name a file, or /dev/stdout');
  const folder = dirname(resolve(file));
  const info = await stat(folder).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR'))
      throw new UserError(`cannot write ${file}: there is no folder ${folder}; create it first`);
    return failed(file, thrown);
  });
  if (!info.isDirectory()) throw new UserError(`cannot write ${file}: ${folder} is not a folder`);
  const target = await stat(file).catch(() => null);
  if (target?.isDirectory() === true) throw new UserError(`cannot write ${file}: it is a folder; name a file in it`);
}

/**
 * Writes a file whole or not at all: into a temporary file beside it, which then takes its place.
 * @throws UserError where it cannot be written.
 */
export async function writeWhole(file: string, pieces: Pieces): Promise<void> {
  await checkTarget(file);
  const there = await stat(file).catch(() => null);
  // A pipe or device (/dev/stdout, a process substitution) cannot be replaced; it is written as it is.
  if (there !== null && !there.isFile()) return writeInto(file, 'w', pieces).catch((thrown) => failed(file, thrown));
  await replaceWhole(file, (temporary) => writeInto(temporary, 'wx', pieces));
}

/**
 * Has a file written beside the one that is wanted, under a temporary name, which takes its place once it is whole.
 * @throws UserError where the system refuses
 */
export async function replaceWhole(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  return placeWhole(file, write, renameSync);
}

/**
 * Has a file written that is not there, in the same way.
 * @returns false where another process has made one of that name meanwhile, which stays as it is
 * @throws UserError where the system refuses
 */
export async function createWhole(file: string, write: (temporary: string) => Promise<void>): Promise<boolean> {
  let isMade = true;
  await placeWhole(file, write, (temporary, target) => {
    isMade = linkUnlessThere(temporary, target);
    rmSync(temporary);
  });
  return isMade;
}

/** Unlike renaming, linking replaces nothing. */
function linkUnlessThere(temporary: string, target: string): boolean {
  try {
    linkSync(temporary, target);
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) return false;
    // Not all file systems have links (FAT, some network drives).
    if (!isErrno(thrown, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK')) throw thrown;
    return copyUnlessThere(temporary, target);
  }
  return true;
}

function copyUnlessThere(temporary: string, target: string): boolean {
  try {
    copyFileSync(temporary, target, constants.COPYFILE_EXCL);
    return true;
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) return false;
    throw thrown;
  }
}

async function placeWhole(
  file: string,
  write: (temporary: string) => Promise<void>,
  place: (temporary: string, target: string) => void,
): Promise<void> {
  // Through a link its target is replaced, not the link.
  const target = await realpath(file).catch(() => resolve(file));
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const forget = temporaryPath(temporary);
  try {
    checkStopped();
    await write(temporary);
    // At once, so that whoever stops knows whether the file is there.
    checkStopped();
    place(temporary, target);
    tellWritten(file);
  } catch (thrown) {
    await rm(temporary, { force: true });
    failed(file, thrown);
  } finally {
    forget();
  }
}

async function writeInto(path: string, flags: 'w' | 'wx', pieces: Pieces): Promise<void> {
  const handle = await open(path, flags);
  try {
    for await (const piece of joined(pieces)) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}

/** Small pieces of text together: a system call for each finding would be slow. Bytes come in large pieces already. */
export async function* joined(pieces: Pieces, size = 1 << 20): AsyncGenerator<Piece, void, undefined> {
  let waiting: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    if (typeof piece !== 'string') {
      if (length > 0) yield waiting.join('');
      waiting = [];
      length = 0;
      yield piece;
      continue;
    }
    waiting.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield waiting.join('');
    waiting = [];
    length = 0;
  }
  if (length > 0) yield waiting.join('');
}

function failed(file: string, thrown: unknown): never {
  if (thrown instanceof UserError) throw thrown;
  if (isFullDisk(thrown))
    throw new UserError(`cannot write ${file}: no space left there; make room, or name another file`);
  // A system error says so; anything else was thrown by the report itself and is a bug.
  if (thrown instanceof Error && 'syscall' in thrown) throw new UserError(`cannot write ${file}: ${messageOf(thrown)}`);
  throw thrown;
}
