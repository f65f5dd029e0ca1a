import { z } from 'zod';
import { shareOf } from './asked-options.ts';
import type { AuditOptions } from './audit-options.ts';
import { knownRules } from './config/known-rules.ts';
import { type Configured, type ConfiguredRule, configure } from './config/settings.ts';
import { compareText } from './engine/compare.ts';
import { isOutOfMemory, messageOf, tooLittleMemory, UserError } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import { type PhaseClock, phaseClock, reached, silent } from './engine/progress.ts';
import { identifier, type Session } from './engine/session.ts';
import { tool } from './engine/tool.ts';
import { withCounts } from './findings/account-matrix.ts';
import { withinAskedTimes } from './findings/asked-times.ts';
import { assembleFindings } from './findings/assemble.ts';
import { linkCauses } from './findings/causes.ts';
import { fetchEvidence } from './findings/evidence.ts';
import { type Finding, unknownTime } from './findings/finding.ts';
import { compareFindings } from './findings/order.ts';
import { dropResidual } from './findings/residual.ts';
import type { AccountSummary, AuditResult, RuleSummary } from './findings/result.ts';
import { suppress } from './findings/suppress.ts';
import { sideTables } from './ingest/entry.ts';
import type { AccountRange } from './ingest/focus.ts';
import type { Loaded } from './ingest/load.ts';
import { loadedRejects, rejectLines } from './ingest/rejects.ts';
import { buildTables, type LoadedExports, loadFiles, loadStored, openSessionFor } from './load-and-build.ts';
import type { Wanted } from './model/build.ts';
import { checkTarget, writeWhole } from './report/target.ts';
import { formatProblem, type Problem } from './rules/position.ts';
import { type RuleProfiles, ruleProfiles } from './rules/profiles.ts';
import { lacking, meetRequirements, type Requirements } from './rules/requirements.ts';
import type { Rule } from './rules/rule.ts';
import type { RuleOutcome as RuleRun } from './rules/run.ts';
import { runEach } from './rules/run-each.ts';
import { selectRules } from './rules/select.ts';
import { isShipped } from './rules/shipped.ts';
import { type SoundRules, soundRules } from './rules/sound-rules.ts';
import { asDamaged, type Meta, openWithStore } from './store/store-file.ts';

/** The rules of a run: what was asked for, and what can run of it. */
export type ChosenRules = {
  readonly configured: Configured;
  /** Ids that the call selects, those that the configuration has off among them. */
  readonly wished: readonly string[];
  /** Those that were chosen, whether their SQL is right or not. */
  readonly selected: readonly Rule[];
  /** Whose files cannot be read, of those that were chosen. */
  readonly broken: readonly { readonly id: string; readonly problems: readonly Problem[] }[];
  readonly checked: SoundRules;
  /** What is wrong with rule files whatever is chosen. */
  readonly issues: readonly Issue[];
};

/** A run whose exports are loaded. Nothing of the model is built yet, and the session is not locked. */
export type Run = {
  readonly options: AuditOptions;
  readonly session: Session;
  /** Of the store that is attached to the session; null where files were read. */
  readonly meta: Meta | null;
  readonly rules: ChosenRules;
  readonly wanted: Wanted;
  readonly loaded: Loaded;
  readonly progress: PhaseClock;
  readonly started: number;
  readonly runner: Promise<typeof import('./config/run.ts')>;
  readonly profiles: RuleProfiles | null;
  /** The session, and another one for rules that run beside. */
  readonly lanes: readonly Session[];
  /** Locks the session, before it sees any SQL from elsewhere. */
  readonly lock: () => Promise<void>;
};

/**
 * Reads the rules, loads the exports, does the work and closes the session.
 * @throws UserError where the call itself is wrong; what is wrong with an input or a rule is an issue or outcome of the result
 */
export async function withRun<Result>(
  options: AuditOptions,
  wanted: Wanted,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const progress = phaseClock(options.progress ?? silent);
  progress.phase('reading rules');
  // DuckDB starts on a thread of its own meanwhile.
  const opening = openFor(options);
  // What goes wrong there is told below; until then nobody listens.
  opening.catch(() => undefined);
  const { known, configured, wished, chosen, selected, issues, profiles } = await chooseRules(options).catch(
    async (thrown: unknown) => {
      await opening.then(({ session }) => session.close()).catch(() => undefined);
      throw thrown;
    },
  );
  const { session, meta } = await opening;
  const { db } = options;
  try {
    const checked = await soundRules(session, selected);
    const all = union(checked.wanted, wanted);
    if (meta !== null && !meta.keepsBody && all.columns.has('body')) {
      throw new UserError(
        `rules of this run look into payloads, which ${db} does not hold: load the exports with --bodies into another one, or choose rules with --rules`,
      );
    }
    const how = { ...options, progress, comments: false };
    // Arrow and what comes with it take a while to load; DuckDB reads the files meanwhile.
    const runner = import('./config/run.ts');
    const loaded = meta === null ? await loadFiles(session, how, all) : await loadStored(session, meta, how);
    if (options.rejectsFile !== undefined) {
      await writeWhole(options.rejectsFile, rejectLines(session, loadedRejects, options.redact === undefined));
    }
    const broken = known.broken.filter(({ id }) => chosen.has(id));
    const lock = async () => session.lock(profiles === null ? [] : [await profiles.begin(session)]);
    const rules = { configured, wished, selected, broken, checked, issues };
    // DuckDB plans on one thread, and the last piece of a query is done by one. Who measures or limits a rule wants
    // it by itself; and one from elsewhere that takes too much memory must not be taken for its neighbour.
    const isAlone = profiles !== null || options.ruleTimeoutMs !== undefined || !checked.sound.every(isShipped);
    const lanes = isAlone ? [session] : [session, await session.beside()];
    return await work({
      options,
      session,
      lanes,
      meta,
      rules,
      wanted: all,
      loaded,
      progress,
      started,
      runner,
      profiles,
      lock,
    });
  } catch (thrown) {
    const way = db === undefined ? ', or load them into a store first (postlude load)' : '';
    if (isOutOfMemory(thrown)) throw new UserError(`${tooLittleMemory(thrown)}${way}`);
    // Where it streams, no session has put it into words.
    throw db === undefined ? thrown : asDamaged(db, thrown);
  } finally {
    await session.close();
  }
}

