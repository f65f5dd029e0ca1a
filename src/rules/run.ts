import type { RecordBatch } from 'apache-arrow';
import { z } from 'zod';
import { type Cell, type ResultColumn, type Row, rowReader, runBatches } from '../engine/arrow.ts';
import { UserError } from '../engine/errors.ts';
import { inGroups } from '../engine/groups.ts';
import { firstAndMore } from '../engine/issue-accounts.ts';
import type { Session } from '../engine/session.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { Answer, Question } from './answers.ts';
import { bindRule, checkColumns, reservedColumns, runtimeMessage } from './bind.ts';
import type { Candidate, Reference } from './candidate.ts';
import { type EvidenceOf, fetchEvidence } from './evidence-events.ts';
import { type JsonValue, jsonValue } from './json-value.ts';
import { PredicateError } from './load-predicate.ts';
import { fillMessage } from './message.ts';
import { defaultParams, sqlParams } from './param-values.ts';
import { partly } from './partly.ts';
import { displayPath, formatProblem } from './position.ts';
import type { Change, Params } from './predicate.ts';
import { type AskablePredicate, type Deadline, openPredicate } from './predicate-thread.ts';
import type { RuleProfiles } from './profiles.ts';
import { lacking, meetRequirements, type Requirements, skipReason } from './requirements.ts';
import type { Rule } from './rule.ts';
import { isShipped } from './shipped.ts';
import { withoutSemicolons } from './sql-text.ts';
import { certainties, severities, subjectTypes } from './vocabulary.ts';
import { defaultTimeoutMs, withinLimits } from './within-limits.ts';

export type RuleOutcome = {
  readonly ruleId: string;
  /** `skipped`: no account has what the rule requires. `failed`: it gave nothing, or nothing of the accounts that the reason tells. */
  readonly status: 'ran' | 'skipped' | 'failed';
  /** One line; also where a rule that ran was skipped for some accounts. */
  readonly reason?: string;
  readonly candidates: readonly Candidate[];
  /** Accounts that lack what the rule requires, or for which it is off; nothing is concluded about them. */
  readonly skippedAccounts: readonly string[];
  /**
   * It failed over data, not over itself. `select`: DuckDB gave up on rows that may be those of one account among many, and nothing is
   * known of the others. `rows`: single rows could not be judged, and those of other accounts were.
   */
  readonly failedOver?: 'select' | 'rows';
  readonly durationMs: number;
};

export type RunOptions = {
  /** The accounts of the run; candidates of others do not come up. Without it nothing is skipped but what lacks a side table. */
  readonly accounts?: readonly string[];
  /** False for accounts that this run is not for: their rows are passed over. */
  readonly covers?: (accountId: string) => boolean;
  /** From `meetRequirements`, where many rules are run; else it is looked up for this one. */
  readonly requirements?: Requirements;
  /** How long the rule may take, its predicate included; ten minutes by default. */
  readonly timeoutMs?: number;
  /** False: a rule with a predicate fails instead of running its code, unless it came with postlude. */
  readonly code?: boolean;
  /** Where DuckDB's profile of the rule's query goes; they have begun before the session was locked. */
  readonly profiles?: RuleProfiles;
};

/**
 * Runs one rule that `checkRuleSql` found right. Never throws for what is wrong in the rule: then it failed, and others go on.
 * Takes the session's connection until it is done, so run rules one after another.
 */
