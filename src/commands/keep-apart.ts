import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../engine/errors.ts';

/** A file that a call names, and by which option or argument. */
export type Named = { readonly by: string; readonly file: string };

/** What `--format NAME=FILE` writes. */
export function reportFiles(formats: readonly string[]): readonly Named[] {
  return formats.flatMap((format) => {
    const at = format.indexOf('=');
    return at < 0 ? [] : [{ by: '--format', file: format.slice(at + 1) }];
  });
}

/** What an option names, where it was given. */
export function named(by: string, files: string | readonly string[] | undefined): readonly Named[] {
  return [files ?? []].flat().map((file) => ({ by, file }));
}

/**
 * What a call writes is neither what it reads nor written twice: an export or a store would be gone, or one of two outputs. What only lies
 * in a folder that is read is not looked for.
 * @throws UserError before anything is done
 */
export async function keepApart(written: readonly Named[], read: readonly Named[]): Promise<void> {
  const taken = new Map<string, Named>();
  for (const { by, file } of read) taken.set(await placeOf(file), { by, file });
  const reads = new Set(taken.keys());
  for (const { by, file } of written) {
    if (await isNoFile(file)) continue;
    const place = await placeOf(file);
    const other = taken.get(place);
    if (other !== undefined && reads.has(place)) {
      throw new UserError(`${by} ${file} would replace what ${other.by} reads; name another file`);
    }
    if (other !== undefined && other.by !== by) {
      throw new UserError(`${other.by} and ${by} both name ${file}; give each its own file`);
    }
    taken.set(place, { by, file });
  }
}

/** Through links, and also of a file that is not there yet. */
async function placeOf(file: string): Promise<string> {
  const path = resolve(file);
  const folder = () => realpath(dirname(path)).catch(() => dirname(path));
  return realpath(path).catch(async () => join(await folder(), basename(path)));
}

/** Devices such as /dev/null take as much as one likes; that a folder cannot be written is told elsewhere. */
async function isNoFile(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => null);
  return info !== null && !info.isFile();
}
