import type { CommandModule } from 'yargs';
import type { CaseResults } from '../cases/test.ts';
import { isUnreadable, messageOf, UserError } from '../engine/errors.ts';
import type { Rule } from '../rules/rule.ts';
import type { Context } from './context.ts';
import { nextSave, type WatchedRules } from './next-save.ts';
import { chosenRuleOptions, chosenRules, chosenRulesHelp } from './rule-folders.ts';
import { onlyText, parseTimeout, texts } from './values.ts';

export const rulesTestOptions = {
  ...chosenRuleOptions,
  name: { type: 'string', requiresArg: true, describe: 'Only cases whose name holds this text' },
  update: { type: 'boolean', describe: 'Write what was found into the files, as what is expected' },
  watch: { type: 'boolean', describe: 'Run again whenever a file of a rule is saved' },
  'no-code': { type: 'boolean', describe: 'Refuse rules with a predicate (.ts)' },
  'rule-timeout': { type: 'string', requiresArg: true, describe: 'Give up on a rule after this time: 30s, 5m' },
  format: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'terminal, json or junit; NAME=FILE writes a file (repeatable) [terminal]',
  },
  'no-color': { type: 'boolean', describe: 'No colours' },
} as const;

type Given = Readonly<Record<string, unknown>>;

/** `postlude rules test [PATH or GLOB…]`: plays the cases beside the rules. */
export function rulesTestCommand(context: Context): CommandModule {
  return {
    command: 'test',
    describe: 'Play the cases of rules',
    builder: (yargs) =>
      yargs
        .usage(
          `postlude rules test [PATH or GLOB…]\n\nPlays the cases of rules, which stand beside them in .cases.yaml files: each as it is written, shuffled,\ndoubled, split over files, a year later, and amid other traffic. Exit code 1 where one comes out otherwise\nthan it expects, 2 where a file is wrong.\n\n${chosenRulesHelp}`,
        )
        .options(rulesTestOptions)
        .example('postlude rules test my-rules/', 'all rules of a folder')
        .example('postlude rules test my-rules/voice/silent.sql --watch', 'one rule, again on saving')
        .example("postlude rules test 'voice/*' --name young", 'some cases')
        .example('postlude rules test my-rules/ --update', 'take what was found for right')
        .example('postlude rules test my-rules/ --format junit=cases.xml --format terminal', 'for CI'),
    handler: ({ _: [, , ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

async function run(context: Context, given: readonly string[], options: Given): Promise<void> {
  if (options.watch !== true) return once(context, given, options);
  if (options.update === true) throw new UserError('--watch and --update do not go together: update first, then watch');
  // A call that is wrong from the beginning is no mistake that is being typed.
  let watched = await rulesToWatch(given, options);
  for (;;) {
    const { saved } = await nextSave(watched);
    await goOn(context, () => once(context, given, options));
    context.warn('waiting for a file to be saved; Ctrl-C ends');
    context.progress(true).phase('waiting', 'waiting for a file to be saved');
    await saved;
    await context.print('\n');
    // What is wrong is told by the run that follows.
    watched = await rulesToWatch(given, options).catch(() => watched);
  }
}

async function rulesToWatch(given: readonly string[], options: Given): Promise<WatchedRules> {
  const { folders, rules, broken } = await chosenRules(given, options);
  return { folders: folders.map(({ path }) => path), files: [...rules, ...broken].map(({ file }) => file) };
}

/** A mistake that is being typed ends nothing, nor does a file that an editor has moved away to write it anew. */
async function goOn(context: Context, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof UserError) context.warn(thrown.message);
    else if (isUnreadable(thrown)) context.warn(messageOf(thrown));
    else throw thrown;
  }
}

async function once(context: Context, given: readonly string[], options: Given): Promise<void> {
  const [chosen, { testRules }, { hasPassed }, { caseFormats }, { parseReportSpecs, writeReports }, { plainReport }] =
    await Promise.all([
      chosenRules(given, options),
      import('../cases/test.ts'),
      import('../cases/run.ts'),
      import('../report/case-results.ts'),
      import('../report/index.ts'),
      import('../report/options.ts'),
    ]);
  const formats = texts('--format', options.format);
  const specs = await parseReportSpecs(formats.length === 0 ? ['terminal'] : formats, caseFormats);
  const name = onlyText('--name', options.name);
  const timeout = onlyText('--rule-timeout', options['rule-timeout']);
  const progress = context.progress(false);
  const test = (rules: readonly Rule[]): Promise<CaseResults> =>
    testRules(rules, {
      progress,
      rules: [...chosen.rules, ...chosen.folders.flatMap(({ rules }) => rules), ...chosen.others],
      code: options['no-code'] !== true,
      ...(name === undefined ? {} : { name }),
      ...(timeout === undefined ? {} : { ruleTimeoutMs: parseTimeout('--rule-timeout', timeout) }),
    }).finally(progress.clear);
  let results = await test(chosen.rules);
  if (options.update === true && (await update(context, chosen.rules, results))) results = await test(chosen.rules);
  const problems = [...chosen.problems, ...results.problems];
  if (name !== undefined && problems.length === 0 && results.outcomes.length === 0) {
    throw new UserError(`no case has "${name}" in its name`);
  }
  if (!results.outcomes.every(hasPassed)) context.exit(1);
  if (problems.length > 0) context.exit(2);
  const { width, colour } = context;
  const report = { ...plainReport, width, colour: colour && options['no-color'] !== true };
  await writeReports(specs, { ...results, problems }, report, context.print);
}

/** Writes what was found into the files of cases, and says where, and what stays; `false` where there was nothing to write. */
async function update(context: Context, rules: readonly Rule[], results: CaseResults): Promise<boolean> {
  const [{ updatedCases }, { writeWhole }, { displayPath }] = await Promise.all([
    import('../cases/update.ts'),
    import('../report/target.ts'),
    import('../rules/position.ts'),
  ]);
  const updated = await updatedCases(rules, results.outcomes);
  const changed = updated.filter(({ cases }) => cases.length > 0);
  for (const { file, text, cases } of changed) {
    await writeWhole(file, [text]);
    context.warn(`${displayPath(file)}: updated ${cases.map((name) => `"${name}"`).join(', ')}`);
  }
  for (const { file, left } of updated) {
    for (const [name, reason] of left) context.warn(`${displayPath(file)}: "${name}" is not updated: ${reason}`);
  }
  return changed.length > 0;
}
