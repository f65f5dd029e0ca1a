import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { rulesLintCommand } from './rules-lint.ts';
import { rulesListCommand } from './rules-list.ts';
import { rulesTypesCommand } from './rules-types.ts';
import { unknownCommand } from './unknown.ts';

const names = ['list', 'lint', 'types'];

/** `postlude rules …`: what concerns rules themselves rather than events. */
export function rulesCommand(context: Context): CommandModule {
  return {
    command: 'rules',
    describe: 'List, show and check the rules',
    builder: (yargs) =>
      yargs
        .usage('postlude rules COMMAND')
        .command(rulesListCommand(context))
        .command(rulesLintCommand(context))
        .command(rulesTypesCommand(context))
        .command('$0', false, {}, ({ _: [, name] }) => unknownCommand('postlude rules', name, names)),
    handler: () => undefined,
  };
}
