import { severityRank } from '../findings/order.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';

export type FailOn = Severity | 'never';

/**
 * 2 where a named input or a rule was wrong, or (`strict`) something of the input was lost; else 1 where a finding is
 * at or above `failOn`; else 0. That postlude itself failed (3) is told by the entry.
 */
export function exitCode(
  result: Pick<AuditResult, 'issues' | 'rules' | 'findings'>,
  { failOn, strict }: { failOn: FailOn; strict: boolean },
): 0 | 1 | 2 {
  const failed = result.rules.some(({ status }) => status === 'failed');
  const unusable = result.issues.some(({ severity }) => severity === 'error' || (strict && severity === 'data_loss'));
  if (failed || unusable) return 2;
  if (failOn === 'never') return 0;
  return result.findings.some(({ severity }) => severityRank(severity) >= severityRank(failOn)) ? 1 : 0;
}
