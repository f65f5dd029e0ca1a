import { stat } from 'node:fs/promises';
import type { CommandModule } from 'yargs';
import type { Rule } from '../rules/rule.ts';
import type { Context } from './context.ts';
import { chosenRuleOptions, chosenRules, chosenRulesHelp } from './rule-folders.ts';

export const writingOptions = {
  ...chosenRuleOptions,
  check: { type: 'boolean', describe: 'Write nothing; exit code 1 where a file is missing or stale' },
} as const;

/** `postlude rules types [PATH or GLOB…]`: what predicates get, as types, from the SQL itself. */
export function rulesTypesCommand(context: Context): CommandModule {
  return {
    command: 'types',
    describe: 'Write the types of what predicates get',
    builder: (yargs) =>
      yargs
        .usage(
          `postlude rules types [PATH or GLOB…]\n\nWrites RULE.types.ts beside each rule that has a predicate: Row, which is what DuckDB says that the SELECT returns, and Params. A predicate that imports them is checked by the editor and by tsc. A rule that is named by its id or file gets them without a predicate, too.\n\n${chosenRulesHelp}`,
        )
        .options(writingOptions)
        .example('postlude rules types my-rules/', 'after the SQL of a rule has changed')
        .example('postlude rules types my-rules/ --check', 'in CI'),
    handler: ({ _: [, , ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

async function run(
  context: Context,
  given: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [chosen, { openEmptyModel }, { bindSoundRule }, types, { isWrittenTypes }, { formatProblems }, { writeFiles }] =
    await Promise.all([
      chosenRules(given, options),
      import('../model/empty.ts'),
      import('../rules/bind-sound-rule.ts'),
      import('../rules/types-file.ts'),
      import('../rules/types-mark.ts'),
      import('../rules/discover.ts'),
      import('./written-files.ts'),
    ]);
  const problems = [...chosen.problems];
  const files: { readonly path: string; readonly text: string }[] = [];
  const model = await openEmptyModel();
  try {
    for (const rule of chosen.rules) {
      const path = types.typesFileOf(rule);
      if (!chosen.named.has(rule.id) && !(await wantsTypes(rule, path))) continue;
      const bound = await bindSoundRule(model, rule);
      problems.push(...bound.problems);
      if (bound.problems.length === 0) files.push({ path, text: types.typesText(rule, bound.columns) });
    }
  } finally {
    await model.close();
  }
  if (problems.length > 0) {
    context.warn(formatProblems(problems));
    context.exit(2);
  }
  await writeFiles(context, files, {
    tool: 'postlude rules types',
    command: ['postlude rules types', ...given].join(' '),
    check: options.check === true,
    isOurs: isWrittenTypes,
  });
}

/** Types that are there already are kept up to date. */
async function wantsTypes(rule: Rule, path: string): Promise<boolean> {
  return rule.predicateFile !== undefined || (await stat(path).catch(() => null)) !== null;
}
