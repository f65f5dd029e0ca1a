import { compareText } from '../engine/compare.ts';
import type { Finding } from '../findings/finding.ts';
import { compareFindings, severityRank } from '../findings/order.ts';
import type { Severity } from '../rules/vocabulary.ts';

/** The findings of one rule that hang below a cause, however many steps away. */
export type SymptomGroup = {
  readonly ruleId: string;
  /** 1 for what the cause explains itself, 2 for what that explains, … */
  readonly depth: number;
  /** Worst first. */
  readonly findings: readonly Finding[];
};

export type Root = {
  readonly finding: Finding;
  /** The worst severity of the finding and of everything below it. */
  readonly worst: Severity;
  readonly symptoms: readonly SymptomGroup[];
};

/**
 * The findings that no other finding explains, worst first, each with everything that it explains. A finding with
 * several causes hangs below each of them. Findings that explain each other in a circle have no root among them:
 * the first of them becomes one, so that none is lost.
 */
export function rootsOf(findings: readonly Finding[]): Root[] {
  const present = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const explainedBy = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const cause of finding.causedBy) {
      if (!present.has(cause) || cause === finding.fingerprint) continue;
      const below = explainedBy.get(cause);
      if (below === undefined) explainedBy.set(cause, [finding]);
      else below.push(finding);
    }
  }

  const reached = new Set<string>();
  const roots: Root[] = [];
  const addRoot = (finding: Finding) => {
    const below = depthsBelow(finding, explainedBy);
    reached.add(finding.fingerprint);
    for (const { finding: symptom } of below) reached.add(symptom.fingerprint);
    const worst = [finding, ...below.map((symptom) => symptom.finding)].reduce(
      (most: Severity, { severity }) => (severityRank(severity) > severityRank(most) ? severity : most),
      'info',
    );
    roots.push({ finding, worst, symptoms: grouped(below) });
  };
  const hangs = (finding: Finding) =>
    finding.causedBy.some((cause) => cause !== finding.fingerprint && present.has(cause));
  for (const finding of findings) if (!hangs(finding)) addRoot(finding);
  for (const finding of findings) if (!reached.has(finding.fingerprint)) addRoot(finding);
  return roots.sort((a, b) => severityRank(b.worst) - severityRank(a.worst) || compareFindings(a.finding, b.finding));
}

type Symptom = { readonly finding: Finding; readonly depth: number };

function depthsBelow(root: Finding, explainedBy: ReadonlyMap<string, readonly Finding[]>): Symptom[] {
  const seen = new Set([root.fingerprint]);
  const below: Symptom[] = [];
  let level: readonly Finding[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    const next: Finding[] = [];
    for (const cause of level) {
      for (const finding of explainedBy.get(cause.fingerprint) ?? []) {
        if (seen.has(finding.fingerprint)) continue;
        seen.add(finding.fingerprint);
        next.push(finding);
        below.push({ finding, depth });
      }
    }
    level = next;
  }
  return below;
}

function grouped(symptoms: readonly Symptom[]): SymptomGroup[] {
  const byRule = new Map<string, { depth: number; findings: Finding[] }>();
  for (const { finding, depth } of symptoms) {
    const group = byRule.get(finding.ruleId);
    if (group === undefined) byRule.set(finding.ruleId, { depth, findings: [finding] });
    else group.findings.push(finding);
  }
  return [...byRule]
    .map(([ruleId, { depth, findings }]) => ({ ruleId, depth, findings: findings.sort(compareFindings) }))
    .sort((a, b) => a.depth - b.depth || compareText(a.ruleId, b.ruleId));
}
