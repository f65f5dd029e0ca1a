import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';

/** Where no command took the call. One line, and not the whole help: the line would scroll away. */
export function unknownCommand(program: string, name: string | number | undefined, known: readonly string[]): never {
  const help = `see ${program} --help`;
  if (name === undefined) throw new UserError(`name a command, ${known.join(' or ')}: ${help}`);
  throw new UserError(`unknown command "${name}"${didYouMean(String(name), known)} (${help})`);
}

/** What yargs says about a wrong call, as one line with a hint. */
export function wrongCall(message: string, knownOptions: readonly string[]): UserError {
  const [, unknown] = /^Unknown arguments?: ([^,\s]+)/.exec(message) ?? [];
  if (unknown !== undefined) {
    const dashes = unknown.length === 1 ? '-' : '--';
    if (knownOptions.includes(unknown)) {
      return new UserError(
        `unknown option ${dashes}${unknown}: another command has it, this one does not (see COMMAND --help)`,
      );
    }
    const meant = didYouMean(unknown, knownOptions).replaceAll('"', '').replace(': did you mean ', ': did you mean --');
    return new UserError(`unknown option ${dashes}${unknown}${meant} (see postlude --help, or COMMAND --help)`);
  }
  const [, lacking] = /^Not enough arguments following: (\S+)/.exec(message) ?? [];
  if (lacking !== undefined) {
    const option = lacking.length === 1 ? `-${lacking}` : `--${lacking}`;
    return new UserError(`${option} needs a value; write ${option}=VALUE where it begins with a dash`);
  }
  return new UserError(message.replaceAll(/\s*\n\s*/g, ' ').trim());
}
