import { basename, join } from 'node:path';
import { z } from 'zod';
import { rowReader, runBatches } from '../engine/arrow.ts';
import { UserError } from '../engine/errors.ts';
import type { Issue } from '../engine/issue.ts';
import { type Progress, reached, silent } from '../engine/progress.ts';
import { openSession, type Session } from '../engine/session.ts';
import { checkStopped } from '../engine/stop.ts';
import { assembleFindings } from '../findings/assemble.ts';
import { type CitedEvents, fetchEvidence } from '../findings/evidence.ts';
import { type Finding, unknownTime } from '../findings/finding.ts';
import { dropResidual } from '../findings/residual.ts';
import { loadExports } from '../ingest/load.ts';
import { buildModel } from '../model/build.ts';
import { runtimeMessage } from '../rules/bind.ts';
import { ctesOf } from '../rules/ctes.ts';
import { defaultParams, paramsOf, sqlParams } from '../rules/param-values.ts';
import { formatProblem, type Problem } from '../rules/position.ts';
import type { Params } from '../rules/predicate.ts';
import { meetRequirements, type Requirements } from '../rules/requirements.ts';
import type { Rule } from '../rules/rule.ts';
import { type RuleOutcome, runRule } from '../rules/run.ts';
import { soundRules } from '../rules/sound-rules.ts';
import { withoutSemicolons } from '../rules/sql-text.ts';
import { withinLimits } from '../rules/within-limits.ts';
import type { Case } from './case-file.ts';
import { compareFindings, compareRows, type Difference } from './compare.ts';
import { CaseError } from './placeholders.ts';
import { type Staged, stage, writeExports } from './play.ts';
import type { CaseBook } from './read.ts';
import { type Told, told, toldRow } from './told.ts';

/** What became of one case. */
export type CaseOutcome = {
  readonly ruleId: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Empty where the case came out as it expects, in every variant. */
  readonly differences: readonly Difference[];
  /** The rule could not be tried: one line. */
  readonly failure: string | null;
  /** What the rule found about the case as it is written. */
  readonly found: readonly Told[];
};

export function hasPassed({ failure, differences }: CaseOutcome): boolean {
  return failure === null && differences.length === 0;
}

export type RunOptions = {
  /** All rules that cases may name in `alongside`. */
  readonly rules: readonly Rule[];
  /** False: rules with a predicate fail instead of running its code. */
  readonly code: boolean;
  readonly ruleTimeoutMs?: number;
  readonly progress?: Progress;
};

type Played = {
  readonly book: CaseBook;
  readonly each: Case;
  readonly line: number;
  readonly staged: readonly Staged[];
  readonly params: Params;
};

/** Plays all cases of all books in one database, every variant of each in an account of its own, and compares what comes out. */
export async function runCases(books: readonly CaseBook[], options: RunOptions): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  const played: Played[] = [];
  let place = 0;
  for (const book of books) {
    for (const { each, line } of book.cases) {
      try {
        alongside(each, options.rules);
        const staged = stage(book.given, each, book.start, place++);
        played.push({ book, each, line, staged, params: paramsOfCase(book.rule, each) });
      } catch (thrown) {
        if (!(thrown instanceof CaseError || thrown instanceof UserError)) throw thrown;
        outcomes.push(outcomeOf({ book, each, line }, { failure: thrown.message }));
      }
    }
  }
  if (played.length > 0) {
    const { outcomes: told, apart } = await playAll(played, options);
    outcomes.push(...told);
    // A SELECT that gives up over the rows of one case tells nothing of the others.
    for (const one of apart) outcomes.push(...(await playAll([one], options)).outcomes);
  }
  return outcomes.toSorted(
    (a, b) =>
      books.findIndex(({ rule }) => rule.id === a.ruleId) - books.findIndex(({ rule }) => rule.id === b.ruleId) ||
      a.line - b.line,
  );
}

/** What became of cases, and those that have to be played each by itself. */
type PlayedAll = { readonly outcomes: readonly CaseOutcome[]; readonly apart: readonly Played[] };

