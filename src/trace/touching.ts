import type { Finding } from '../findings/finding.ts';
import { type idTypes, type StoryFinding, type StoryRecord, type Touch, type Touched, touches } from './story.ts';

/** What a story is about, as far as findings can touch it. */
export type Touchable = {
  readonly id: string;
  readonly accountId: string;
  readonly logIds: ReadonlySet<string>;
  readonly requestIds: readonly string[];
  readonly touched: readonly Touched[];
  readonly addresses: ReadonlySet<string>;
  readonly records: readonly StoryRecord[];
};

/** What a story has in common with many others: a finding about it is not yet one about the story. */
const shared = new Set<string>([
  'configuration',
  'store',
  'intelligence-configuration',
] satisfies (typeof idTypes)[number][]);

/**
 * The findings that touch a story, in their order, each with how. What explains one of them comes along, though it may touch
 * nothing: a report that names a symptom has to name its cause.
 */
export function touchingFindings(findings: readonly Finding[], story: Touchable): readonly StoryFinding[] {
  const own = new Set([story.id, ...story.requestIds]);
  const context = new Set(story.addresses);
  const profiles = new Set<string>();
  for (const { type, id } of story.touched) {
    if (type === 'profile') profiles.add(id);
    else (shared.has(type) ? context : own).add(id);
  }
  for (const { type, id } of story.records) if (id !== null) (shared.has(type) ? context : own).add(id);
  // What was asked for is never only context.
  context.delete(story.id);

  const ofAccount = findings.filter(({ accountId }) => accountId === story.accountId);
  const touchesOf = new Map<Finding, Set<Touch>>();
  for (const finding of ofAccount) {
    const found = new Set<Touch>();
    const { subject, related, evidence } = finding;
    if (own.has(subject.id) || profiles.has(subject.id)) found.add('subject');
    if (evidence.some(({ logId }) => story.logIds.has(logId))) found.add('evidence');
    if (related.some(({ id }) => own.has(id))) found.add('related');
    if (context.has(subject.id) || related.some(({ id }) => context.has(id) || profiles.has(id))) found.add('context');
    if (found.size > 0) touchesOf.set(finding, found);
  }

  const byFingerprint = new Map(ofAccount.map((finding) => [finding.fingerprint, finding]));
  const direct = [...touchesOf]
    .filter(([, found]) => found.size > 1 || !found.has('context'))
    .map(([finding]) => finding);
  for (const symptom of direct) {
    for (const fingerprint of symptom.causedBy) {
      const cause = byFingerprint.get(fingerprint);
      if (cause === undefined) continue;
      const there = touchesOf.get(cause);
      if (there !== undefined && (there.size > 1 || !there.has('context'))) continue;
      touchesOf.set(cause, new Set([...(there ?? []), 'cause']));
      // It is walked on from there, because the loop sees what is added to its list.
      direct.push(cause);
    }
  }
  return ofAccount.flatMap((finding) => {
    const found = touchesOf.get(finding);
    return found === undefined ? [] : [{ ...finding, touches: touches.filter((touch) => found.has(touch)) }];
  });
}

/** Whether a finding is about the story itself, and not only about what it shares with others. */
export function isAboutStory({ touches }: StoryFinding): boolean {
  return touches.some((touch) => touch !== 'context');
}
