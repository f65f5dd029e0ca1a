import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isErrno } from '../engine/errors.ts';

/** Headers as YAML gives them, not yet checked, by the hash of their text. */
export type KnownHeaders = ReadonlyMap<string, unknown>;

/**
 * What the build has read of the shipped rules: taking YAML apart is most of what it costs to read a rule. Where the build has
 * not been, or a rule was changed since, its header is not in here and is read as any other.
 */
export async function knownHeaders(): Promise<KnownHeaders> {
  try {
    const file = fileURLToPath(new URL('../known-headers.json', import.meta.url));
    const known: unknown = JSON.parse(await readFile(file, 'utf8'));
    return new Map(Object.entries(typeof known === 'object' && known !== null ? known : {}));
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return new Map();
    throw thrown;
  }
}

/** As the build makes it (rolldown.config.mjs). */
export function hashOfHeader(yaml: string): string {
  return createHash('sha256').update(yaml).digest('hex');
}