async function playAll(played: readonly Played[], options: RunOptions): Promise<PlayedAll> {
  const progress = options.progress ?? silent;
  progress.phase('staging', 'putting cases on stage');
  const session = await openSession();
  try {
    const rules = [...new Set(played.flatMap(({ book, each }) => [book.rule, ...alongside(each, options.rules)]))];
    const { sound, unsound, wanted } = await soundRules(session, rules);
    const stages = played.flatMap(({ staged }) => staged);
    const folder = join(session.spillDir, 'cases');
    await writeExports(folder, stages);
    const loaded = await loadExports(session, { paths: [folder], keepBody: wanted.columns.has('body') });
    for (const { severity, message } of loaded.issues) {
      if (severity === 'error') throw new Error(`a case was not read as it was written: ${message}`);
    }
    const unread = new Map([...passedOver(loaded.issues), ...(await unreadOf(session))]);
    const asOf = new Map(stages.flatMap(({ accountId, asOf }) => (asOf === null ? [] : [[accountId, asOf] as const])));
    await buildModel(session, wanted, { asOf });
    const ends = new Map([
      // An account without events ends where its case says, or begins.
      ...stages.map(({ accountId, asOf, start }) => [accountId, asOf ?? new Date(start)] as const),
      ...(await endsOfAccounts(session)),
    ]);
    await session.lock();

    const requirements = await meetRequirements(session, sound);
    const crew: Crew = { session, requirements, options, unsound, unread, ends, runs: new Map() };
    const outcomes: CaseOutcome[] = [];
    const apart: Played[] = [];
    progress.phase('cases', 'playing cases');
    for (const [at, one] of played.entries()) {
      checkStopped();
      reached(progress, { done: at, of: played.length, unit: 'case', at: one.book.rule.id });
      const outcome = await judge(one, crew, played.length > 1);
      if (outcome === 'apart') apart.push(one);
      else outcomes.push(outcome);
    }
    return { outcomes, apart };
  } finally {
    await session.close();
  }
}

/** What all cases share while they are played. */
type Crew = {
  readonly session: Session;
  readonly requirements: Requirements;
  readonly options: RunOptions;
  readonly unsound: ReadonlyMap<Rule, readonly Problem[]>;
  /** Why something that a case says could not be loaded, by account. */
  readonly unread: ReadonlyMap<string, string>;
  readonly ends: ReadonlyMap<string, Date>;
  /** A rule runs once over all accounts for each set of params. */
  readonly runs: Map<string, Promise<Run>>;
};

type Run = { readonly outcome: RuleOutcome; readonly cited: CitedEvents };

/** @param amongOthers whether what fails may be due to the rows of another case */
async function judge(one: Played, crew: Crew, amongOthers: boolean): Promise<CaseOutcome | 'apart'> {
  const { book, each, staged, params } = one;
  const { rule } = book;
  const broken = crew.unsound.get(rule);
  if (broken !== undefined) return outcomeOf(one, { failure: broken.map(formatProblem).join('\n') });
  const unread = staged.flatMap(({ accountId, names }) => {
    const reason = crew.unread.get(accountId);
    return reason === undefined ? [] : [`an event or record is none that postlude knows: ${names.named(reason)}`];
  })[0];
  if (unread !== undefined) return outcomeOf(one, { failure: unread });
  const shared = await runOnce(rule, params, crew);
  const { status, failedOver } = shared.outcome;
  if (status === 'failed' && failedOver === 'select' && amongOthers) return 'apart';
  if (status === 'failed' && failedOver !== 'rows') return outcomeOf(one, { failure: failureIn(shared, staged) });
  try {
    const told: (readonly Told[])[] = [];
    for (const variant of staged) {
      const run = failedOver === 'rows' ? await runOnce(rule, params, crew, variant.accountId) : shared;
      if (run.outcome.status === 'failed') {
        const failure = failureIn(run, staged);
        const where = variant === staged[0] ? '' : `${variantInWords(variant.variant)}: `;
        return outcomeOf(one, { failure: `${where}${failure}` });
      }
      told.push(await foundIn(rule, each, variant, run, crew));
    }
    const [found = []] = told;
    const asWritten = each.expect === undefined ? [] : compareFindings(each.expect, found);
    const steps = await compareSteps(one, crew);
    const others = staged.flatMap(({ variant }, at) => (at === 0 ? [] : changedIn(variant, found, told[at] ?? [])));
    return outcomeOf(one, { differences: [...asWritten, ...steps, ...others], found });
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return outcomeOf(one, { failure: thrown.message });
  }
}

/** Why a run failed, in the words of the case: ids are those of one of its variants. */
function failureIn({ outcome }: Run, staged: readonly Staged[]): string {
  return staged.reduce((reason, { names }) => names.named(reason), outcome.reason ?? 'the rule failed');
}

