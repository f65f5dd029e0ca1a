import { z } from 'zod';
import type { AuditOptions } from './audit-options.ts';
import { compareText } from './engine/compare.ts';
import { messageOf } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import { silent } from './engine/progress.ts';
import { openSession, type Session } from './engine/session.ts';
import { tool } from './engine/tool.ts';
import { assembleFindings } from './findings/assemble.ts';
import { linkCauses } from './findings/causes.ts';
import { fetchEvidence } from './findings/evidence.ts';
import type { Finding } from './findings/finding.ts';
import { compareFindings } from './findings/order.ts';
import { fetchPeople } from './findings/people.ts';
import { dropResidual } from './findings/residual.ts';
import type { AuditResult, RuleSummary } from './findings/result.ts';
import { loadExports } from './ingest/load.ts';
import { buildModel, neededTables, publicTables, type Wanted } from './model/build.ts';
import { exportLimits } from './model/limits.ts';
import { checkRuleSql, readsColumn } from './rules/check-sql.ts';
import { findRules, shippedRulesDir } from './rules/discover.ts';
import { resolveParams } from './rules/param-values.ts';
import { formatProblem, type Problem } from './rules/position.ts';
import { meetRequirements } from './rules/requirements.ts';
import type { Rule } from './rules/rule.ts';
import type { RuleOutcome as RuleRun } from './rules/run.ts';
import { selectRules } from './rules/select.ts';

/**
 * The way of the data in one function: load the exports, build the tables that the selected rules read, lock the session,
 * run the rules, and assemble their findings.
 * @throws UserError where the call itself is wrong; what is wrong with an input or a rule is an issue or outcome of the result
 */
export function audit(options: AuditOptions): Promise<AuditResult> {
  return auditThen(options, { tables: new Set(), columns: new Set() }, async (session, result) =>
    options.people === false ? result : { ...result, people: await fetchPeople(session, result.findings) },
  );
}

/**
 * An audit, and then whatever somebody else wants to know of the same tables, while they are there: those that `wanted` names are
 * built as well. The session is locked by then, and goes afterwards.
 */