export async function runRule(
  session: Session,
  rule: Rule,
  params: Params = defaultParams(rule),
  options: RunOptions = {},
): Promise<RuleOutcome> {
  const started = performance.now();
  const finish = (outcome: Omit<RuleOutcome, 'ruleId' | 'durationMs'>): RuleOutcome => ({
    ruleId: rule.id,
    ...outcome,
    durationMs: Math.round(performance.now() - started),
  });
  const { lacks, skippedAccounts, isForNone } = await skipping(session, rule, options);
  const why = skipped(options, skippedAccounts, lacks);
  const reason = why === null ? {} : { reason: why };
  if (isForNone) {
    return finish({ status: 'skipped', ...reason, candidates: [], skippedAccounts });
  }
  try {
    const covers = options.covers ?? (() => true);
    const judged = (account: string): boolean => covers(account) && lacks(account).length === 0;
    const { candidates, failures } = await candidatesOf(session, rule, params, options, { started, judged });
    if (failures.size === 0) return finish({ status: 'ran', ...reason, candidates, skippedAccounts });
    const failed = failuresText(failures, options.accounts);
    return finish({ status: 'failed', reason: failed, candidates, skippedAccounts, failedOver: 'rows' });
  } catch (thrown) {
    const failed = { status: 'failed', reason: failureOf(rule, thrown), candidates: [], skippedAccounts } as const;
    return finish(thrown instanceof SelectFailure ? { ...failed, failedOver: 'select' } : failed);
  }
}

/** What went wrong in the rows of which accounts; where the run has one account alone, that goes without saying. */
function failuresText(failures: ReadonlyMap<string, string>, accounts: readonly string[] = []): string {
  if (accounts.length < 2) return [...failures.values()][0] ?? '';
  const byMessage = new Map<string, string[]>();
  for (const [account, message] of failures) {
    const there = byMessage.get(message);
    if (there === undefined) byMessage.set(message, [account]);
    else there.push(account);
  }
  return [...byMessage]
    .map(([message, [first = '', ...others]]) => `${firstAndMore(first, others.length)}: ${message}`)
    .join('; ');
}

type Lacks = (account: string) => readonly string[];

async function skipping(session: Session, rule: Rule, options: RunOptions): Promise<Skipping> {
  const requirements = options.requirements ?? (await meetRequirements(session, [rule]));
  const lacks: Lacks = (account) => lacking(rule, account, requirements);
  const { accounts = [], covers = () => true } = options;
  const skippedAccounts = accounts.filter((account) => lacks(account).length > 0);
  if (skippedAccounts.length === 0 || skippedAccounts.length < accounts.length) {
    return { lacks, skippedAccounts, isForNone: false };
  }
  // What is found about one account must not depend on who else is in the run: an account of which only side files tell may have
  // what all others lack.
  const others = new Set([...requirements.values()].flatMap((having) => [...having]));
  const isForSome = [...others].some((account) => covers(account) && lacks(account).length === 0);
  return { lacks, skippedAccounts, isForNone: !isForSome };
}

type Skipping = {
  readonly lacks: Lacks;
  readonly skippedAccounts: readonly string[];
  /** No account has what the rule requires. */
  readonly isForNone: boolean;
};

function skipped({ accounts = [] }: RunOptions, skippedAccounts: readonly string[], lacks: Lacks): string | null {
  return skippedAccounts.length === 0
    ? null
    : partly(skipReason(skippedAccounts.flatMap(lacks)), skippedAccounts, accounts);
}

function failureOf(rule: Rule, thrown: unknown): string {
  if (thrown instanceof RuleFailure || thrown instanceof PredicateError) return thrown.message;
  return `${rule.file}: ${runtimeMessage(thrown)}`;
}

/** What is wrong in the rule or its rows, as one line with the file. */
class RuleFailure extends Error {
  override readonly name: string = 'RuleFailure';
}

/** What fails while DuckDB runs a SELECT that is right: some value that cannot be cast, or more than fits into memory. */
class SelectFailure extends RuleFailure {
  override readonly name = 'SelectFailure';
}

async function candidatesOf(
  session: Session,
  rule: Rule,
  params: Params,
  options: RunOptions,
  run: Run,
): Promise<{ readonly candidates: readonly Candidate[]; readonly failures: ReadonlyMap<string, string> }> {
  const candidates: Candidate[] = [];
  const failures = new Map<string, string>();
  // One row that a predicate cannot take keeps nobody else from hearing of theirs.
  const fail = (account: string, thrown: RuleFailure) => failures.set(account, thrown.message);
  await judgeRows(session, rule, params, options, { ...run, fail }, (change, complete) => {
    if (change !== null) candidates.push(complete(change));
  });
  return { candidates: candidates.filter(({ accountId }) => !failures.has(accountId)), failures };
}

