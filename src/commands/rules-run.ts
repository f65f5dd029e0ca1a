import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import type { ConfiguredRule } from '../config/settings.ts';
import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import { StatementError } from '../explore/statement-error.ts';
import type { Wanted } from '../model/build.ts';
import type { Result } from '../report/rows.ts';
import type { Rule } from '../rules/rule.ts';
import { chosenConfig, configChoice } from './config-option.ts';
import type { Context } from './context.ts';
import { rulesRunOptions } from './rules-run-options.ts';
import { onlyText, parseTimeout, texts } from './values.ts';

const usage = 'postlude rules run ID PATH…, or postlude rules run ID --db FILE';

/** `postlude rules run ID PATH…`: what one rule's SELECT returns, and what its predicate makes of it. */
export function rulesRunCommand(context: Context): CommandModule {
  return {
    command: 'run',
    describe: "Show a rule's candidates, before and after its predicate, or one step of its SQL",
    builder: (yargs) =>
      yargs
        .usage(
          'postlude rules run ID PATH… [--cte NAME]\npostlude rules run ID --db FILE [--cte NAME]\n\nRuns one rule over exported events, and shows the rows of its SELECT: which of them the predicate\nkeeps, and what it changes. With --cte the rows of one common table expression of its SQL. ID is the id of a\nrule, or its .sql file.',
        )
        .options(rulesRunOptions)
        .example('postlude rules run merge/shared-profile exports/', 'its candidates')
        .example('postlude rules run merge/shared-profile exports/ --cte customers', 'one step of it')
        .example('postlude rules run voice/silent-call day/ --param min_age=1h', 'with another param')
        .example('postlude rules run my/voice/silent.sql exports/', 'one from a file')
        .example('postlude rules run mine --rules-dir my/ --db day.duckdb', 'your own, over what postlude sql kept'),
    handler: ({ _: [, , ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

async function run(
  context: Context,
  [id, ...paths]: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (id === undefined || id.trim() === '') throw new UserError(`rules run needs the id of a rule: ${usage}`);
  const [{ printed, tablesCall, withTables }, { writeRows }, { count, grouped }] = await Promise.all([
    import('./open-tables.ts'),
    import('../report/rows.ts'),
    import('../report/text.ts'),
  ]);
  const call = tablesCall(context, usage, paths, given);
  const cte = onlyText('--cte', given.cte);
  const timeout = onlyText('--rule-timeout', given['rule-timeout']);
  const timeoutMs = timeout === undefined ? undefined : parseTimeout('--rule-timeout', timeout);
  const { rule, of, byAccount } = await configuredRule(context, id, given);
  // Known before anything is loaded.
  if (cte !== undefined) await checkCte(rule, cte);
  const wanted = await wantedOf(rule);

  await withTables(context, call, wanted, async ({ session, accounts }) => {
    context.progress(true).phase('rule', `running ${rule.id}`);
    const [{ cteRows, ruleRows }, { withinLimits }] = await Promise.all([
      import('../explore/rule-rows.ts'),
      import('../rules/within-limits.ts'),
    ]);
    const [only = ''] = accounts.length === 1 ? accounts : [];
    const { params } = of(only);
    if (byAccount && only === '') {
      context.warn(
        `postlude: params that the configuration gives single accounts are left out; --account shows one of them`,
      );
    }
    const write = async (result: Result, asRecords: boolean): Promise<void> => {
      const shown = { limit: call.limit, width: context.width, colour: call.colour, asRecords };
      const { rows, cut } = await writeRows(call.format, result, shown, (text) => printed(context, text));
      if (cut && call.format !== 'table') context.warn(`postlude: the first ${count(rows, 'row')}; there are more`);
    };
    if (cte !== undefined) {
      const step = async () => write(await cteRows(session, rule, params, cte), false);
      try {
        // Its rows come as they are asked for, and a person may read them for as long as they like.
        await withinLimits(session, rule, timeoutMs ?? Number.POSITIVE_INFINITY, step);
      } catch (thrown) {
        throw thrown instanceof StatementError ? new UserError(thrown.message) : thrown;
      }
      return;
    }
    const { result, rows, predicate, skipped } = await ruleRows(session, rule, params, {
      accounts,
      code: given['no-code'] !== true,
      changesAs: call.format === 'json' ? 'json' : 'text',
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    // What changed is too long for a column.
    await write(result, predicate !== null && predicate.changed > 0);
    if (skipped !== null) context.warn(`postlude: ${rule.id}: ${skipped}`);
    if (predicate === null) return;
    const told = `of ${count(rows, 'row')} the predicate keeps ${grouped(predicate.kept)} and changes ${grouped(predicate.changed)}`;
    if (call.format === 'table') await context.print(`${told}\n`);
    else context.warn(`postlude: ${told}`);
  });
}

/**
 * The rule, with the params that an audit would run it with. That it may be off there is no reason not to look at it.
 * @throws UserError where there is none of that id, or where its header is wrong: with every mistake at its place
 */
async function configuredRule(
  context: Context,
  id: string,
  given: Readonly<Record<string, unknown>>,
): Promise<ConfiguredRule> {
  const [{ formatProblems }, { configure }, { knownRules }] = await Promise.all([
    import('../rules/discover.ts'),
    import('../config/settings.ts'),
    import('../config/known-rules.ts'),
  ]);
  const config = await chosenConfig(configChoice(given), { runsCode: given['no-code'] !== true });
  const dirs = texts('--rules-dir', given['rules-dir']);
  const isFile = id.endsWith('.sql');
  const isMeant = (each: { readonly id: string; readonly file: string }): boolean =>
    isFile ? resolve(each.file) === resolve(id) : each.id === id;
  const around = await knownRules(config, dirs);
  // A file that lies in one of their folders has its id from there.
  const known =
    isFile && ![...around.rules, ...around.broken].some(isMeant) ? await knownRules(config, [...dirs, id]) : around;
  const { rules, broken, problems } = known;
  const wrong = broken.find(isMeant);
  if (wrong !== undefined) throw new UserError(formatProblems(wrong.problems));
  const rule = rules.find(isMeant);
  if (rule === undefined && isFile) {
    // Its name is none of a rule, or that of another one.
    throw new UserError(formatProblems(problems.filter(({ file }) => resolve(file) === resolve(id))));
  }
  if (rule === undefined) {
    const ids = rules.map((each) => each.id);
    const near = ids.find((each) => each.endsWith(`/${id}`));
    const hint = near === undefined ? didYouMean(id, ids) : `: did you mean "${near}"?`;
    throw new UserError(`there is no rule ${id}${hint} (see postlude rules list)`);
  }
  // What is wrong about it beside its header; that of other rules is no business of this one.
  const own = problems.filter(({ file }) => file === rule.file);
  if (own.length > 0) {
    context.warn(formatProblems(own));
    context.exit(2);
  }
  const params = { [rule.id]: givenParams(rule, texts('--param', given.param)) };
  return configure(config, known, { params, rules: [rule.id] }).of(rule);
}

async function checkCte(rule: Rule, name: string): Promise<void> {
  const { ctesOf } = await import('../rules/ctes.ts');
  try {
    ctesOf(rule.sql).upTo(name);
  } catch (thrown) {
    throw thrown instanceof UserError ? new UserError(`${rule.id}: ${thrown.message}`) : thrown;
  }
}

/** Checks the SQL before anything is loaded, and tells what it reads. */
async function wantedOf(rule: Rule): Promise<Wanted> {
  const [{ openSession }, { publicTables }, { checkRuleSql, wantedBy }, { formatProblems }] = await Promise.all([
    import('../engine/session.ts'),
    import('../model/build.ts'),
    import('../rules/check-sql.ts'),
    import('../rules/discover.ts'),
  ]);
  const session = await openSession();
  try {
    const checked = await checkRuleSql(session.connection, rule, publicTables);
    if (checked.problems.length > 0) throw new UserError(formatProblems(checked.problems));
    return wantedBy(checked);
  } finally {
    await session.close();
  }
}

/** `min_age=10 minutes`; with the rule's id in front, as an audit needs it, it is the same. */
function givenParams(rule: Rule, given: readonly string[]): Readonly<Record<string, string>> {
  const params = new Map<string, string>();
  for (const text of given) {
    const own = text.startsWith(`${rule.id}.`) ? text.slice(rule.id.length + 1) : text;
    const [, name, value = ''] = /^([^=.]+)=(.*)$/s.exec(own) ?? [];
    if (name === undefined)
      throw new UserError(`--param must be NAME=VALUE, such as min_age="10 minutes", not "${text}"`);
    if (params.has(name)) throw new UserError(`--param sets ${name} twice; give it once`);
    params.set(name, value);
  }
  return Object.fromEntries(params);
}
