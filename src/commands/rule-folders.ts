import type { ConfigFile } from '../config/config-file.ts';
import { UserError } from '../engine/errors.ts';
import type { FoundRules } from '../rules/discover.ts';
import type { Rule } from '../rules/rule.ts';
import { chosenConfig, configChoice, configOptions } from './config-option.ts';
import type { Context } from './context.ts';
import { onlyText, texts } from './values.ts';

/** Options of commands that look at rules without running them. */
export const ruleFolderOptions = {
  'rules-dir': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'A folder of rules to add to the shipped ones (repeatable)',
  },
  ...configOptions,
  format: { type: 'string', requiresArg: true, describe: 'terminal or json [terminal]' },
} as const;

type Given = Readonly<Record<string, unknown>>;

/** @throws UserError for any other format */
export function listFormat(command: string, given: Given): 'terminal' | 'json' {
  const format = onlyText('--format', given.format) ?? 'terminal';
  if (format === 'terminal' || format === 'json') return format;
  throw new UserError(`${command} --format must be terminal or json, not "${format}"`);
}

/**
 * The shipped rules, those of the configuration's packs and of the folders given; what is wrong with any of them is told, and the
 * others are there.
 */
export async function rulesOfFolders(context: Context, given: Given): Promise<readonly Rule[]> {
  const { findRules, formatProblems, shippedRulesDir } = await import('../rules/discover.ts');
  // No predicate is loaded, whatever the packs hold.
  const config = await chosenConfig(configChoice(given), { runsCode: false });
  const packs = config === undefined ? [] : await (await import('../config/packs.ts')).packPaths(config);
  const known = await findRules([shippedRulesDir(), ...packs, ...texts('--rules-dir', given['rules-dir'])]);
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
