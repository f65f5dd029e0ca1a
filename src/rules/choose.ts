import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { isUnreadable, UserError } from '../engine/errors.ts';
import { type BrokenRule, findRules, noRuleIn, shippedRulesDir } from './discover.ts';
import { isInside, type Problem } from './position.ts';
import type { Rule } from './rule.ts';
import { rulesMatching, selectRules } from './select.ts';

/** The rules that a call about rules themselves means. */
export type ChosenRules = {
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  /** Meant too, but their headers are wrong. */
  readonly broken: readonly BrokenRule[];
  /** What reading has found wrong in their files, and in what else lies in the folders that are meant as a whole. */
  readonly problems: readonly Problem[];
  /** Ids of those that were named one by one, rather than by a folder or pattern. */
  readonly named: ReadonlySet<string>;
  /** The folders of rules that the chosen ones are from, each with all of its rules. */
  readonly folders: readonly RuleFolder[];
  /** Rules of other folders, which the chosen ones can be used together with: the shipped ones, where they are not meant. */
  readonly others: readonly Rule[];
};

export type RuleFolder = { readonly path: string; readonly rules: readonly Rule[] };

/**
 * Chooses rules by folders, `.sql` files and patterns of ids. Without a path they are those of `dirs`, or the shipped ones where there
 * are no `dirs`; patterns choose among them. A path inside of `dirs` or of the shipped rules chooses among these, so that ids stay
 * what they are; any other is a folder of rules, or a rule, of its own.
 * @throws UserError where a path does not exist, or nothing is chosen: it would silently check nothing.
 */
export async function chooseRules(given: readonly string[], dirs: readonly string[] = []): Promise<ChosenRules> {
  const shipped = shippedRulesDir();
  const { paths, patterns } = await pathsAndPatterns(given);
  const homes = [...dirs, shipped, ...(await folders(paths))];
  const roots =
    paths.length === 0
      ? dirs.length === 0
        ? [shipped]
        : dirs
      : [...new Set(paths.map((path) => homes.find((home) => isInside(home, path)) ?? path))];
  const elsewhere = await findRules([...dirs, shipped].filter((home) => !roots.includes(home)));
  const found = await findRules(
    roots,
    [...elsewhere.rules, ...elsewhere.broken].map(({ id }) => id),
  );

  const isMeant = (file: string): boolean => paths.length === 0 || paths.some((path) => isInside(path, file));
  const candidates = [...found.rules, ...found.broken].filter(({ file }) => isMeant(file));
  const strays = found.problems.filter(({ file }) => isMeant(file));
  if (candidates.length === 0 && strays.length === 0) {
    throw noRuleIn(paths.length === 0 ? roots : paths);
  }
  for (const pattern of patterns) {
    if (rulesMatching(candidates, pattern).length === 0 && (await isFolder(pattern))) throw noRuleIn([pattern]);
  }
  const chosen = new Set(selectRules(candidates, patterns).map(({ id }) => id));
  const rules = found.rules.filter(({ id, file }) => chosen.has(id) && isMeant(file));
  const broken = found.broken.filter(({ id, file }) => chosen.has(id) && isMeant(file));
  const files = new Set([...rules, ...broken].map(({ file }) => file));
  const single = new Set([...patterns, ...paths.map((path) => resolve(path))]);
  return {
    rules,
    broken,
    problems: patterns.length === 0 ? strays : found.problems.filter(({ file }) => files.has(file)),
    named: new Set(rules.filter(({ id, file }) => single.has(id) || single.has(resolve(file))).map(({ id }) => id)),
    folders: (await folders(roots)).map((path) => ({
      path,
      rules: found.rules.filter(({ file }) => isInside(path, file)),
    })),
    others: elsewhere.rules,
  };
}

/** What is there is a path, unless no rule is in it; the rest are patterns, which are refused later where they match nothing. */
async function pathsAndPatterns(
  given: readonly string[],
): Promise<{ readonly paths: readonly string[]; readonly patterns: readonly string[] }> {
  const paths: string[] = [];
  const patterns: string[] = [];
  for (const text of given) {
    if (text.trim() === '')
      throw new UserError('a path or pattern of rules is empty; give it a value, or leave it out');
    const isPath = text.endsWith('.sql') || /^\.{0,2}[\\/]|^\.{1,2}$/u.test(text) || isAbsolute(text);
    if (isPath || (await holdsRules(text))) paths.push(text);
    else patterns.push(text);
  }
  return { paths, patterns };
}

async function holdsRules(path: string): Promise<boolean> {
  if (!(await isFolder(path))) return false;
  const { rules, problems } = await findRules([path]);
  return rules.length + problems.length > 0;
}

async function folders(paths: readonly string[]): Promise<readonly string[]> {
  const are = await Promise.all(paths.map(isFolder));
  return paths.filter((_, at) => are[at]);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (thrown) {
    if (isUnreadable(thrown)) return false;
    throw thrown;
  }
}
