import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { rulesListCommand } from './rules-list.ts';
import { rulesRunCommand } from './rules-run.ts';
import { unknownCommand } from './unknown.ts';

const names = ['list', 'run'];

/** `postlude rules …`: what concerns rules themselves rather than events. */
export function rulesCommand(context: Context): CommandModule {
  return {
    command: 'rules',
    describe: 'List the rules, and see what one of them finds',
    builder: (yargs) =>
      yargs
        .usage('postlude rules COMMAND')
        .command(rulesListCommand(context))
        .command(rulesRunCommand(context))
        .command('$0', false, {}, ({ _: [, name] }) => unknownCommand('postlude rules', name, names)),
    handler: () => undefined,
  };
}
