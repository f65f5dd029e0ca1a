import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';
import { checkYaml, type Locate } from '../rules/checked-yaml.ts';
import { displayPath, formatProblem, type Problem } from '../rules/position.ts';
import { type Config, configSchema } from './schema.ts';

/** A configuration that was read and is right by itself; whether it fits the rules is seen when they are known. */
export type ConfigFile = {
  /** As the user would type it. */
  readonly file: string;
  /** Its folder, absolute: packs are found from there. */
  readonly folder: string;
  readonly config: Config;
  /** The place of a key, for messages. */
  readonly locate: Locate;
};

const configName = 'postlude.config.yaml';

/**
 * The nearest `postlude.config.yaml` in this folder or above it, or null where there is none up to the root.
 * @throws UserError where a file of almost that name would be passed over in silence
 */
export async function findConfig(folder: string): Promise<string | null> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, configName);
    if (await exists(file)) return file;
    const almost = join(at, 'postlude.config.yml');
    if (await exists(almost))
      throw new UserError(`${displayPath(almost)} is not read: its name has to be ${configName}`);
    if (at === dirname(at)) return null;
  }
}

async function exists(file: string): Promise<boolean> {
  const info = await stat(file).catch((thrown: unknown) => {
    // A folder above that may not be looked into cannot hold a file for us either.
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return null;
    throw thrown;
  });
  return info !== null;
}

/** @throws UserError where it cannot be read, or with everything that is wrong with it, a line each */
export async function readConfig(file: string): Promise<ConfigFile> {
  const name = displayPath(file);
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) throw new UserError(`no such configuration file: ${file}`);
    if (isErrno(thrown, 'EISDIR')) throw new UserError(`${name} is a folder; name a configuration file`);
    throw new UserError(`cannot read ${name}: ${messageOf(thrown)}`);
  });
  return parseConfig(file, text);
}

/**
 * @param file where the text is from: paths in it begin at its folder
 * @throws UserError with everything that is wrong with it, a line each
 */
export function parseConfig(file: string, text: string): ConfigFile {
  const source = { file: displayPath(file), text: text.replace(/^\uFEFF/u, ''), name: 'the configuration' };
  // A file in which everything is commented out says nothing.
  const checked = checkYaml(source, configSchema.nullable());
  if (!checked.ok) throw problemsError(checked.problems);
  return {
    file: source.file,
    folder: dirname(resolve(file)),
    config: checked.value ?? configSchema.parse({}),
    locate: checked.locate,
  };
}

/** All that is wrong with a configuration, as one error. */
export function problemsError(problems: readonly Problem[]): UserError {
  return new UserError(problems.map(formatProblem).join('\n'));
}
