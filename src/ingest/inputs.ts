import { isUtf8 } from 'node:buffer';
import { constants, createReadStream, createWriteStream, type Stats } from 'node:fs';
import { access, lstat, open, readdir, realpath, stat, symlink } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import { glob } from 'tinyglobby';
import { isErrno, messageOf } from '../engine/errors.ts';
import { asFullTemp } from '../engine/full-disk.ts';
import type { Issue } from '../engine/issue.ts';
import { haltable } from '../engine/stop.ts';

export type InputFile = {
  /** As the user named it: relative paths stay relative, a file of a folder is `folder/…`, standard input is `stdin`. */
  readonly path: string;
  /** Where it is read, absolute. */
  readonly readPath: string;
  /** Named itself, not found in a folder or by a glob. */
  readonly named: boolean;
};

export type InputOptions = {
  /** Standard input and pipes are copied here, because inputs are read more than once. */
  readonly spillDir: string;
  /** What `-` stands for; the process's own standard input by default. */
  readonly stdin?: NodeJS.ReadableStream;
};

/** A file on its way to be an input: paths are bytes, because the system's names need not be UTF-8. */
type Found = { readonly shown: string; readonly bytes: Buffer; readonly named: boolean };

/**
 * The files behind paths, folders, globs and `-`, each once, in the order of their shown paths. Where a path leads to
 * nothing that can be read, that is an issue of severity `error`.
 */
export async function findInputs(
  paths: readonly string[],
  options: InputOptions,
): Promise<{ readonly inputs: readonly InputFile[]; readonly issues: readonly Issue[] }> {
  const issues: Issue[] = [];
  const found: Found[] = [];
  const visited = new Set<string>();
  const spool = spooler(options.spillDir);

  const refuse = (file: string, message: string) => {
    issues.push({ severity: 'error', file, message });
  };

  const addPath = async (path: string, bytes: Buffer, named: boolean, info: Stats) => {
    if (info.isDirectory()) {
      const before = found.length + issues.length;
      const isNew = await addFolder(path, bytes);
      if (named && isNew && found.length + issues.length === before)
        refuse(path, 'no files in this folder (names that begin with a dot are passed over).');
    } else if (info.isFile()) {
      found.push({ shown: path, bytes, named });
    } else if (named && (await isEndless(bytes, info))) {
      refuse(path, 'cannot be read: it is a device, not a file or a pipe.');
    } else if (named) {
      // A pipe, such as the shell's <(zcat …), can be read only once.
      const stream = createReadStream(bytes);
      // A pipe that nobody writes to holds a thread until somebody does; only the end of the process ends that.
      const forget = haltable(() => new Promise<void>((resolve) => stream.once('close', () => resolve())));
      await spooled(path, stream).finally(forget);
    }
  };

  const spooled = async (shown: string, stream: NodeJS.ReadableStream) => {
    try {
      found.push({ shown, bytes: Buffer.from(await spool(stream)), named: true });
    } catch (thrown) {
      if (!isErrno(thrown, 'EACCES', 'EPERM', 'ENXIO', 'EIO', 'EISDIR', 'EAGAIN')) throw thrown;
      refuse(shown, `cannot be read: ${messageOf(thrown)}.`);
    }
  };

  /** False where it was entered before: links may lead back up, and a folder be named beside one that it is in. */
  const addFolder = async (shown: string, folder: Buffer): Promise<boolean> => {
    const names = await quietly(shown, async () => {
      const real = (await realpath(folder, 'buffer')).toString('latin1');
      if (visited.has(real)) return 'before';
      visited.add(real);
      return readdir(folder, { encoding: 'buffer' });
    });
    if (names === 'before') return false;
    const prefix = shown.endsWith('/') ? shown : `${shown}/`;
    for (const name of [...(names ?? [])].sort(Buffer.compare)) {
      if (name[0] === 0x2e) continue;
      const path = Buffer.concat([folder, Buffer.from('/'), name]);
      const shownPath = `${prefix}${nameAsText(name)}`;
      const info = await quietly(shownPath, () => stat(path));
      if (info !== null) await addPath(shownPath, path, false, info);
    }
    return true;
  };

  /** `null`, and an issue, where the file system refuses. */
  const quietly = async <T>(shown: string, look: () => Promise<T>): Promise<T | null> => {
    try {
      return await look();
    } catch (thrown) {
      if (isErrno(thrown, 'ENOENT', 'ENOTDIR'))
        refuse(shown, 'a link that leads nowhere, or a file that was taken away meanwhile.');
      else if (isErrno(thrown, 'ELOOP')) refuse(shown, 'a link that leads to itself.');
      else if (isErrno(thrown, 'EACCES', 'EPERM'))
        refuse(shown, 'cannot be read: permission denied. Change its permissions or run as its owner.');
      else if (isErrno(thrown, 'EIO', 'ESTALE', 'ENAMETOOLONG')) refuse(shown, `cannot be read: ${messageOf(thrown)}.`);
      else throw thrown;
      return null;
    }
  };

  for (const path of new Set(paths)) {
    if (path === '-') {
      await spooled('stdin', options.stdin ?? process.stdin);
      continue;
    }
    const info = await existing(path);
    if (info === 'absent' && /[*?[\]{}()!]/.test(path)) {
      const matches = await glob(path, {
        onlyFiles: false,
        expandDirectories: false,
        absolute: isAbsolute(path),
        dot: false,
      });
      if (matches.length === 0)
        refuse(path, 'no file matches this pattern: check it, and quote it if the shell changed it.');
      for (const match of matches.sort()) {
        if (match.includes('\ufffd') && (await existing(match)) === 'absent') {
          refuse(match, 'its name is not UTF-8, so no pattern leads to it: name the folder that it is in.');
          continue;
        }
        const matched = await quietly(match, () => stat(match));
        if (matched !== null) await addPath(match, Buffer.from(resolve(match)), false, matched);
      }
    } else if (info === 'absent') {
      const isLink = (await lstat(path).catch(() => null))?.isSymbolicLink() === true;
      refuse(path, isLink ? 'a link that leads nowhere.' : 'no such file or folder: check the path.');
    } else {
      const known = typeof info === 'string' ? await quietly(path, () => stat(path)) : info;
      if (known !== null) await addPath(path, Buffer.from(resolve(path)), true, known);
    }
  }

  const inputs = new Map<string, InputFile>();
  for (const { shown, bytes, named } of found.sort(inOrder)) {
    const real = await quietly(shown, async () => {
      await access(bytes, constants.R_OK);
      return realpath(bytes, 'buffer');
    });
    if (real === null) continue;
    const key = real.toString('latin1');
    if (!inputs.has(key))
      inputs.set(key, { path: shown, readPath: await readable(real, options.spillDir, inputs.size), named });
  }
  return { inputs: [...inputs.values()].sort((a, b) => compare(a.path, b.path)), issues };
}

