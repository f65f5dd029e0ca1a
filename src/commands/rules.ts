import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { rulesLintCommand } from './rules-lint.ts';
import { rulesListCommand } from './rules-list.ts';
import { rulesNewCommand } from './rules-new.ts';
import { rulesTestCommand } from './rules-test.ts';
import { rulesTypesCommand } from './rules-types.ts';
import { unknownCommand } from './unknown.ts';

const names = ['list', 'new', 'test', 'lint', 'types'];

/** `postlude rules …`: what concerns rules themselves rather than events. */
export function rulesCommand(context: Context): CommandModule {
  return {
    command: 'rules',
    describe: 'List, write, test and check rules',
    builder: (yargs) =>
      yargs
        .usage('postlude rules COMMAND')
        .command(rulesListCommand(context))
        .command(rulesNewCommand(context))
        .command(rulesTestCommand(context))
        .command(rulesLintCommand(context))
        .command(rulesTypesCommand(context))
        .command('$0', false, {}, ({ _: [, name] }) => unknownCommand('postlude rules', name, names)),
    handler: () => undefined,
  };
}
