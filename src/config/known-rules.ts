import { type FoundRules, findRules, shippedRulesDir } from '../rules/discover.ts';
import type { ConfigFile } from './config-file.ts';

/**
 * The shipped rules, then those of the packs of the configuration, then those of the folders.
 * @throws UserError for packs or folders that are not there
 */
export async function knownRules(config: ConfigFile | undefined, folders: readonly string[]): Promise<FoundRules> {
  // Most calls have no configuration, and need nothing of what finds packages.
  const packs = config === undefined ? [] : await (await import('./packs.ts')).packPaths(config);
  return findRules([shippedRulesDir(), ...packs, ...folders]);
}
