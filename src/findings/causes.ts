import { compareText } from '../engine/compare.ts';
import type { Finding, Related } from './finding.ts';

/** Which rules each rule explains: `explains` of its header. */
export type Explains = ReadonlyMap<string, readonly string[]>;

/**
 * Fills `causedBy`. X causes Y when X's rule explains Y's rule, both are of one account, X began no later than Y ended,
 * and Y's subject is X's subject or among X's related, or X's subject is among Y's related.
 *
 * The work grows with the number of findings and of links, not with the number of pairs: a store outage and its
 * thousands of participants meet by their ids. Circles in `explains` are refused where rules are read; here they
 * would only give findings that name each other.
 */
export function linkCauses(findings: readonly Finding[], explains: Explains): readonly Finding[] {
  const explainedBy = invert(explains);
  const causes = new Set([...explains].flatMap(([ruleId, rules]) => (rules.length > 0 ? [ruleId] : [])));
  const bySubject = new Map<string, Finding>();
  const byRelated = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (!causes.has(finding.ruleId)) continue;
    bySubject.set(place(finding.ruleId, finding.accountId, finding.subject), finding);
    for (const related of finding.related) {
      const key = place(finding.ruleId, finding.accountId, related);
      const there = byRelated.get(key);
      if (there === undefined) byRelated.set(key, [finding]);
      else there.push(finding);
    }
  }

  return findings.map((symptom) => {
    const found = new Set<string>();
    for (const ruleId of explainedBy.get(symptom.ruleId) ?? []) {
      const own = place(ruleId, symptom.accountId, symptom.subject);
      const candidates = [
        bySubject.get(own),
        ...(byRelated.get(own) ?? []),
        ...symptom.related.map((related) => bySubject.get(place(ruleId, symptom.accountId, related))),
      ];
      for (const cause of candidates) {
        if (cause === undefined || cause === symptom || cause.firstSeen > symptom.lastSeen) continue;
        found.add(cause.fingerprint);
      }
    }
    return { ...symptom, causedBy: [...found].sort(compareText) };
  });
}

function invert(explains: Explains): ReadonlyMap<string, readonly string[]> {
  const explainedBy = new Map<string, string[]>();
  for (const [cause, symptoms] of explains) {
    for (const symptom of new Set(symptoms)) {
      const there = explainedBy.get(symptom);
      if (there === undefined) explainedBy.set(symptom, [cause]);
      else there.push(cause);
    }
  }
  return explainedBy;
}

function place(ruleId: string, accountId: string, { type, id }: Related): string {
  return [ruleId, accountId, type, id].join('\n');
}
