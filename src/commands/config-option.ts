import { stat } from 'node:fs/promises';
import type { ConfigFile } from '../config/config-file.ts';
import { UserError } from '../engine/errors.ts';
import { onlyText } from './values.ts';

/** Options of every command that deals with rules: which configuration file is read. */
export const configOptions = {
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'The configuration file [postlude.config.yaml here or in a folder above]',
  },
  'no-config': { type: 'boolean', describe: 'Read no configuration file' },
} as const;

/** The file that was named, `search` to look for one, or null for none. */
export type ConfigChoice = { readonly file: string } | 'search' | null;

/** @throws UserError where both were given, or the name is empty */
export function configChoice(given: { readonly config?: unknown; readonly 'no-config'?: unknown }): ConfigChoice {
  const file = onlyText('--config', given.config);
  if (file === undefined) return given['no-config'] === true ? null : 'search';
  if (given['no-config'] === true) throw new UserError('--config and --no-config contradict each other; give one');
  if (file.trim() === '') throw new UserError('--config is empty; give it a value, or leave it out');
  return { file };
}

/**
 * Reads the configuration file that was chosen; undefined where there is none.
 * @param runsCode predicates of its packs will be run
 * @throws UserError with everything that is wrong with it, or where somebody else's file would bring code that nobody asked for
 */
export async function chosenConfig(
  choice: ConfigChoice,
  { runsCode }: { readonly runsCode: boolean },
): Promise<ConfigFile | undefined> {
  if (choice === null) return undefined;
  const { findConfig, readConfig } = await import('../config/config-file.ts');
  if (choice !== 'search') return readConfig(choice.file);
  const found = await findConfig(process.cwd());
  if (found === null) return undefined;
  const config = await readConfig(found);
  // In a folder that many may write to, such as /tmp, anybody could leave a file whose packs then run as whoever works below it.
  if (runsCode && config.config.packs.length > 0 && (await belongsToAnother(found))) {
    throw new UserError(
      `${config.file} belongs to another user, and its packs could run code: name it with --config if you trust it, or give --no-config or --no-code`,
    );
  }
  return config;
}

async function belongsToAnother(file: string): Promise<boolean> {
  const own = process.getuid?.();
  const { uid } = await stat(file);
  // Windows has no such owners; root could change anything anyway.
  return own !== undefined && uid !== own && uid !== 0;
}
