import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { Context } from './context.ts';
import { sqlOptions } from './sql-options.ts';
import type { SqlShell } from './sql-shell.ts';
import { texts } from './values.ts';

const usage = 'postlude sql PATH… [--db FILE], or postlude sql --db FILE';

/** `postlude sql PATH…`: the tables that rules read, for questions of one's own. */
export function sqlCommand(context: Context): CommandModule {
  return {
    command: 'sql',
    describe: 'Ask the tables that rules read, in SQL',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude sql PATH… [--db FILE]\npostlude sql --db FILE\n\nLoads exported events (files, folders, globs; - is standard input), builds the tables that rules\nread, and answers statements in SQL: those of -c, else a prompt, else those on standard input.\nStatements only read, and reach no file and no network. csv is RFC 4180, with an apostrophe before\ntext that a spreadsheet would run as a formula; json is an array of objects for each statement.',
        )
        .options(sqlOptions)
        .example('postlude sql exports/', 'a prompt; .help there tells more')
        .example('postlude sql exports/ -c "FROM coverage"', 'one question')
        .example('postlude sql exports/ --db day.duckdb', 'keep what was loaded')
        .example('postlude sql --db day.duckdb --format csv < my.sql', 'and ask it again'),
    handler: ({ _: [, ...paths], ...given }) => context.start(() => run(context, paths.map(String), given)),
  };
}

async function run(
  context: Context,
  paths: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [{ keepsFile, tablesCall, withTables }, { sqlShell }, { everything }] = await Promise.all([
    import('./open-tables.ts'),
    import('./sql-shell.ts'),
    import('../model/build.ts'),
  ]);
  const call = tablesCall(context, usage, paths, given);
  const statements = texts('-c', given.c);
  if (statements.some((text) => text.trim() === '')) throw new UserError('-c is empty; give it a statement');
  if (statements.length === 0 && paths.includes('-')) {
    throw new UserError('standard input is the export, so statements cannot come from there; give them with -c');
  }
  await withTables(context, call, everything, async (tables) => {
    context.progress(true).phase('statements', 'running statements');
    if (statements.length > 0) {
      const shell = sqlShell(context, tables, call, '-c');
      for (const text of statements) await runAll(shell, text.split('\n'));
    } else if (context.input.isTTY) {
      const { sqlPrompt } = await import('./sql-prompt.ts');
      await sqlPrompt(context, tables, sqlShell(context, tables, call, null));
    } else {
      const { createInterface } = await import('node:readline');
      const shell = sqlShell(context, tables, call, 'standard input');
      await runAll(shell, createInterface({ input: context.input, crlfDelay: Number.POSITIVE_INFINITY }));
      // Whoever keeps a file has done something already.
      if (shell.ran === 0 && !keepsFile(call)) {
        throw new UserError('standard input holds no statement; write one there, or give it with -c');
      }
    }
  });
}

async function runAll(shell: SqlShell, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if ((await shell.line(line)) === 'quit') return;
  await shell.end();
}