async function openFor(options: AuditOptions): Promise<{ readonly session: Session; readonly meta: Meta | null }> {
  return options.db === undefined
    ? { session: await openSessionFor(options), meta: null }
    : openWithStore(options.db, 'read', options);
}

/** What is to be done, of what the call says and what lies there; nothing is read yet but rules. */
async function chooseRules(options: AuditOptions) {
  const known = await knownRules(options.config, options.rulesDirs ?? []);
  const configured = configure(options.config, known, options);
  const wished = selectRules([...known.rules, ...known.broken], options.rules ?? []).map(({ id }) => id);
  const chosen = new Set(wished.filter((id) => !configured.off.has(id)));
  const selected = known.rules.filter(({ id }) => chosen.has(id));
  const ofRules = new Set(known.broken.flatMap((rule) => rule.problems));
  const issues: readonly Issue[] = known.problems
    .filter((problem) => !ofRules.has(problem))
    .map((problem) => ({ severity: 'error', file: problem.file, line: problem.line, message: problem.message }));
  if (options.rejectsFile !== undefined) await checkTarget(options.rejectsFile);
  const profiles = options.profileDir === undefined ? null : await ruleProfiles(options.profileDir);
  return { known, configured, wished, chosen, selected, issues, profiles };
}

/** Makes the tables that the rules read, of what the session shows. */
export function buildRun({ options, session, meta, wanted, loaded, progress }: Run, range?: AccountRange) {
  const how = { ...options, progress, comments: false, ...(range === undefined ? {} : { range }) };
  return buildTables(session, meta, loaded, how, wanted);
}

export type Ruled = {
  readonly result: AuditResult;
  /** Which accounts have what rules require. */
  readonly requirements: Requirements;
  /** Rules that failed over rows that may be those of one account: what they would say of others is missing. */
  readonly failedSelects: ReadonlySet<string>;
  /** Rules that failed over rows, those among them. */
  readonly failedOverRows: ReadonlySet<string>;
};

/** What is known of some of the accounts of a run. */
export type Part = Pick<Ruled, 'result' | 'requirements'>;

