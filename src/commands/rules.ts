import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { rulesDocsCommand } from './rules-docs.ts';
import { rulesLintCommand } from './rules-lint.ts';
import { rulesListCommand } from './rules-list.ts';
import { rulesNewCommand } from './rules-new.ts';
import { rulesRunCommand } from './rules-run.ts';
import { rulesShowCommand } from './rules-show.ts';
import { rulesTestCommand } from './rules-test.ts';
import { rulesTypesCommand } from './rules-types.ts';
import { unknownCommand } from './unknown.ts';

const commands = [
  rulesListCommand,
  rulesShowCommand,
  rulesNewCommand,
  rulesRunCommand,
  rulesTestCommand,
  rulesLintCommand,
  rulesTypesCommand,
  rulesDocsCommand,
] as const;

/** `postlude rules …`: what concerns rules themselves rather than events. */
export function rulesCommand(context: Context): CommandModule {
  const modules = commands.map((command) => command(context));
  const names = modules.map(({ command }) => String(command).split(' ')[0] ?? '');
  return {
    command: 'rules',
    describe: 'List, show, write, test and check rules',
    builder: (yargs) =>
      modules
        .reduce((all, module) => all.command(module), yargs.usage('postlude rules COMMAND'))
        .command('$0', false, {}, ({ _: [, name] }) => unknownCommand('postlude rules', name, names)),
    handler: () => undefined,
  };
}
