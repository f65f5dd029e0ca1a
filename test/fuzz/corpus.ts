/** Bytes that reached what nothing smaller reached, kept from run to run. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isErrno } from '../../src/engine/errors.ts';

const root = fileURLToPath(new URL('corpus/', import.meta.url));
const largestKept = 4096;

export type CorpusFile = { readonly name: string; readonly bytes: Buffer };

/** Those that begin with `find-` were failures once. */
export async function corpusOf(target: string): Promise<readonly CorpusFile[]> {
  const folder = join(root, target);
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
  return Promise.all(names.sort().map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

/** Replaces what was kept of a target; what were failures stays. */
export async function keepCorpus(target: string, kept: readonly Buffer[]): Promise<void> {
  const folder = join(root, target);
  await mkdir(folder, { recursive: true });
  for (const { name } of await corpusOf(target)) if (!name.startsWith('find-')) await rm(join(folder, name));
  for (const bytes of kept) await writeFile(join(folder, nameOf(bytes)), bytes);
}

export function nameOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

/** Small, and without anything that could be somebody's telephone number or account. */
export function mayBeKept(bytes: Buffer): boolean {
  if (bytes.length > largestKept) return false;
  const text = bytes.toString('latin1').replaceAll('\0', '');
  return !/\+(?!1555|00)\d{8,15}/.test(text) && !/AC(?!0{20})[0-9a-f]{32}/.test(text);
}
