import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import { chosenConfig, configChoice, configOptions } from './config-option.ts';
import type { Context } from './context.ts';
import { shellWord } from './shell-word.ts';
import { onlyText, parseAccount, texts } from './values.ts';

export const rulesNewOptions = {
  'rules-dir': {
    type: 'string',
    requiresArg: true,
    describe: 'The folder of rules in which to make it [the first pack of postlude.config.yaml, else rules]',
  },
  ...configOptions,
  predicate: { type: 'boolean', describe: 'Make a predicate (.ts), too, for what SQL is the wrong place for' },
  from: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'An export that shows what the rule should find (repeatable)',
  },
  subject: {
    type: 'string',
    requiresArg: true,
    describe: 'With --from: the conversation, participant or request that is odd',
  },
  account: { type: 'string', requiresArg: true, describe: 'With --from: the account, where several know the subject' },
} as const;

type Given = Readonly<Record<string, unknown>>;

/** `postlude rules new FOLDER/NAME`: a rule that works as it stands, with its cases. */
export function rulesNewCommand(context: Context): CommandModule {
  return {
    command: 'new',
    describe: 'Begin a rule, with cases',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude rules new FOLDER/NAME\n\nWrites a rule that works as it stands, and cases that it passes: FOLDER/NAME.sql, NAME.cases.yaml and, with\n--predicate, NAME.ts. From an export it begins with what that shows of a subject; ids, phone numbers, names\nand texts are replaced by made-up ones.',
        )
        .options(rulesNewOptions)
        .example('postlude rules new voice/left-open', 'into rules/voice')
        .example('postlude rules new voice/odd-call --from export/ --subject conv_conversation_01…', 'from an export')
        .example('postlude rules new voice/left-open --predicate --rules-dir my-rules', 'with a predicate'),
    handler: ({ _: [, , ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

async function run(context: Context, given: readonly string[], options: Given): Promise<void> {
  const [id, ...others] = given;
  if (id === undefined || others.length > 0) {
    throw new UserError('rules new needs one id for the rule: postlude rules new voice/my-rule');
  }
  if (!/^[\w-]+(\/[\w-]+)+$/u.test(id)) {
    throw new UserError(
      `the id of a rule is a folder and a name, of letters, digits, - and _, such as voice/my-rule; not "${id}"`,
    );
  }
  const folder = onlyText('--rules-dir', options['rules-dir']) ?? (await ownPack(options)) ?? 'rules';
  const stem = join(folder, ...id.split('/'));
  const sql = `${stem}.sql`;
  const written = [`${stem}.cases.yaml`, ...(options.predicate === true ? [`${stem}.ts`, `${stem}.types.ts`] : [])];
  for (const file of [sql, ...written]) {
    if (await isThere(file)) throw new UserError(`${file} is there already: choose another id, or move it away first`);
  }
  await refuseTaken(id);
  const [{ predicateText, ruleTexts }, { writeBelow }] = await Promise.all([
    import('../cases/template.ts'),
    import('./written-files.ts'),
  ]);
  const rule = await (options.from === undefined ? plain(options, ruleTexts) : fromExport(options));
  await writeBelow(sql, rule.sql);
  await writeBelow(`${stem}.cases.yaml`, rule.cases);
  if (options.predicate === true) {
    await writeBelow(`${stem}.ts`, predicateText(basename(id)));
    await writeBelow(`${stem}.types.ts`, await typesOf(sql));
  }
  for (const file of [sql, ...written]) await context.print(`${file}\n`);
  // Of a file alone the id is its folder's name and its own.
  const named = id.split('/').length > 2 ? `${shellWord(sql)} --rules-dir ${shellWord(folder)}` : shellWord(sql);
  context.warn(
    [
      'Next: change the SQL, then tell in the cases what it must find and what not.',
      `  postlude rules test ${named} --watch`,
      `  postlude rules lint ${named}`,
      ...(options.predicate === true ? [`  postlude rules types ${named}`] : []),
      `  postlude audit PATH… --rules-dir ${shellWord(folder)} --rules ${id}`,
    ].join('\n'),
  );
}

/** The first folder that the configuration names: packages are somebody else's. */
async function ownPack(options: Given): Promise<string | undefined> {
  const config = await chosenConfig(configChoice(options), { runsCode: false });
  const pack = config?.config.packs.find((each) => each.startsWith('.') && !each.endsWith('.sql'));
  if (config === undefined || pack === undefined) return undefined;
  const { displayPath } = await import('../rules/position.ts');
  return displayPath(join(config.folder, pack));
}

async function plain<Texts>(options: Given, make: () => Promise<Texts>): Promise<Texts> {
  for (const name of ['subject', 'account']) {
    if (options[name] !== undefined) throw new UserError(`--${name} goes with --from, an export that shows it`);
  }
  return make();
}

async function fromExport(options: Given) {
  const subject = onlyText('--subject', options.subject);
  if (subject === undefined) {
    throw new UserError('--from needs --subject: the id of the conversation, participant or request that is odd');
  }
  const account = onlyText('--account', options.account);
  const { ruleFromExport } = await import('../new-rule.ts');
  return ruleFromExport(subject, {
    paths: texts('--from', options.from),
    ...(account === undefined ? {} : { account: parseAccount('--account', account) }),
  });
}

async function typesOf(sql: string): Promise<string> {
  const [{ chooseRules }, { openEmptyModel }, { bindSoundRule }, { typesText }] = await Promise.all([
    import('../rules/choose.ts'),
    import('../model/empty.ts'),
    import('../rules/bind-sound-rule.ts'),
    import('../rules/types-file.ts'),
  ]);
  const { rules } = await chooseRules([sql]);
  const model = await openEmptyModel();
  try {
    const [rule] = rules;
    if (rule === undefined) throw new Error(`${sql} was written, and is no rule`);
    const { columns, problems } = await bindSoundRule(model, rule);
    if (problems.length > 0) throw new Error(`${sql} was written, and does not bind: ${problems[0]?.message}`);
    return typesText(rule, columns);
  } finally {
    await model.close();
  }
}

/** An audit takes the shipped rules together with those of any folder, and of two with one id only the first. */
async function refuseTaken(id: string): Promise<void> {
  const { shippedRulesDir } = await import('../rules/discover.ts');
  const taken = join(shippedRulesDir(), `${id}.sql`);
  if (await isThere(taken)) {
    throw new UserError(`${id} is the id of a rule that comes with postlude (${taken}): choose another id`);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