/** `other`: there is something, but asking about it fails for another reason. */
async function existing(path: string): Promise<Stats | 'absent' | 'other'> {
  try {
    return await stat(path);
  } catch (thrown) {
    // A name with a NUL in it cannot exist.
    return isErrno(thrown, 'ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE') ? 'absent' : 'other';
  }
}

/** Devices hold nothing that was exported, and some of them never end (/dev/zero); a terminal ends when somebody says so. */
async function isEndless(path: Buffer, info: Stats): Promise<boolean> {
  if (info.isBlockDevice()) return true;
  if (!info.isCharacterDevice()) return false;
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(() => null);
  if (handle === null) return true;
  try {
    return !isatty(handle.fd);
  } finally {
    await handle.close();
  }
}

/** Bytes that are no UTF-8 as `\\xFC`: with the same sign in the place of each, two names could be shown alike. */
function nameAsText(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8');
  let text = '';
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((bytes) => at + bytes <= name.length && isUtf8(name.subarray(at, at + bytes)));
    text +=
      length === undefined
        ? `\\x${name.toString('hex', at, at + 1).toUpperCase()}`
        : name.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** Named files first, so that one that was also found in a folder counts as named. */
function inOrder(a: Found, b: Found): number {
  return Number(b.named) - Number(a.named) || compare(a.shown, b.shown);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A path as text. DuckDB takes no other, so a name that is not UTF-8 gets a link with a plain one. */
async function readable(path: Buffer, spillDir: string, number: number): Promise<string> {
  if (isUtf8(path)) return path.toString('utf8');
  const link = join(spillDir, `input-${number}`);
  await symlink(path, link);
  return link;
}

function spooler(spillDir: string): (stream: NodeJS.ReadableStream) => Promise<string> {
  let count = 0;
  return async (stream) => {
    const path = join(spillDir, `stream-${count++}`);
    await pipeline(stream, createWriteStream(path)).catch((thrown: unknown) => {
      throw asFullTemp(spillDir, thrown);
    });
    return path;
  };
}
