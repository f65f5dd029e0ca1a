import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isErrno } from '../engine/errors.ts';

/** Where the build leaves beside the code what it has found out. */
export const pathByBuild = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** What is there, as JSON; an empty object where the build has not been. */
export async function knownByBuild(name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(pathByBuild(name), 'utf8'));
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return {};
    throw thrown;
  }
}