/** When the run began, and which accounts are judged: those that it is about, and that have what the rule requires. */
type Run = {
  readonly started: number;
  readonly judged: (account: string) => boolean;
  /** Told of an account with a row that cannot be judged, whose other rows are passed over; without it the rule fails. */
  readonly fail?: (account: string, thrown: RuleFailure) => void;
};

/** Told about each row of the SELECT: what the predicate changes, or null where it drops it, and what becomes of the row by a change. */
type Judge = (change: Change | null, complete: (change: Change) => Candidate, row: Row) => void;

async function judgeRows(
  session: Session,
  rule: Rule,
  params: Params,
  options: RunOptions,
  run: Run,
  judge: Judge,
): Promise<readonly ResultColumn[]> {
  if (rule.predicateFile !== undefined && options.code === false && !isShipped(rule)) {
    throw new RuleFailure(`${displayPath(rule.predicateFile)}: has code, and code of rules is not allowed in this run`);
  }
  const { columns, batches } = await fetchBatches(session, rule, params, options);
  const jsonColumns = new Set(columns.filter(({ duckdbType }) => duckdbType.alias === 'JSON').map(({ name }) => name));
  if (batches.length === 0) return columns;
  const ms = options.timeoutMs ?? defaultTimeoutMs;
  const deadline = { at: run.started + ms, ms };
  const predicate = await predicateOf(session, rule, deadline);
  const failed = new Set<string>();
  const failing = (account: string, work: () => void): void => {
    try {
      work();
    } catch (thrown) {
      if (run.fail === undefined || !(thrown instanceof RuleFailure)) throw thrown;
      failed.add(account);
      run.fail(account, thrown);
    }
  };
  const judged = batches.flatMap((batch) => {
    const read = rowReader(batch);
    return Array.from({ length: batch.numRows }, (_, i) => read(i)).filter((row) => {
      const account = requiredText(rule, row, 'account_id');
      // Nothing is concluded about an account that lacks what the rule requires, so its rows reach no predicate.
      if (failed.has(account) || !run.judged(account)) return false;
      // Where accounts are told beside, many that fail in the same words are told together.
      const whose = run.fail === undefined ? ` in a row of account ${account}` : '';
      failing(account, () => requiredText(rule, row, 'subject_id', whose));
      return true;
    });
  });
  // Predicates are promised a subject.
  const rows = failed.size === 0 ? judged : judged.filter((row) => !failed.has(requiredText(rule, row, 'account_id')));
  const isWithEvents = predicate?.events === true;
  for (const group of isWithEvents ? inGroups(rows, eventsPerFetch, (row) => eventKeysOf(row).length) : [rows]) {
    const evidence = isWithEvents ? await fetchEvidence(session, group.flatMap(eventKeysOf)) : noEvidence;
    for (let begin = 0; begin < group.length; begin += rowsPerQuestion) {
      const some = group.slice(begin, begin + rowsPerQuestion);
      const answers = predicate === null ? null : await ask(rule, predicate, some, params, evidence, deadline);
      for (const [at, row] of some.entries()) {
        const account = requiredText(rule, row, 'account_id');
        if (failed.has(account)) continue;
        failing(account, () => {
          const change = answers === null ? {} : changeOf(rule, answers[at] ?? { verdict: false });
          judge(change, (given) => candidate(rule, row, params, jsonColumns, given), row);
        });
      }
    }
  }
  return columns;
}

/** Where a predicate has a thread of its own, its rows are copied for it. */
const rowsPerQuestion = 1_000;

