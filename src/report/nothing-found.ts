import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { count } from './text.ts';

/** What a report says in place of findings, without a full stop: that nothing was found is told only of a run that looked at something. */
export function nothingFound(
  { run, rules, findings, suppressions, baseline }: AuditResult,
  leastSeverity: Severity,
): string {
  if (findings.length > 0) return `Nothing found at ${leastSeverity} or above`;
  const ran = rules.filter(({ status }) => status === 'clean' || status === 'matched').length;
  if (ran === 0) return 'No rule ran, so nothing was checked';
  if (run.events === 0) return `No events were loaded: ${count(ran, 'rule')} had nothing to look at`;
  if (baseline !== undefined && baseline.known > 0) return 'Nothing new found';
  return suppressions.some(({ status }) => status === 'used')
    ? 'Nothing found that is not suppressed'
    : 'Nothing found';
}
