import { type Finding, unknownTime } from './finding.ts';

/** What somebody asked for, with both ends; what is absent is open. */
export type AskedTimes = { readonly from?: Date; readonly to?: Date; readonly asOf?: Date };

/**
 * Leaves out what only records beside the log tell of, where they speak of other times than were asked for. Of the log nothing else is
 * loaded, but records of other times are: a configuration that was made long ago, or an operation that explains what happened later.
 * So a finding that explains one that stays is not left out.
 */
export function withinAskedTimes(findings: readonly Finding[], { from, to, asOf }: AskedTimes): readonly Finding[] {
  const begin = from?.getTime() ?? Number.NEGATIVE_INFINITY;
  const end = Math.min(...[to, asOf].map((time) => time?.getTime() ?? Number.POSITIVE_INFINITY));
  const isWithin = ({ evidence, firstSeen, lastSeen, ongoing }: Finding) =>
    evidence.length > 0 ||
    firstSeen === unknownTime ||
    (Date.parse(firstSeen) <= end && (ongoing || Date.parse(lastSeen) >= begin));

  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const kept = new Set(findings.filter(isWithin));
  // A set hands on what is added to it meanwhile.
  for (const { causedBy } of kept) {
    for (const fingerprint of causedBy) {
      const cause = byFingerprint.get(fingerprint);
      if (cause !== undefined) kept.add(cause);
    }
  }
  return kept.size === findings.length ? findings : findings.filter((finding) => kept.has(finding));
}
