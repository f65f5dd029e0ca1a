import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { Rule } from '../rules/rule.ts';
import type { Context } from './context.ts';
import { chosenRules, oneFormat, ruleFolderOptions, rulesOfFolders } from './rule-folders.ts';

const formats = ['terminal', 'markdown', 'json'] as const;

/** `postlude rules show ID…`: everything that a rule says about itself, and what others say about it. */
export function rulesShowCommand(context: Context): CommandModule {
  return {
    command: 'show',
    describe: 'Show what a rule finds, and how',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude rules show ID…\n\nShows a rule: what it finds, its causes and what to do, params, the files that it needs, what it explains and what explains it, its cases and its SQL. ID is the id of a rule, a pattern of ids, or the .sql file of one.',
        )
        .options({
          ...ruleFolderOptions,
          format: { type: 'string', requiresArg: true, describe: 'terminal, markdown or json [terminal]' },
        })
        .example('postlude rules show voice/silent-call', 'one rule')
        .example('postlude rules show my-rules/voice/silent.sql', 'one from a file')
        .example('postlude rules show voice/silent-call --format markdown', 'for a page or ticket'),
    handler: ({ _: [, , ...ids], ...given }) => context.start(() => run(context, ids.map(String), given)),
  };
}

async function run(context: Context, ids: readonly string[], given: Readonly<Record<string, unknown>>): Promise<void> {
  const format = oneFormat('rules show', given, formats);
  if (ids.length === 0) {
    throw new UserError('rules show needs the id of a rule: postlude rules show ID… (postlude rules list shows them)');
  }
  const [{ rules, known }, { describeRules }, report] = await Promise.all([
    named(context, ids, given),
    import('./describe-rules.ts'),
    import('../report/rule-page.ts'),
  ]);
  const described = await describeRules(rules, known);
  await context.print(
    format === 'json'
      ? report.rulesJson(described)
      : format === 'markdown'
        ? described.map((each) => report.ruleMarkdown(each)).join('\n')
        : report.rulesForTerminal(described, context),
  );
}

type Named = { readonly rules: readonly Rule[]; readonly known: readonly Rule[] };

async function named(
  context: Context,
  ids: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<Named> {
  if (!ids.some((id) => id.endsWith('.sql'))) {
    const [known, { selectRules }] = await Promise.all([rulesOfFolders(context, given), import('../rules/select.ts')]);
    return { rules: selectRules(known, ids), known };
  }
  const [chosen, { formatProblems }] = await Promise.all([chosenRules(ids, given), import('../rules/discover.ts')]);
  if (chosen.problems.length > 0) {
    context.warn(formatProblems(chosen.problems));
    context.exit(2);
  }
  const around = chosen.folders.flatMap(({ rules }) => rules);
  return { rules: chosen.rules, known: [...new Set([...chosen.rules, ...around, ...chosen.others])] };
}
