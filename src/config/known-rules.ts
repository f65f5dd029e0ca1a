import { type FoundRules, findRules, noRuleIn, shippedRulesDir } from '../rules/discover.ts';
import { isInside } from '../rules/position.ts';
import type { ConfigFile } from './config-file.ts';

/**
 * The shipped rules, then those of the packs of the configuration, then those of the folders.
 * @throws UserError for packs or folders that are not there, and for folders without any rule
 */
export async function knownRules(config: ConfigFile | undefined, folders: readonly string[]): Promise<FoundRules> {
  // Most calls have no configuration, and need nothing of what finds packages.
  const packs = config === undefined ? [] : await (await import('./packs.ts')).packPaths(config);
  const found = await findRules([shippedRulesDir(), ...packs, ...folders]);
  const files = [...found.rules, ...found.broken, ...found.problems].map(({ file }) => file);
  const empty = folders.filter((folder) => !files.some((file) => isInside(folder, file)));
  if (empty.length > 0) throw noRuleIn(empty);
  return found;
}
