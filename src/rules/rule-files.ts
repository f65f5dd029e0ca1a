import { type Dirent, readFileSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '../engine/compare.ts';
import { isErrno, isUnreadable, messageOf } from '../engine/errors.ts';
import { displayPath, isInside, type Problem } from './position.ts';

/** What lies below a folder of rules. */
export type Listing = {
  /** By their paths, which begin with that of the folder: all that is no folder, whether it can be read or not. */
  readonly files: readonly string[];
  /** Folders that cannot be looked into, and links that lead nowhere. */
  readonly problems: readonly Problem[];
};

/** Lists a folder with all below it. Links to folders are followed, and no folder is listed twice. */
export async function filesBelow(folder: string): Promise<Listing> {
  const files: string[] = [];
  const problems: Problem[] = [];
  const entered = new Set<string>();
  const root = await realpath(folder);

  const enter = async (path: string): Promise<readonly string[]> => {
    let entries: readonly Dirent[];
    try {
      const real = await realpath(path);
      // A link that leads up, to what holds the rules, would make rules of whatever else is in there.
      if (entered.has(real) || (real !== root && isInside(real, root))) return [];
      entered.add(real);
      entries = await readdir(path, { withFileTypes: true });
    } catch (thrown) {
      problems.push(unreadableFile(path, thrown));
      return [];
    }
    const links: string[] = [];
    for (const entry of entries) {
      if (isPassedOver(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.isSymbolicLink()) links.push(inner);
      else if (entry.isDirectory()) links.push(...(await enter(inner)));
      else files.push(inner);
    }
    return links;
  };

  // What lies there itself comes first: a link beside it must not give its rules another id.
  let links = await enter(folder);
  while (links.length > 0) {
    const further: string[] = [];
    for (const link of links.toSorted(compareText)) {
      const kind = await kindOfLink(link);
      if (kind === 'folder') further.push(...(await enter(link)));
      // Of what would be a file of a rule those tell who read it.
      else if (kind === 'file' || /\.(?:sql|ts|yaml)$/u.test(link)) files.push(link);
      else problems.push(kind);
    }
    links = further;
  }
  return { files: files.sort(compareText), problems };
}

/** Whether rules are looked for elsewhere only, by the name of a file or folder. */
export function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

async function kindOfLink(path: string): Promise<'folder' | 'file' | Problem> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (thrown) {
    return unreadableFile(path, thrown);
  }
}

/** The text of a file of a rule, or what keeps from reading it. */
export async function textOfFile(file: string): Promise<{ readonly text: string } | { readonly problem: Problem }> {
  try {
    // A pipe has no end before somebody writes to it, and nobody does; it holds a thread until then, so that no signal ends the process.
    // At once: of a hundred small files, asked one after the other, waiting for each takes longer than reading it.
    if (!statSync(file).isFile()) return { problem: { ...top(file), message: 'cannot be read: it is no file' } };
    return { text: readFileSync(file, 'utf8') };
  } catch (thrown) {
    return { problem: unreadableFile(file, thrown) };
  }
}

/** What the file system said against a file or folder, for people. */
export function unreadableFile(file: string, thrown: unknown): Problem {
  const message = isErrno(thrown, 'ENOENT', 'ENOTDIR')
    ? 'cannot be read: it is a link that leads nowhere, or was taken away meanwhile'
    : isErrno(thrown, 'ELOOP')
      ? 'cannot be read: it is a link that leads to itself'
      : isErrno(thrown, 'EACCES', 'EPERM')
        ? 'cannot be read: permission denied; change its permissions, or run as its owner'
        : isUnreadable(thrown) || isErrno(thrown, 'ENAMETOOLONG', 'ERR_FS_FILE_TOO_LARGE')
          ? `cannot be read: ${messageOf(thrown)}`
          : null;
  if (message === null) throw thrown;
  return { ...top(file), message };
}

function top(file: string): Omit<Problem, 'message'> {
  return { file: displayPath(file), line: 1, column: 1 };
}