async function foundIn(rule: Rule, each: Case, staged: Staged, run: Run, crew: Crew): Promise<readonly Told[]> {
  const { accountId, names, start } = staged;
  const findings = findingsOf(rule, run, accountId, crew);
  const others: Finding[] = [];
  const residual = new Set(rule.header.residual ? [rule.id] : []);
  for (const other of alongside(each, crew.options.rules)) {
    const ran = await runOnce(other, defaultParams(other), crew);
    others.push(...findingsOf(other, ran, accountId, crew));
    if (other.header.residual) residual.add(other.id);
  }
  return dropResidual([...findings, ...others], residual)
    .filter(({ ruleId }) => ruleId === rule.id)
    .map((finding) => told(finding, names, start))
    .toSorted((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
}

function findingsOf(rule: Rule, { outcome, cited }: Run, accountId: string, crew: Crew): readonly Finding[] {
  const candidates = outcome.candidates.filter((candidate) => candidate.accountId === accountId);
  return assembleFindings(rule, candidates, cited, crew.ends.get(accountId) ?? new Date(unknownTime));
}

/** @param only the account whose rows are judged, where those of others do not concern it */
function runOnce(rule: Rule, params: Params, crew: Crew, only?: string): Promise<Run> {
  const key = JSON.stringify([rule.id, params, only]);
  const known = crew.runs.get(key);
  if (known !== undefined) return known;
  const running = (async (): Promise<Run> => {
    const outcome = await runRule(crew.session, rule, params, {
      ...(only === undefined
        ? { accounts: [...crew.ends.keys()] }
        : { accounts: [only], covers: (account: string) => account === only }),
      requirements: crew.requirements,
      code: crew.options.code,
      ...(crew.options.ruleTimeoutMs === undefined ? {} : { timeoutMs: crew.options.ruleTimeoutMs }),
    });
    const keys = outcome.candidates.flatMap(({ eventKeys }) => [...eventKeys]);
    return { outcome, cited: await fetchEvidence(crew.session, keys) };
  })();
  crew.runs.set(key, running);
  return running;
}

/** Another arrangement of the same must not change what is found. */
function changedIn(variant: string, asWritten: readonly Told[], found: readonly Told[]): readonly Difference[] {
  return compareFindings(asWritten, found).map((difference) => ({
    ...difference,
    arrangement: variantInWords(variant),
  }));
}

function variantInWords(variant: string): string {
  return variant === 'amid other traffic' || variant === 'a year later'
    ? `it happens ${variant}`
    : `the export is ${variant}`;
}

async function compareSteps(one: Played, crew: Crew): Promise<readonly Difference[]> {
  const { book, each, staged, params } = one;
  const [first] = staged;
  if (each.ctes === undefined || first === undefined) return [];
  const ctes = ctesOf(withoutSemicolons(book.rule.sql));
  const differences: Difference[] = [];
  for (const [name, expected] of Object.entries(each.ctes)) {
    const sql = ctes.upTo(name);
    const rows = await rowsOf(crew, { ...book.rule, sql }, params, first.accountId);
    if (rows === null)
      throw new UserError(`${name} has no column account_id, so the rows of one case cannot be told from others`);
    differences.push(
      ...compareRows(
        name,
        expected,
        rows.map((row) => toldRow(row, first.names, first.start)),
      ),
    );
  }
  return differences;
}

/** The rows of a step that belong to an account, or `null` where it does not tell accounts apart. */
async function rowsOf({ session, options }: Crew, rule: Rule, params: Params, accountId: string) {
  const fetch = async () => {
    const result = await runBatches(session.connection, rule.sql, sqlParams(rule, params));
    if (!result.columns.some(({ name }) => name === 'account_id')) return null;
    const rows = [];
    for await (const batch of result.batches) {
      const read = rowReader(batch);
      for (let at = 0; at < batch.numRows; at++) rows.push(read(at));
    }
    return rows.filter((row) => row.account_id === accountId);
  };
  try {
    return await withinLimits(session, rule, options.ruleTimeoutMs, fetch);
  } catch (thrown) {
    throw new UserError(runtimeMessage(thrown));
  }
}

/** Pages of lists are files of their own, named after their account; one in which nothing is of a known shape is passed over. */
function passedOver(issues: readonly Issue[]): readonly (readonly [account: string, reason: string])[] {
  return issues.flatMap(({ severity, file = '', message }) => {
    const account = /AC\d{32}/u.exec(basename(file))?.[0];
    return severity === 'notice' && account !== undefined ? [[account, message] as const] : [];
  });
}

/** Entries and records that were rejected, which name the account that they are written for. */
async function unreadOf(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows(
    z.object({ reason: z.string(), text: z.string() }),
    'SELECT reason, text FROM rejects',
  );
  return new Map(rows.map(({ reason, text }) => [/AC\d{32}/u.exec(text)?.[0] ?? '', reason]));
}

async function endsOfAccounts(session: Session): Promise<ReadonlyMap<string, Date>> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), as_of: z.date() }),
    'SELECT account_id, max(as_of) AS as_of FROM coverage GROUP BY account_id',
  );
  return new Map(rows.map((row) => [row.account_id, row.as_of]));
}

function alongside(each: Case, rules: readonly Rule[]): readonly Rule[] {
  return (each.alongside ?? []).map((id) => {
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) throw new UserError(`alongside names a rule that does not exist, ${id}`);
    return rule;
  });
}

function paramsOfCase(rule: Rule, each: Case): Params {
  const given = Object.fromEntries(Object.entries(each.params ?? {}).map(([name, value]) => [name, String(value)]));
  return { ...defaultParams(rule), ...paramsOf(rule, given) };
}

function outcomeOf(
  { book, each, line }: Pick<Played, 'book' | 'each' | 'line'>,
  came: Partial<Pick<CaseOutcome, 'differences' | 'failure' | 'found'>>,
): CaseOutcome {
  return {
    ruleId: book.rule.id,
    name: each.name,
    file: book.file,
    line,
    differences: [],
    failure: null,
    found: [],
    ...came,
  };
}