/** Runs the rules over the tables of a locked session, and assembles what they find into a result. */
export async function runRules(run: Run, built: LoadedExports): Promise<Ruled> {
  const { options, session, rules, progress } = run;
  const { configured, checked } = rules;
  const { accounts, asOf } = built;
  const { runAsConfigured } = await run.runner;
  const byAccount = Object.keys(options.config?.config.accounts ?? {}).length > 0;
  const heardOf = await withSilentAccounts(session, accounts);
  const allAccounts = byAccount ? heardOf : accounts;
  const requirements = await meetRequirements(session, checked.sound);
  const outcomes: Map<string, RuleSummary> = new Map(
    [
      ...rules.wished.filter((id) => configured.off.has(id)).map((id) => offRule(id, configured.offReason)),
      ...rules.broken.map(({ id, problems }) => failedRule(id, problems)),
      ...[...checked.unsound].map(([{ id }, problems]) => failedRule(id, problems)),
    ].map((outcome) => [outcome.id, outcome]),
  );
  progress.phase('rules', 'running rules');
  let begun = 0;
  const ran = await runEach(run.lanes, checked.sound, async (lane, rule) => {
    reached(progress, { done: begun++, of: checked.sound.length, unit: 'rule', at: rule.id });
    return runAsConfigured(lane, configured.of(rule), {
      accounts,
      allAccounts,
      requirements,
      code: options.code ?? true,
      ...(options.ruleTimeoutMs === undefined ? {} : { timeoutMs: options.ruleTimeoutMs }),
      ...(run.profiles === null ? {} : { profiles: run.profiles }),
    });
  });

  progress.phase('evidence', 'gathering evidence');
  const cited = await fetchEvidence(
    session,
    ran.flatMap(({ run: { candidates } }) => candidates.flatMap(({ eventKeys }) => [...eventKeys])),
  );
  progress.phase('findings', 'assembling findings');
  const found: Finding[] = [];
  for (const { rule, run: outcome } of ran) {
    const summary = { id: rule.id, findings: 0, reason: outcome.reason ?? null, durationMs: outcome.durationMs };
    try {
      // A rule that failed for some accounts has candidates of the others.
      const findings = assembleFindings(rule, outcome.candidates, cited, asOf ?? new Date(unknownTime));
      // One by one: there can be more than a call takes arguments.
      for (const finding of findings) found.push(finding);
      const status = outcome.status !== 'ran' ? outcome.status : findings.length > 0 ? 'matched' : 'clean';
      outcomes.set(rule.id, { ...summary, status });
    } catch (thrown) {
      outcomes.set(rule.id, { ...summary, status: 'failed', reason: messageOf(thrown) });
    }
  }
  const residual = new Set(rules.selected.filter(({ header }) => header.residual).map(({ id }) => id));
  const explains = new Map(rules.selected.map(({ id, header }) => [id, header.explains]));
  // What a suppressed finding tells stays told: no residual finding takes its place. What it explains stands by itself.
  const { kept, suppressions, ruleIds } = suppress(dropResidual(found, residual), configured.suppressions, asOf);
  const findings = [...withinAskedTimes(linkCauses(kept, explains), options)].sort(compareFindings);
  const result: AuditResult = {
    tool: tool(),
    run: {
      asOf: asOf?.toISOString() ?? null,
      events: built.events,
      duplicates: built.duplicates,
      accounts: accounts.length,
      durationMs: Math.round(performance.now() - run.started),
      ...shareOf(options),
      ...(options.config === undefined ? {} : { config: options.config.file }),
    },
    files: built.files,
    issues: [...rules.issues, ...built.issues],
    rules: [...outcomes.values()]
      .toSorted((a, b) => compareText(a.id, b.id))
      .map((outcome) => withFindings(outcome, findings, ruleIds)),
    findings,
    suppressions,
    accounts: withCounts(
      accountSummaries(
        heardOf,
        await eventsByAccount(session),
        ran.flatMap(({ rule, run: { status } }) => (status === 'ran' ? [configured.of(rule)] : [])),
        requirements,
      ),
      findings,
    ),
  };
  const failedOver = (...kinds: readonly RuleRun['failedOver'][]) =>
    new Set(
      ran.flatMap(({ rule, run: { failedOver } }) =>
        failedOver !== undefined && kinds.includes(failedOver) ? [rule.id] : [],
      ),
    );
  return { result, requirements, failedSelects: failedOver('select'), failedOverRows: failedOver('select', 'rows') };
}

function union(one: Wanted, other: Wanted): Wanted {
  return {
    tables: new Set([...one.tables, ...other.tables]),
    columns: new Set([...one.columns, ...other.columns]),
  };
}

/** A rule that cannot run, with all that is wrong with it. */
function failedRule(id: string, problems: readonly Problem[]): RuleSummary {
  return { id, status: 'failed', reason: problems.map(formatProblem).join('; '), findings: 0, durationMs: 0 };
}

function offRule(id: string, reason: string): RuleSummary {
  return { id, status: 'skipped', reason, findings: 0, durationMs: 0 };
}

/** The accounts of the run, and those of which only side files tell. */
async function withSilentAccounts(session: Session, accounts: readonly string[]): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ account_id: z.string() }),
    sideTables
      .map((table) => `SELECT account_id FROM ${identifier(table)} WHERE account_id IS NOT NULL`)
      .join(' UNION '),
  );
  return [...new Set([...accounts, ...rows.map((row) => row.account_id)])].sort(compareText);
}

async function eventsByAccount(session: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), events: z.bigint() }),
    'SELECT account_id, sum(events)::BIGINT AS events FROM coverage GROUP BY account_id',
  );
  return new Map(rows.map((row) => [row.account_id, Number(row.events)]));
}

/** Which of the rules that ran did not run for an account: it lacks what they require, or has them off. */
function accountSummaries(
  accounts: readonly string[],
  eventsOf: ReadonlyMap<string, number>,
  rules: readonly ConfiguredRule[],
  requirements: Requirements,
): readonly AccountSummary[] {
  return accounts.map((id) => ({
    id,
    events: eventsOf.get(id) ?? 0,
    skippedRules: rules
      .filter(({ rule, of }) => !of(id).on || lacking(rule, id, requirements).length > 0)
      .map(({ rule }) => rule.id)
      .sort(compareText),
  }));
}

/** How many findings are left of a rule, after residual ones were dropped. One whose findings are all suppressed did match. */
function withFindings(
  outcome: RuleSummary,
  findings: readonly Finding[],
  suppressed: ReadonlySet<string>,
): RuleSummary {
  const left = findings.filter(({ ruleId }) => ruleId === outcome.id).length;
  const status = outcome.status === 'matched' && left === 0 && !suppressed.has(outcome.id) ? 'clean' : outcome.status;
  const { id, reason, durationMs } = outcome;
  // In the order of the contract, as merged parts have them: a page prints them as they are.
  return { id, status, reason, findings: left, durationMs };
}