async function predicateOf(session: Session, rule: Rule, deadline: Deadline): Promise<AskablePredicate | null> {
  if (rule.predicateFile === undefined) return null;
  return stoppable(rule, () => openPredicate(session, rule, rule.predicateFile ?? '', deadline));
}

async function ask(
  rule: Rule,
  predicate: AskablePredicate,
  rows: readonly Row[],
  params: Params,
  evidence: EvidenceOf,
  deadline: Deadline,
): Promise<readonly Answer[]> {
  const questions = rows.map(
    (row): Question => (predicate.events ? { row, events: evidence(eventKeysOf(row)) } : { row }),
  );
  return stoppable(rule, () => predicate.ask(questions, params, deadline));
}

/** That code was stopped, or has ended, is told with the file that it is in. */
async function stoppable<Result>(rule: Rule, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    throw new RuleFailure(`${displayPath(rule.predicateFile ?? rule.file)}: ${thrown.message}`);
  }
}

/** One row of a rule's SELECT before and after its predicate. */
export type JudgedRow = {
  readonly row: Row;
  /** What it would be if the predicate let it through as it is; null where the predicate has to say the cause. */
  readonly before: Candidate | null;
  /** Null where the predicate drops it. Without a predicate the same as `before`. */
  readonly after: Candidate | null;
};

export type JudgedRule = {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly JudgedRow[];
  /** One line: for which accounts the rule was skipped, and why. Their rows are not among the others. */
  readonly skipped: string | null;
};

/**
 * Runs a rule as `runRule` does, for somebody who wants to see what its predicate does.
 * @throws UserError where it fails, with the reason
 */
export async function judgeRule(
  session: Session,
  rule: Rule,
  params: Params = defaultParams(rule),
  options: RunOptions = {},
): Promise<JudgedRule> {
  const { lacks, skippedAccounts } = await skipping(session, rule, options);
  const rows: JudgedRow[] = [];
  const run = { started: performance.now(), judged: (account: string) => lacks(account).length === 0 };
  try {
    const columns = await judgeRows(session, rule, params, options, run, (change, complete, row) => {
      rows.push({ row, before: unchanged(complete), after: change === null ? null : complete(change) });
    });
    return { columns, rows, skipped: skipped(options, skippedAccounts, lacks) };
  } catch (thrown) {
    throw new UserError(failureOf(rule, thrown));
  }
}

function unchanged(complete: (change: Change) => Candidate): Candidate | null {
  try {
    return complete({});
  } catch (thrown) {
    if (thrown instanceof RuleFailure) return null;
    throw thrown;
  }
}

/** Each fetch looks through all events, so it is made for many rows at once; a group's events are in memory together. */
const eventsPerFetch = 50_000;

/** A finding takes about a kilobyte, and a rule that finds this much tells nothing. */
const MOST_CANDIDATES = 500_000;
/** All of them become objects, which take several times as much, in a heap that ends the process where it is full. */
const MOST_BYTES = 256 * 2 ** 20;

const noEvidence: EvidenceOf = () => [];

type Fetched = { readonly columns: readonly ResultColumn[]; readonly batches: readonly RecordBatch[] };