export async function auditThen<Told>(
  options: AuditOptions,
  wanted: Wanted,
  then: (session: Session, result: AuditResult) => Promise<Told>,
): Promise<Told> {
  const started = performance.now();
  const progress = options.progress ?? silent;
  progress.phase('reading rules');
  const { rules: allRules, broken, problems } = await findRules([shippedRulesDir(), ...(options.rulesDirs ?? [])]);
  const params = resolveParams(allRules, options.params ?? {});
  const chosen = new Set(selectRules([...allRules, ...broken], options.rules ?? []).map(({ id }) => id));
  const selected = allRules.filter(({ id }) => chosen.has(id));
  const ofRules = new Set(broken.flatMap((rule) => rule.problems));
  const issues: Issue[] = problems
    .filter((problem) => !ofRules.has(problem))
    .map((problem) => ({ severity: 'error', file: problem.file, line: problem.line, message: problem.message }));

  const session = await openSession({
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
    ...(options.tempDir === undefined ? {} : { tempDir: options.tempDir }),
  });
  try {
    const checked = await checkRules(session, selected);
    // Arrow and what comes with it take a while to load; DuckDB reads the files meanwhile.
    const running = import('./rules/run.ts');
    const loaded = await loadExports(session, {
      paths: options.paths,
      keepBody: checked.wanted.columns.has('body'),
      keepSaid: neededTables(checked.wanted).has('communications'),
      comments: false,
      progress,
      stdin: process.stdin,
      ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
      ...(options.assumeAccount === undefined ? {} : { assumedAccount: options.assumeAccount }),
      ...(options.account === undefined ? {} : { account: options.account }),
      ...(options.from === undefined ? {} : { from: options.from }),
      ...(options.to === undefined ? {} : { to: options.to }),
      ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
    });
    issues.push(...loaded.issues);
    await buildModel(session, union(checked.wanted, wanted), {
      progress,
      comments: false,
      ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
    });
    issues.push(...(await exportLimits(session)));
    const { accounts, asOf } = await extent(session);
    await session.lock();

    const { runRule } = await running;
    const requirements = await meetRequirements(session, checked.sound);
    const outcomes: Map<string, RuleSummary> = new Map(
      [
        ...broken.filter(({ id }) => chosen.has(id)).map(({ id, problems }) => failedRule(id, problems)),
        ...checked.failed,
      ].map((outcome) => [outcome.id, outcome]),
    );
    const ran: { readonly rule: Rule; readonly run: RuleRun }[] = [];
    for (const [at, rule] of checked.sound.entries()) {
      progress.phase(`running ${rule.id}`);
      progress.fraction(at / checked.sound.length);
      const run = await runRule(session, rule, params.get(rule.id), {
        accounts,
        requirements,
        code: options.code ?? true,
        ...(options.ruleTimeoutMs === undefined ? {} : { timeoutMs: options.ruleTimeoutMs }),
      });
      ran.push({ rule, run });
    }

    progress.phase('gathering evidence');
    const cited = await fetchEvidence(
      session,
      ran.flatMap(({ run }) => run.candidates.flatMap(({ eventKeys }) => [...eventKeys])),
    );
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
    const findings = [...linkCauses(dropResidual(found, residual), explains)].sort(compareFindings);

    return await then(session, {
      tool: tool(),
      run: {
        asOf: asOf?.toISOString() ?? null,
        events: loaded.events,
        duplicates: loaded.duplicates,
        accounts: accounts.length,
        durationMs: Math.round(performance.now() - started),
      },
      files: loaded.files,
      issues,
      rules: [...outcomes.values()]
        .toSorted((a, b) => compareText(a.id, b.id))
        .map((outcome) => withFindings(outcome, findings)),
      findings,
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

/** Rules whose SQL may run, what they read, and those that failed before anything was loaded. */
async function checkRules(session: Session, rules: readonly Rule[]) {
  const sound: Rule[] = [];
  const failed: RuleSummary[] = [];
  const tables = new Set<string>();
  const columns = new Set<string>();
  for (const rule of rules) {
    const checked = await checkRuleSql(session.connection, rule, publicTables);
    if (checked.problems.length > 0) {
      failed.push(failedRule(rule.id, checked.problems));
      continue;
    }
    sound.push(rule);
    for (const table of checked.tables) tables.add(table);
    for (const column of ['body', 'trace_id']) if (readsColumn(checked, 'events', column)) columns.add(column);
  }
  return { sound, failed, wanted: { tables, columns } };
}

/** A rule that cannot run, with all that is wrong with it. */
function failedRule(id: string, problems: readonly Problem[]): RuleSummary {
  return { id, status: 'failed', reason: problems.map(formatProblem).join('; '), findings: 0, durationMs: 0 };
}

/** The accounts of the run, and its end: the latest of what any account and source could be watched. */
async function extent(session: Session): Promise<{ readonly accounts: readonly string[]; readonly asOf: Date | null }> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), as_of: z.date() }),
    'SELECT account_id, max(as_of) AS as_of FROM coverage GROUP BY account_id ORDER BY account_id',
  );
  const asOf = rows.length === 0 ? null : new Date(Math.max(...rows.map((row) => row.as_of.getTime())));
  return { accounts: rows.map((row) => row.account_id), asOf };
}

/** How many findings are left of a rule, after residual ones were dropped. */
function withFindings(outcome: RuleSummary, findings: readonly Finding[]): RuleSummary {
  const left = findings.filter(({ ruleId }) => ruleId === outcome.id).length;
  const status = outcome.status === 'matched' && left === 0 ? 'clean' : outcome.status;
  return { ...outcome, status, findings: left };
}
