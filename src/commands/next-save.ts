import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isUnreadable, messageOf, UserError } from '../engine/errors.ts';
import { isPassedOver } from '../rules/rule-files.ts';

export type WatchedRules = {
  /** Folders of which the file of any rule counts, in folders below as well. */
  readonly folders: readonly string[];
  /** Rules (`.sql`) that count with what lies beside them: cases, predicate, and the code that it may import. */
  readonly files: readonly string[];
};

/** Editors write several files, and each in steps. */
const settlingMs = 100;

/** Where all of it has gone, and nothing can tell that it is back. */
const againMs = 1000;

/**
 * Begins to watch; `saved` settles a moment after something was saved.
 * Folders are watched, never files: where an editor puts a new file in the place of the old one, a watch on the file stays with the
 * old one, tells nothing any more, and keeps no process alive.
 * @throws UserError where the system lets nobody watch so much
 */
export async function nextSave({ folders, files }: WatchedRules): Promise<{ readonly saved: Promise<void> }> {
  const watched = new Map<string, (name: string) => boolean>();
  const add = (folder: string, counts: (name: string) => boolean) => {
    const others = watched.get(folder);
    watched.set(folder, others === undefined ? counts : (name) => others(name) || counts(name));
  };
  for (const file of files) {
    const beginning = basename(file).replace(/sql$/u, '');
    add(await nearestFolder(dirname(resolve(file))), (name) => name.startsWith(beginning) || name.endsWith('.ts'));
  }
  for (const folder of folders) {
    const path = resolve(folder);
    const watchable = (await isFolder(path)) ? await withFoldersBelow(path) : [await nearestFolder(path)];
    for (const each of watchable) add(each, () => true);
  }
  const watchers: FSWatcher[] = [];
  let settle = () => {};
  const saved = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const close = () => {
    for (const watcher of watchers) watcher.close();
  };
  const end = () => {
    close();
    setTimeout(settle, settlingMs);
  };
  const onChange = async (folder: string, name: string | null, counts: (name: string) => boolean) => {
    if (name === null || (/\.(?:sql|ts|yaml)$/u.test(name) && counts(name))) return end();
    // A folder that went is told by its own name, whether by itself or by the one above.
    if (name === basename(folder) || watched.has(join(folder, name))) return end();
    // One that came, or came back, can hold rules.
    if (!isPassedOver(name) && (await isFolder(join(folder, name)))) end();
  };
  for (const [folder, counts] of watched) {
    try {
      const watcher = watch(folder, (_, name) => void onChange(folder, name, counts));
      // That its folder goes is an error on some systems.
      watchers.push(watcher.on('error', end));
    } catch (thrown) {
      if (isUnreadable(thrown)) continue;
      close();
      throw new UserError(`${folder} cannot be watched: ${messageOf(thrown)}; run it again without --watch`);
    }
  }
  if (watchers.length === 0) setTimeout(settle, againMs);
  return { saved };
}

/** The folder, or what is left of the way to it. */
async function nearestFolder(path: string): Promise<string> {
  const above = dirname(path);
  return above === path || (await isFolder(path)) ? path : nearestFolder(above);
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  return info?.isDirectory() === true;
}

async function withFoldersBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory() && !isPassedOver(entry.name));
  return [folder, ...(await Promise.all(below.map(({ name }) => withFoldersBelow(join(folder, name))))).flat()];
}
