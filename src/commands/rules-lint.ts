import type { CommandModule } from 'yargs';
import type { Context } from './context.ts';
import { chosenRuleOptions, chosenRules, chosenRulesHelp, oneFormat } from './rule-folders.ts';

export const rulesLintOptions = {
  ...chosenRuleOptions,
  'no-code': { type: 'boolean', describe: 'Do not load predicates, which runs the code in their files' },
  format: { type: 'string', requiresArg: true, describe: 'terminal, json or github [terminal]' },
} as const;

/** `postlude rules lint [PATH or GLOB…]`: what is wrong with rules, as far as it shows without events. */
export function rulesLintCommand(context: Context): CommandModule {
  return {
    command: 'lint',
    describe: 'Check rules without running them',
    builder: (yargs) =>
      yargs
        .usage(
          `postlude rules lint [PATH or GLOB…]\n\nChecks rules without events: header, SQL (one SELECT over known tables and columns, nothing that is refused), params, causes, messages, what they explain, and that predicates can be loaded. Tells of all that is wrong as FILE:LINE:COL: message; exit code 2 where something is.\n\n${chosenRulesHelp}`,
        )
        .options(rulesLintOptions)
        .example('postlude rules lint my-rules/', 'a folder of rules')
        .example('postlude rules lint my-rules/voice/silent.sql', 'one rule')
        .example('postlude rules lint downloaded/ --no-code', 'rules of a stranger')
        .example('postlude rules lint my-rules/ --format github', 'marks lines of a pull request'),
    handler: ({ _: [, , ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

async function run(
  context: Context,
  given: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { problemFormats, problemReport } = await import('../report/problems.ts');
  const format = oneFormat('rules lint', options, problemFormats);
  const [chosen, { openEmptyModel }, { lintRules }, { count }] = await Promise.all([
    chosenRules(given, options),
    import('../model/empty.ts'),
    import('../rules/lint.ts'),
    import('../report/text.ts'),
  ]);
  const model = await openEmptyModel();
  try {
    const problems = await lintRules(model, chosen, { code: options['no-code'] !== true });
    await context.print(problemReport(problems, format));
    const checked = `${count(chosen.rules.length + chosen.broken.length, 'rule')} checked`;
    const files = new Set(problems.map(({ file }) => file)).size;
    context.warn(
      problems.length === 0
        ? `${checked}, nothing is wrong`
        : `${checked}: ${count(problems.length, 'problem')} in ${count(files, 'file')}`,
    );
    if (problems.length > 0) context.exit(2);
  } finally {
    await model.close();
  }
}
