import type { AuditOptions } from './audit-options.ts';
import type { AuditResult } from './findings/result.ts';

/** The way of the data in one function: load, model, run the rules, assemble the findings. */
export async function audit(options: AuditOptions): Promise<AuditResult> {
  throw new Error(`auditing ${options.paths.length} paths is not written yet`);
}
