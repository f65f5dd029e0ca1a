import type { CommandModule } from 'yargs';
import { escapeInJson, sanitise } from '../report/sanitise.ts';
import type { Rule } from '../rules/rule.ts';
import type { Context } from './context.ts';
import { oneFormat, ruleFolderOptions, rulesOfFolders } from './rule-folders.ts';

/** `postlude rules list [GLOB…]`: the rules there are. Reads headers only: no rule is checked against its SQL, none is run. */
export function rulesListCommand(context: Context): CommandModule {
  return {
    command: 'list',
    describe: 'List the rules there are',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude rules list [GLOB…]\n\nLists the rules: id, severity, what a finding is about, title, and the side tables they need.',
        )
        .options(ruleFolderOptions)
        .example("postlude rules list 'merge/*'", 'one folder')
        .example('postlude rules list --format json', 'for a program'),
    handler: ({ _: [, , ...patterns], ...given }) => context.start(() => run(context, patterns.map(String), given)),
  };
}

async function run(
  context: Context,
  patterns: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const format = oneFormat('rules list', given, ['terminal', 'json']);
  const [rules, { selectRules }] = await Promise.all([rulesOfFolders(context, given), import('../rules/select.ts')]);
  const selected = selectRules(rules, patterns);
  await context.print(format === 'json' ? json(selected) : table(selected, context.width));
}

function json(rules: readonly Rule[]): string {
  const records = rules.map(({ id, header }) => ({
    id,
    severity: header.severity,
    subject: header.subject,
    title: header.title,
    needs: header.requires,
  }));
  return `${escapeInJson(JSON.stringify(records, null, 2))}\n`;
}

function table(rules: readonly Rule[], width: number): string {
  const widest = (of: (rule: Rule) => string) => Math.max(0, ...rules.map((rule) => of(rule).length));
  const idWidth = widest(({ id }) => id);
  const severityWidth = widest(({ header }) => header.severity);
  const subjectWidth = widest(({ header }) => header.subject);
  const heads = rules.map(({ id, header }) =>
    [id.padEnd(idWidth), header.severity.padEnd(severityWidth), header.subject.padEnd(subjectWidth)].join('  '),
  );
  const tails = rules.map(({ header: { title, requires } }) =>
    sanitise(requires.length === 0 ? title : `${title} (needs ${requires.join(', ')})`),
  );
  const onOneLine = rules.every((_, at) => `${heads[at]}  ${tails[at]}`.length <= width);
  return rules
    .map((_, at) => (onOneLine ? `${heads[at]}  ${tails[at]}\n` : `${(heads[at] ?? '').trimEnd()}\n    ${tails[at]}\n`))
    .join('');
}
