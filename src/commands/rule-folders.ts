import type { ConfigFile } from '../config/config-file.ts';
import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { ChosenRules } from '../rules/choose.ts';
import type { FoundRules } from '../rules/discover.ts';
import type { Rule } from '../rules/rule.ts';
import { chosenConfig, configChoice, configOptions } from './config-option.ts';
import type { Context } from './context.ts';
import { onlyText, texts } from './values.ts';

const rulesDir = { type: 'string', array: true, nargs: 1 } as const;

/** Options of commands that look at rules without running them. */
export const ruleFolderOptions = {
  'rules-dir': { ...rulesDir, describe: 'A folder of rules to add to the shipped ones (repeatable)' },
  ...configOptions,
  format: { type: 'string', requiresArg: true, describe: 'terminal or json [terminal]' },
} as const;

/** Options of commands that work on the files of rules, which are those that `chosenRules` gives. */
export const chosenRuleOptions = {
  'rules-dir': { ...rulesDir, describe: 'A folder of rules to look at in place of the shipped ones (repeatable)' },
  ...configOptions,
} as const;

/** For the help of these commands. */
export const chosenRulesHelp =
  'PATH is a folder of rules or a .sql file, GLOB a pattern of rule ids. Without either it is about the rules of --rules-dir, or the packs of postlude.config.yaml, or the shipped rules.';

type Given = Readonly<Record<string, unknown>>;

/**
 * One of the formats that a command has; the first where none is given.
 * @throws UserError for any other
 */
export function oneFormat<Format extends string>(
  command: string,
  given: Given,
  formats: readonly [Format, ...Format[]],
): Format {
  const format = onlyText('--format', given.format) ?? formats[0];
  const known = formats.find((word) => word === format);
  if (known !== undefined) return known;
  throw new UserError(
    `${command} --format must be ${formats.join(' or ')}, not "${format}"${didYouMean(format, formats)}`,
  );
}

/**
 * The shipped rules, those of the configuration's packs and of the folders given; what is wrong with any of them is told, and the
 * others are there.
 */
export async function rulesOfFolders(context: Context, given: Given): Promise<readonly Rule[]> {
  const [{ formatProblems }, { knownRules }] = await Promise.all([
    import('../rules/discover.ts'),
    import('../config/known-rules.ts'),
  ]);
  // No predicate is loaded, whatever the packs hold.
  const config = await chosenConfig(configChoice(given), { runsCode: false });
  const known = await knownRules(config, texts('--rules-dir', given['rules-dir']));
  if (config !== undefined) await tellMisfits(context, config, known);
  const { rules, problems } = known;
  if (problems.length > 0) {
    context.warn(formatProblems(problems));
    context.exit(2);
  }
  return rules;
}

/** Entries that fit no rule keep nobody from looking at the rules: that may be how the right name is found. */
async function tellMisfits(context: Context, config: ConfigFile, known: FoundRules): Promise<void> {
  const { configure } = await import('../config/settings.ts');
  try {
    configure(config, known);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    context.warn(thrown.message);
    context.exit(2);
  }
}

/**
 * The rules that a call such as `postlude rules lint [PATH or GLOB…] --rules-dir DIR` is about.
 * What is wrong with their files is among them and not told yet.
 * @throws UserError where a path or folder does not exist, or a pattern matches nothing
 */
export async function chosenRules(pathsAndGlobs: readonly string[], given: Given): Promise<ChosenRules> {
  const { chooseRules } = await import('../rules/choose.ts');
  const dirs = texts('--rules-dir', given['rules-dir']);
  return chooseRules(pathsAndGlobs, dirs.length > 0 ? dirs : await packs(given));
}

async function packs(given: Given): Promise<readonly string[]> {
  const config = await chosenConfig(configChoice(given), { runsCode: given['no-code'] !== true });
  return config === undefined ? [] : (await import('../config/packs.ts')).packPaths(config);
}
