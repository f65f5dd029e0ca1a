import { compareText } from '../engine/compare.ts';
import type { Explained } from '../rules/explains.ts';
import type { Finding, Related } from './finding.ts';

/** What each rule explains: `explains` of its header. */
export type Explains = ReadonlyMap<string, readonly Explained[]>;

/**
 * Fills `causedBy`. X causes Y when X's rule explains Y's rule, or Y's cause of it, both are of one account, X began no later than Y ended,
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
    for (const { ruleId, cause: only } of explainedBy.get(symptom.ruleId) ?? []) {
      if (only !== null && only !== symptom.cause) continue;
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

/** By the rule that is explained: which rules can be its cause, all of its findings or those of one cause. */
function invert(explains: Explains): ReadonlyMap<string, readonly Explained[]> {
  const explainedBy = new Map<string, Explained[]>();
  for (const [ruleId, symptoms] of explains) {
    for (const { ruleId: symptom, cause } of symptoms) {
      const there = explainedBy.get(symptom);
      if (there === undefined) explainedBy.set(symptom, [{ ruleId, cause }]);
      else there.push({ ruleId, cause });
    }
  }
  return explainedBy;
}

function place(ruleId: string, accountId: string, { type, id }: Related): string {
  return [ruleId, accountId, type, id].join('\n');
}
