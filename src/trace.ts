import { auditThen } from './audit.ts';
import type { AuditOptions } from './audit-options.ts';
import { followId, wantedForStories } from './trace/follow.ts';
import type { TraceResult } from './trace/story.ts';

/**
 * Audits the files and follows one id through them: every event of its traces, the findings about them, and the records beside
 * the log that belong to them.
 * @throws UserError where the call itself is wrong, or no file knows the id.
 */
export function trace(id: string, options: AuditOptions): Promise<TraceResult> {
  return auditThen(options, wantedForStories, async (session, audit, allRules, watch) => {
    watch.phase('trace', `following ${id}`);
    const stories = await followId(session, id, audit);
    const { tool, run, files, issues, rules, suppressions } = audit;
    const result = { tool, id, run, files, issues, rules, stories, suppressions };
    let told: TraceResult = result;
    if (options.redact !== undefined) {
      watch.phase('redact', 'masking');
      const { redactTrace } = await import('./redact/redact.ts');
      told = await redactTrace(session, result, allRules, options.redact);
    }
    return { ...told, run: { ...told.run, timing: watch.timing() } };
  });
}
