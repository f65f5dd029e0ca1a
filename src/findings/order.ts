import { compareText } from '../engine/compare.ts';
import { type Certainty, certainties, type Severity, severities } from '../rules/vocabulary.ts';
import type { Finding, Related } from './finding.ts';

/** 0 for `info` up to 3 for `critical`. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** 0 for `possible` up to 2 for `confirmed`. */
export function certaintyRank(certainty: Certainty): number {
  return certainties.indexOf(certainty);
}

/** Critical first, then by account, rule and subject. Total: no two findings of a run share those three. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    compareText(a.accountId, b.accountId) ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.subject.id, b.subject.id)
  );
}

export function compareRelated(a: Related, b: Related): number {
  return compareText(a.type, b.type) || compareText(a.id, b.id);
}
