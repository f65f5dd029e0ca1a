import type { AuditOptions } from './audit-options.ts';
import { type Audited, auditParts, isolate, partsOf, withSurroundings } from './audit-parts.ts';
import { buildRun, type Ruled, type Run, runRules, withRun } from './audit-run.ts';
import { memoryLimitOf } from './engine/memory-limit.ts';
import type { Session } from './engine/session.ts';
import type { AuditResult, Timing } from './findings/result.ts';
import type { AccountRange } from './ingest/focus.ts';
import type { Wanted } from './model/build.ts';
import type { Rule } from './rules/rule.ts';

/**
 * The way of the data in one function: load the exports, build the tables that the selected rules read, lock the session,
 * run the rules, and assemble their findings.
 * @throws UserError where the call itself is wrong; what is wrong with an input or a rule is an issue or outcome of the result
 */
export function audit(options: AuditOptions): Promise<AuditResult> {
  return withRun(options, { tables: new Set(), columns: new Set() }, async (run) => {
    const ranges = await partsOf(run);
    const { audited, isWhole } = await auditAll(run, ranges);
    const compared = options.compare?.(audited.result) ?? audited.result;
    // Parts have looked up what surrounds their findings, as their tables are gone by now.
    const result = isWhole ? await withSurroundings(run, compared) : compared;
    const watch = await watchOf(run, audited.tables);
    let told: AuditResult = result;
    if (options.redact !== undefined) {
      watch.phase('redact', 'masking');
      const { redactAudit } = await import('./redact/redact.ts');
      told = await redactAudit(run.session, result, run.rules.selected, options.redact);
    }
    return { ...told, run: { ...told.run, timing: watch.timing() } };
  });
}

async function auditAll(
  run: Run,
  ranges: readonly AccountRange[] | null,
): Promise<{ readonly audited: Audited; readonly isWhole: boolean }> {
  if (ranges !== null) return { audited: await auditParts(run, ranges), isWhole: false };
  const { ruled, tables } = await auditWhole(run);
  if (ruled.failedSelects.size === 0) return { audited: { result: ruled.result, tables }, isWhole: true };
  const result = await withSurroundings(run, ruled.result);
  const isolated = await isolate(run, { ...ruled, result });
  return { audited: isolated ?? { result, tables }, isWhole: false };
}

async function auditWhole(run: Run): Promise<{ readonly ruled: Ruled; readonly tables: Timing['tables'] }> {
  const built = await buildRun(run);
  await run.lock();
  return { ruled: await runRules(run, built), tables: built.tableTimes };
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
  return withRun(options, wanted, async (run) => {
    const { ruled, tables } = await auditWhole(run);
    return then(run.session, ruled.result, run.rules.selected, await watchOf(run, tables));
  });
}

async function watchOf({ session, progress }: Run, tables: Timing['tables']): Promise<Watch> {
  const memoryLimit = await memoryLimitOf(session);
  return { phase: progress.phase, timing: () => ({ phases: progress.times(), tables, memoryLimit }) };
}
