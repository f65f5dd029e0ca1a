import { createHash } from 'node:crypto';
import { knownByBuild } from './known-by-build.ts';

/** Headers as YAML gives them, not yet checked, by the hash of their text. */
export type KnownHeaders = ReadonlyMap<string, unknown>;

/**
 * What the build has read of the shipped rules: taking YAML apart is most of what it costs to read a rule. Where the build has
 * not been, or a rule was changed since, its header is not in here and is read as any other.
 */
export async function knownHeaders(): Promise<KnownHeaders> {
  const known = await knownByBuild('known-headers.json');
  return new Map(Object.entries(typeof known === 'object' && known !== null ? known : {}));
}

/** As the build makes it (rolldown.config.mjs). */
export function hashOfHeader(yaml: string): string {
  return createHash('sha256').update(yaml).digest('hex');
}
