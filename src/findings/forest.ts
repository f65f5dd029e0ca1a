import type { Severity } from '../rules/vocabulary.ts';
import type { Finding } from './finding.ts';
import { certaintyRank, compareFindings, severityRank } from './order.ts';

/** A finding below its cause. */
export type Symptom = {
  readonly finding: Finding;
  /** What it hangs below: the root, or another symptom of it. */
  readonly parent: Finding;
  /** 1 right below the root. */
  readonly depth: number;
};

/** A finding that no other explains, with everything that it does. */
export type Root = {
  readonly finding: Finding;
  /** The worst severity of the finding and of everything below it. */
  readonly worst: Severity;
  /** Each once, every one after its parent, siblings worst first: in the order in which an opened tree is read. */
  readonly below: readonly Symptom[];
  /** What belongs to the tree and is not to be shown. */
  readonly hidden: readonly Finding[];
};

/**
 * Findings as trees of causes, worst tree first. Every finding is in one place: with several causes, below the nearest (one
 * that another of them explains is farther away), among those the severest, then the one about the same subject, then the
 * first. Those that are not to be shown are passed over: what they explain hangs below what explains them. Findings that
 * explain each other in a circle have no root among them: the first of them becomes one, so that none is lost.
 */
export function forestOf(findings: readonly Finding[], isShown: (finding: Finding) => boolean = () => true): Root[] {
  const parents = parentsOf(findings);
  const children = new Map<Finding, Finding[]>();
  const tops: Finding[] = [];
  // Sorted once here, so that siblings are, too.
  for (const finding of findings.toSorted(compareFindings)) {
    const parent = parents.get(finding);
    if (parent === undefined) tops.push(finding);
    else listed(children, parent).push(finding);
  }
  return tops
    .flatMap((top) => rootsFrom(top, children, isShown))
    .sort((a, b) => severityRank(b.worst) - severityRank(a.worst) || compareFindings(a.finding, b.finding));
}

type Growing = { finding: Finding; worst: Severity; below: Symptom[]; hidden: Finding[] };

/** One root, or, where the top of the tree is not to be shown, one for each highest finding that is. */
function rootsFrom(
  top: Finding,
  children: ReadonlyMap<Finding, readonly Finding[]>,
  isShown: (finding: Finding) => boolean,
): Root[] {
  const roots: Growing[] = [];
  // A stack of its own: how deep trees are is for the rules to say.
  type Step = {
    readonly finding: Finding;
    readonly root: Growing | null;
    readonly parent: Finding;
    readonly depth: number;
  };
  const steps: Step[] = [{ finding: top, root: null, parent: top, depth: 0 }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { finding, parent, depth } = step;
    const shown = isShown(finding);
    let { root } = step;
    if (root !== null) {
      if (severityRank(finding.severity) > severityRank(root.worst)) root.worst = finding.severity;
      if (shown) root.below.push({ finding, parent, depth });
      else root.hidden.push(finding);
    } else if (shown) {
      root = { finding, worst: finding.severity, below: [], hidden: [] };
      roots.push(root);
    }
    const next = shown ? { root, parent: finding, depth: depth + 1 } : { root, parent, depth };
    for (const child of (children.get(finding) ?? []).toReversed()) steps.push({ finding: child, ...next });
  }
  return roots;
}

/** The one finding that each hangs below; none for roots. Following it upwards always ends. */
function parentsOf(findings: readonly Finding[]): Map<Finding, Finding> {
  const present = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const causesOf = (finding: Finding) =>
    finding.causedBy.flatMap((fingerprint) => {
      const cause = present.get(fingerprint);
      return cause === undefined || cause === finding ? [] : [cause];
    });
  const parents = new Map<Finding, Finding>();
  // The symptoms of one incident have the same causes, so those are looked at once, not once a symptom.
  const known = new Map<string, Choice>();
  for (const finding of findings) {
    if (finding.causedBy.length === 0) continue;
    const key = finding.causedBy.join(' ');
    let choice = known.get(key);
    if (choice === undefined || finding.causedBy.includes(finding.fingerprint)) {
      choice = choiceOf(causesOf(finding), causesOf);
      // One that names itself chooses among the others, which is not what its siblings do.
      if (!finding.causedBy.includes(finding.fingerprint)) known.set(key, choice);
    }
    const parent = choice.bySubject.get(placeOf(finding)) ?? choice.first;
    if (parent !== undefined && parent !== finding) parents.set(finding, parent);
  }
  cutCircles(findings, parents);
  return parents;
}

/** What a symptom of some causes can hang below: the one about its own subject, else the first. */
type Choice = { readonly first: Finding | undefined; readonly bySubject: ReadonlyMap<string, Finding> };

function choiceOf(causes: readonly Finding[], causesOf: (finding: Finding) => readonly Finding[]): Choice {
  const near = causes.length > 1 ? nearest(causes, causesOf) : causes;
  const worst = Math.max(...near.map(({ severity }) => severityRank(severity)));
  const gravest = near
    .filter(({ severity }) => severityRank(severity) === worst)
    .sort((a, b) => certaintyRank(b.certainty) - certaintyRank(a.certainty) || compareFindings(a, b));
  // From the last to the first, so that the first of a subject stays.
  return { first: gravest[0], bySubject: new Map(gravest.toReversed().map((cause) => [placeOf(cause), cause])) };
}

function placeOf({ subject }: Finding): string {
  return `${subject.type}\n${subject.id}`;
}

/** Of several causes those that explain none of the others, be it in several steps. */
function nearest(causes: readonly Finding[], causesOf: (finding: Finding) => readonly Finding[]): readonly Finding[] {
  const above = new Set<Finding>();
  const waiting = [...causes];
  for (let finding = waiting.pop(); finding !== undefined; finding = waiting.pop()) {
    for (const cause of causesOf(finding)) {
      if (above.has(cause)) continue;
      above.add(cause);
      waiting.push(cause);
    }
  }
  const near = causes.filter((cause) => !above.has(cause));
  // In a circle every cause is above the others.
  return near.length > 0 ? near : causes;
}

/** Makes the first finding of each circle a root. */
function cutCircles(findings: readonly Finding[], parents: Map<Finding, Finding>): void {
  const settled = new Set<Finding>();
  for (const start of findings) {
    const way: Finding[] = [];
    const onWay = new Set<Finding>();
    let at: Finding | undefined = start;
    while (at !== undefined && !settled.has(at) && !onWay.has(at)) {
      onWay.add(at);
      way.push(at);
      at = parents.get(at);
    }
    if (at !== undefined && onWay.has(at)) {
      const circle = way.slice(way.indexOf(at));
      parents.delete(circle.reduce((first, finding) => (compareFindings(finding, first) < 0 ? finding : first)));
    }
    for (const finding of way) settled.add(finding);
  }
}

function listed<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const there = lists.get(key);
  if (there !== undefined) return there;
  const list: Item[] = [];
  lists.set(key, list);
  return list;
}
