import { resolve, sep } from 'node:path';
import { shippedRulesDir } from './discover.ts';
import type { Rule } from './rule.ts';

/** Whether the rule is part of postlude, so that its code and SQL are trusted as postlude's own. */
export function isShipped({ file }: Pick<Rule, 'file'>): boolean {
  return resolve(file).startsWith(`${resolve(shippedRulesDir())}${sep}`);
}
