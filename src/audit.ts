import { z } from 'zod';
import type { AuditOptions } from './audit-options.ts';
import { knownRules } from './config/known-rules.ts';
import { type ConfiguredRule, configure } from './config/settings.ts';
import { compareText } from './engine/compare.ts';
import { messageOf } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import { phaseClock, reached, silent } from './engine/progress.ts';
import { identifier, type Session } from './engine/session.ts';
import { checkStopped } from './engine/stop.ts';
import { tool } from './engine/tool.ts';
import { assembleFindings } from './findings/assemble.ts';
import { linkCauses } from './findings/causes.ts';
import { fetchEvidence } from './findings/evidence.ts';
import type { Finding } from './findings/finding.ts';
import { compareFindings } from './findings/order.ts';
import { fetchPeople } from './findings/people.ts';
import { dropResidual } from './findings/residual.ts';
import type { AccountSummary, AuditResult, RuleSummary, Timing } from './findings/result.ts';
import { suppress } from './findings/suppress.ts';
import { fetchTimelines } from './findings/timelines.ts';
import { sideTables } from './ingest/entry.ts';
import { loadAndBuild, openSessionFor } from './load-and-build.ts';
import type { Wanted } from './model/build.ts';
import { formatProblem, type Problem } from './rules/position.ts';
import { ruleProfiles } from './rules/profiles.ts';
import { lacking, meetRequirements, type Requirements } from './rules/requirements.ts';
import type { Rule } from './rules/rule.ts';
import type { RuleOutcome as RuleRun } from './rules/run.ts';
import { selectRules } from './rules/select.ts';
import { soundRules } from './rules/sound-rules.ts';

/**
 * The way of the data in one function: load the exports, build the tables that the selected rules read, lock the session,
 * run the rules, and assemble their findings.
 * @throws UserError where the call itself is wrong; what is wrong with an input or a rule is an issue or outcome of the result
 */
export function audit(options: AuditOptions): Promise<AuditResult> {
  return auditThen(options, { tables: new Set(), columns: new Set() }, async (session, found, rules, watch) => {
    const compared = options.compare?.(found) ?? found;
    const people = options.people === false ? {} : { people: await fetchPeople(session, compared.findings) };
    const timelines = options.timelines === true ? { timelines: await fetchTimelines(session, compared.findings) } : {};
    const result = { ...compared, ...people, ...timelines };
    let told: AuditResult = result;
    if (options.redact !== undefined) {
      watch.phase('redact', 'masking');
      const { redactAudit } = await import('./redact/redact.ts');
      told = await redactAudit(session, result, rules, options.redact);
    }
    return { ...told, run: { ...told.run, timing: watch.timing() } };
  });
}

/** Told of what is done after the audit, and asked where the time went so far. */
type Watch = { phase(name: string, told: string): void; timing(): Timing };

/**
 * An audit, and then whatever somebody else wants to know of the same tables, while they are there: those that `wanted` names are
 * built as well. The session is locked by then, and goes afterwards; `rules` are those that were chosen.
 */
