import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { count } from './text.ts';

export type NothingFound = {
  /** What a report says in place of findings, without a full stop. */
  readonly title: string;
  /** How many rules looked through what was loaded; null where that nothing was found is not due to that. */
  readonly looked: number | null;
};

/** That nothing was found is told only of a run that looked at something. */
export function nothingFound(
  { run, rules, findings, suppressions, baseline }: AuditResult,
  leastSeverity: Severity,
): NothingFound {
  if (findings.length > 0) return { title: `Nothing found at ${leastSeverity} or above`, looked: null };
  const looked = rules.filter(({ status }) => status === 'clean' || status === 'matched').length;
  if (looked === 0) return { title: 'No rule ran, so nothing was checked', looked: null };
  if (run.events === 0) {
    return { title: `No events were loaded: ${count(looked, 'rule')} had nothing to look at`, looked: null };
  }
  if (baseline !== undefined && baseline.known > 0) return { title: 'Nothing new found', looked };
  const isSuppressing = suppressions.some(({ status }) => status === 'used');
  return { title: isSuppressing ? 'Nothing found that is not suppressed' : 'Nothing found', looked };
}
