import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { rulesDocsCommand } from './rules-docs.ts';
import { rulesLintCommand } from './rules-lint.ts';
import { rulesListCommand } from './rules-list.ts';
import { rulesShowCommand } from './rules-show.ts';
import { rulesTypesCommand } from './rules-types.ts';
import { unknownCommand } from './unknown.ts';

const names = ['list', 'show', 'lint', 'types', 'docs'];

/** `postlude rules …`: what concerns rules themselves rather than events. */
export function rulesCommand(context: Context): CommandModule {
  return {
    command: 'rules',
    describe: 'List, show and check the rules',
    builder: (yargs) =>
      yargs
        .usage('postlude rules COMMAND')
        .command(rulesListCommand(context))
        .command(rulesShowCommand(context))
        .command(rulesLintCommand(context))
        .command(rulesTypesCommand(context))
        .command(rulesDocsCommand(context))
        .command('$0', false, {}, ({ _: [, name] }) => unknownCommand('postlude rules', name, names)),
    handler: () => undefined,
  };
}