export async function auditThen<Told>(
  options: AuditOptions,
  wanted: Wanted,
  then: (session: Session, result: AuditResult, rules: readonly Rule[], watch: Watch) => Promise<Told>,
): Promise<Told> {
  const started = performance.now();
  const progress = phaseClock(options.progress ?? silent);
  progress.phase('reading rules');
  const known = await knownRules(options.config, options.rulesDirs ?? []);
  const { rules: allRules, broken, problems } = known;
  const configured = configure(options.config, known, options);
  const wished = selectRules([...allRules, ...broken], options.rules ?? []).map(({ id }) => id);
  const chosen = new Set(wished.filter((id) => !configured.off.has(id)));
  const selected = allRules.filter(({ id }) => chosen.has(id));
  const ofRules = new Set(broken.flatMap((rule) => rule.problems));
  const issues: Issue[] = problems
    .filter((problem) => !ofRules.has(problem))
    .map((problem) => ({ severity: 'error', file: problem.file, line: problem.line, message: problem.message }));

  const profiles = options.profileDir === undefined ? null : await ruleProfiles(options.profileDir);
  const session = await openSessionFor(options);
  try {
    const checked = await soundRules(session, selected);
    // Arrow and what comes with it take a while to load; DuckDB reads the files meanwhile.
    const running = import('./config/run.ts');
    const loaded = await loadAndBuild(
      session,
      { ...options, progress, comments: false },
      union(checked.wanted, wanted),
    );
    issues.push(...loaded.issues);
    const { accounts, asOf } = loaded;
    await session.lock(profiles === null ? [] : [await profiles.begin(session)]);

    const { runAsConfigured } = await running;
    const byAccount = Object.keys(options.config?.config.accounts ?? {}).length > 0;
    const heardOf = await withSilentAccounts(session, accounts);
    const allAccounts = byAccount ? heardOf : accounts;
    const requirements = await meetRequirements(session, checked.sound);
    const outcomes: Map<string, RuleSummary> = new Map(
      [
        ...wished.filter((id) => configured.off.has(id)).map((id) => offRule(id, configured.offReason)),
        ...broken.filter(({ id }) => chosen.has(id)).map(({ id, problems }) => failedRule(id, problems)),
        ...[...checked.unsound].map(([{ id }, problems]) => failedRule(id, problems)),
      ].map((outcome) => [outcome.id, outcome]),
    );
    const ran: { readonly rule: Rule; readonly run: RuleRun }[] = [];
    progress.phase('rules', 'running rules');
    for (const [at, rule] of checked.sound.entries()) {
      // A rule that was stopped with everything else did not fail.
      checkStopped();
      reached(progress, { done: at, of: checked.sound.length, unit: 'rule', at: rule.id });
      const run = await runAsConfigured(session, configured.of(rule), {
        accounts,
        allAccounts,
        requirements,
        code: options.code ?? true,
        ...(options.ruleTimeoutMs === undefined ? {} : { timeoutMs: options.ruleTimeoutMs }),
        ...(profiles === null ? {} : { profiles }),
      });
      ran.push({ rule, run });
    }

    progress.phase('evidence', 'gathering evidence');
    const cited = await fetchEvidence(
      session,
      ran.flatMap(({ run }) => run.candidates.flatMap(({ eventKeys }) => [...eventKeys])),
    );
    progress.phase('findings', 'assembling findings');
    const found: Finding[] = [];
    for (const { rule, run } of ran) {
      const outcome = { id: rule.id, findings: 0, reason: run.reason ?? null, durationMs: run.durationMs };
      if (run.status !== 'ran') {
        outcomes.set(rule.id, { ...outcome, status: run.status });
        continue;
      }
      try {
        const findings = assembleFindings(rule, run.candidates, cited, asOf ?? new Date(0));
        found.push(...findings);
        outcomes.set(rule.id, { ...outcome, status: findings.length > 0 ? 'matched' : 'clean' });
      } catch (thrown) {
        outcomes.set(rule.id, { ...outcome, status: 'failed', reason: messageOf(thrown) });
      }
    }
    const residual = new Set(selected.filter(({ header }) => header.residual).map(({ id }) => id));
    const explains = new Map(selected.map(({ id, header }) => [id, header.explains]));
    // What a suppressed finding tells stays told: no residual finding takes its place. What it explains stands by itself.
    const { kept, suppressions, ruleIds } = suppress(dropResidual(found, residual), configured.suppressions, asOf);
    const findings = [...linkCauses(kept, explains)].sort(compareFindings);

    const result: AuditResult = {
      tool: tool(),
      run: {
        asOf: asOf?.toISOString() ?? null,
        events: loaded.events,
        duplicates: loaded.duplicates,
        accounts: accounts.length,
        durationMs: Math.round(performance.now() - started),
        ...(options.config === undefined ? {} : { config: options.config.file }),
      },
      files: loaded.files,
      issues,
      rules: [...outcomes.values()]
        .toSorted((a, b) => compareText(a.id, b.id))
        .map((outcome) => withFindings(outcome, findings, ruleIds)),
      findings,
      suppressions,
      accounts: accountSummaries(
        heardOf,
        ran.flatMap(({ rule, run }) => (run.status === 'ran' ? [configured.of(rule)] : [])),
        requirements,
      ),
    };
    return await then(session, result, selected, {
      phase: progress.phase,
      timing: () => ({ phases: progress.times(), tables: loaded.tableTimes }),
    });
  } finally {
    await session.close();
  }
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

/** Which of the rules that ran did not run for an account: it lacks what they require, or has them off. */
function accountSummaries(
  accounts: readonly string[],
  rules: readonly ConfiguredRule[],
  requirements: Requirements,
): readonly AccountSummary[] {
  return accounts.map((id) => ({
    id,
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
  return { ...outcome, status, findings: left };
}