async function fetchBatches(
  session: Session,
  rule: Rule,
  params: Params,
  { timeoutMs, profiles }: RunOptions,
): Promise<Fetched> {
  const statement = withoutSemicolons(rule.sql);
  const given = sqlParams(rule, params);
  const fetch = async (): Promise<Fetched> => {
    const result = await runBatches(session.connection, statement, given);
    await profiles?.keep(rule.id);
    const [first] = checkColumns(rule, result.columns);
    if (first !== undefined) throw new RuleFailure(formatProblem(first));
    const batches: RecordBatch[] = [];
    let rows = 0;
    let bytes = 0;
    for await (const batch of result.batches) {
      rows += batch.numRows;
      bytes += batch.data.byteLength;
      if (bytes > MOST_BYTES) {
        throw new UserError(
          `more than ${MOST_BYTES / 2 ** 20} MiB of candidates: the SELECT has to return smaller values`,
        );
      }
      if (rows > MOST_CANDIDATES) {
        throw new UserError(`more than ${MOST_CANDIDATES} candidates: the SELECT has to let fewer rows through`);
      }
      batches.push(batch);
    }
    return { columns: result.columns, batches };
  };
  try {
    return await withinLimits(session, rule, timeoutMs, fetch);
  } catch (thrown) {
    if (thrown instanceof RuleFailure) throw thrown;
    if (thrown instanceof UserError) throw new RuleFailure(`${rule.file}: ${thrown.message}`);
    // What cannot be bound has its place in the file; what fails while it runs has none.
    const { problems } = await withinLimits(session, rule, timeoutMs, () => bindRule(session.connection, rule, params));
    const [first] = problems;
    if (first === undefined) throw new SelectFailure(`${rule.file}: ${runtimeMessage(thrown)}`);
    throw new RuleFailure(formatProblem(first));
  }
}

/** `expected date, received Date` is all that is said by itself of a Date that is no time. */
const time = z.date({ error: ({ input }) => (input instanceof Date ? 'an invalid Date' : undefined) });

const changeSchema = z.strictObject({
  severity: z.enum(severities).optional(),
  cause: z.string().optional(),
  certainty: z.enum(certainties).optional(),
  message: z.string().optional(),
  firstSeen: time.optional(),
  lastSeen: time.optional(),
  ongoing: z.boolean().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  related: z.array(z.strictObject({ type: z.enum(subjectTypes), id: z.string() })).optional(),
  eventKeys: z.array(z.bigint()).optional(),
});

/** What the predicate changes, or null where it says that there is nothing to find. */
function changeOf(rule: Rule, answer: Answer): Change | null {
  const file = displayPath(rule.predicateFile ?? rule.file);
  if ('wrong' in answer) {
    const { wrong, line } = answer;
    throw new RuleFailure(`${file}${line === undefined ? '' : `:${line}`}: predicate ${wrong}`);
  }
  if (answer.verdict === true) return {};
  if (answer.verdict === false) return null;
  const checked = changeSchema.safeParse(answer.verdict);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const path = issue?.path.join('.') ?? '';
  const wrong =
    issue?.code === 'unrecognized_keys'
      ? `the unknown key "${issue.keys[0]}"${didYouMean(issue.keys[0] ?? '', Object.keys(changeSchema.shape))}`
      : `a wrong ${path}: ${issue?.message ?? ''}`;
  throw new RuleFailure(`${file}: predicate returned ${wrong}`);
}

function candidate(rule: Rule, row: Row, params: Params, jsonColumns: ReadonlySet<string>, change: Change): Candidate {
  const { header } = rule;
  const accountId = requiredText(rule, row, 'account_id');
  const subjectId = requiredText(rule, row, 'subject_id');
  const causes = Object.keys(header.causes);
  const cause = change.cause ?? textOf(row.cause) ?? (causes.length === 1 ? causes[0] : undefined);
  const spec = cause !== undefined && Object.hasOwn(header.causes, cause) ? header.causes[cause] : undefined;
  if (cause === undefined || spec === undefined) {
    const problem = cause === undefined ? 'no cause is given' : `the cause "${cause}" is not declared`;
    const hint =
      cause === undefined
        ? `: known are ${causes.join(', ')}`
        : didYouMean(cause, causes) || `: known are ${causes.join(', ')}`;
    // Where the SELECT has no such column, the predicate is to say it.
    const isOfPredicate = change.cause !== undefined || !Object.hasOwn(row, 'cause');
    const file = isOfPredicate ? displayPath(rule.predicateFile ?? rule.file) : rule.file;
    throw new RuleFailure(`${file}: ${problem} for ${subjectId}${hint}`);
  }
  const certainty = change.certainty ?? word(rule, row, 'certainty', certainties) ?? spec.certainty ?? 'confirmed';
  const severity = change.severity ?? word(rule, row, 'severity', severities) ?? spec.severity ?? header.severity;

  const own = Object.entries(row).filter(([name]) => !reservedColumns.has(name));
  const told = own.map(([name, value]) => [name, jsonColumns.has(name) ? parsedJson(value) : value] as const);
  const added = change.data ?? {};
  const data = plainData(rule, added);
  const values = { ...params, ...row, ...Object.fromEntries(told), ...added };
  return {
    accountId,
    subjectId,
    subjectType: word(rule, row, 'subject_type', subjectTypes) ?? header.subject,
    cause,
    // An ordinary innocent explanation is nothing to be woken up for.
    severity: certainty === 'possible' ? 'info' : severity,
    certainty,
    firstSeen: change.firstSeen ?? dateOf(row.first_seen),
    lastSeen: change.lastSeen ?? dateOf(row.last_seen),
    ongoing: change.ongoing ?? row.ongoing === true,
    eventKeys: [...new Set(change.eventKeys ?? eventKeysOf(row))],
    related: change.related ?? relatedOf(rule, row),
    data: Object.fromEntries(
      [...told.map(([name, value]) => [name, jsonValue(value)] as const), ...data].filter(
        ([name]) => !Object.hasOwn(added, name) || added[name] !== undefined,
      ),
    ),
    message: fillMessage(change.message ?? spec.message, values),
    fix: fillMessage(spec.fix, values),
    reference: spec.reference ?? header.reference,
  };
}

