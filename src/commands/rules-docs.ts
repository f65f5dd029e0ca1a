import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { Rule } from '../rules/rule.ts';
import type { Context } from './context.ts';
import { chosenRules, chosenRulesHelp } from './rule-folders.ts';
import { writingOptions } from './rules-types.ts';
import type { WrittenFile } from './written-files.ts';

/** `postlude rules docs [PATH or GLOB…]`: pages about rules, from the rules themselves. */
export function rulesDocsCommand(context: Context): CommandModule {
  return {
    command: 'docs',
    describe: 'Write a page about each rule, an index, and a page about the tables',
    builder: (yargs) =>
      yargs
        .usage(
          `postlude rules docs [PATH or GLOB…]\n\nWrites RULE.md beside each rule, and into each folder of rules README.md, which lists all of its rules, and tables.md, which describes the tables that rules may read. Pages of rules that are gone are removed. A file of that name which it did not write is left alone, and told.\n\n${chosenRulesHelp}`,
        )
        .options(writingOptions)
        .example('postlude rules docs my-rules/', 'after a rule has changed')
        .example('postlude rules docs my-rules/ --check', 'in CI'),
    handler: ({ _: [, , ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

const markBegin = '<!-- Written by `postlude rules docs`';
const mark = `${markBegin}. Change the rules, not this file. -->`;
const isOurs = (text: string): boolean => text.startsWith(markBegin);

async function run(
  context: Context,
  given: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [chosen, { describeRules, pageOf }, { ruleMarkdown }, { formatProblems }, { writeFiles }] = await Promise.all([
    chosenRules(given, options),
    import('./describe-rules.ts'),
    import('../report/rule-page.ts'),
    import('../rules/discover.ts'),
    import('./written-files.ts'),
  ]);
  if (chosen.problems.length > 0) {
    context.warn(formatProblems(chosen.problems));
    context.exit(2);
  }
  const alone = chosen.rules.find((rule) => !chosen.folders.some(({ rules }) => rules.includes(rule)));
  if (alone !== undefined) {
    throw new UserError(
      `a page leads to other rules of its folder, so name that of ${alone.file}: postlude rules docs FOLDER, or --rules-dir FOLDER`,
    );
  }
  const around: readonly Rule[] = chosen.folders.flatMap(({ rules }) => rules);
  const known = [...new Set([...chosen.rules, ...around, ...chosen.others])];
  const described = await describeRules(chosen.rules, known, new Set([...chosen.rules, ...around]));
  const files = described.map((each) => ({ path: pageOf(each.rule), text: ruleMarkdown(each, mark) }));
  await writeFiles(context, [...files, ...(await folderPages(context, chosen.folders))], {
    tool: 'postlude rules docs',
    command: ['postlude rules docs', ...given].join(' '),
    check: options.check === true,
    isOurs,
    gone: (await Promise.all(chosen.folders.map(({ path }) => pagesWithoutRule(path)))).flat(),
  });
}

type Folder = { readonly path: string; readonly rules: readonly Rule[] };

async function folderPages(context: Context, folders: readonly Folder[]): Promise<readonly WrittenFile[]> {
  if (folders.length === 0) return [];
  const [{ ruleIndex }, { tablesPage }, { openEmptyModel }, { describeTables }] = await Promise.all([
    import('../report/rule-index.ts'),
    import('../report/tables-page.ts'),
    import('../model/empty.ts'),
    import('../model/tables.ts'),
  ]);
  const model = await openEmptyModel();
  try {
    const { tables, undescribed } = await describeTables(model);
    for (const name of undescribed) {
      context.warn(`postlude: ${name} has no description: write COMMENT ON … IS '…' where it is made`);
      context.exit(2);
    }
    return folders.flatMap(({ path, rules }) => [
      { path: join(path, 'README.md'), text: ruleIndex(rules, mark) },
      { path: join(path, 'tables.md'), text: tablesPage(tables, mark) },
    ]);
  } finally {
    await model.close();
  }
}

/** Pages that were written here, and whose rules were renamed or removed since. */
async function pagesWithoutRule(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  const gone: string[] = [];
  for (const name of entries.sort()) {
    if (!name.endsWith('.md') || name === 'README.md' || name === 'tables.md') continue;
    const path = join(folder, name);
    const hasRule = (await stat(path.replace(/\.md$/u, '.sql')).catch(() => null)) !== null;
    if (!hasRule && isOurs(await readFile(path, 'utf8').catch(() => ''))) gone.push(path);
  }
  return gone;
}