/** What a predicate adds, as reports have it. */
function plainData(rule: Rule, added: Readonly<Record<string, unknown>>): readonly (readonly [string, JsonValue])[] {
  try {
    return Object.entries(added).map(([name, value]) => [name, jsonValue(value)] as const);
  } catch (thrown) {
    // A value that holds itself has no end.
    if (!(thrown instanceof RangeError)) throw thrown;
    const file = displayPath(rule.predicateFile ?? rule.file);
    throw new RuleFailure(`${file}: predicate returned data that holds itself, or is nested too deep`);
  }
}

function requiredText(rule: Rule, row: Row, column: string, whose = ''): string {
  const text = textOf(row[column]);
  if (text !== null && text !== '') return text;
  throw new RuleFailure(`${rule.file}: column ${column} is ${text === null ? 'NULL' : 'empty'}${whose}`);
}

function word<Word extends string>(rule: Rule, row: Row, column: string, words: readonly Word[]): Word | null {
  const text = textOf(row[column]);
  if (text === null) return null;
  const known = words.find((candidate) => candidate === text);
  if (known === undefined)
    throw new RuleFailure(`${rule.file}: column ${column} must be one of ${words.join(', ')}, not "${text}"`);
  return known;
}

function relatedOf(rule: Rule, row: Row): Reference[] {
  const seen = new Map<string, Reference>();
  for (const item of Array.isArray(row.related) ? row.related : []) {
    const { type, id } = isStruct(item) ? item : {};
    // A LEFT JOIN that found nothing is related to nothing.
    if (typeof id !== 'string' || id === '') continue;
    const known = subjectTypes.find((subject) => subject === type);
    if (known === undefined) {
      const given = typeof type === 'string' ? `"${type}"${didYouMean(type, subjectTypes)}` : 'NULL';
      throw new RuleFailure(`${rule.file}: column related names a type that does not exist, ${given}`);
    }
    seen.set(`${known} ${id}`, { type: known, id });
  }
  return [...seen.values()];
}

function eventKeysOf(row: Row): bigint[] {
  const keys = Array.isArray(row.event_keys) ? row.event_keys : [];
  return keys.flatMap((key: Cell) => (typeof key === 'bigint' ? [key] : typeof key === 'number' ? [BigInt(key)] : []));
}

function isStruct(value: Cell): value is { readonly [name: string]: Cell } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function textOf(value: Cell | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function dateOf(value: Cell | undefined): Date | null {
  return value instanceof Date ? value : null;
}

function parsedJson(value: Cell): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
