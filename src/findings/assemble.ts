import { compareText } from '../engine/compare.ts';
import { UserError } from '../engine/errors.ts';
import type { Candidate } from '../rules/candidate.ts';
import type { Rule } from '../rules/rule.ts';
import type { CitedEvent, CitedEvents } from './evidence.ts';
import type { Finding, Related } from './finding.ts';
import { fingerprint } from './fingerprint.ts';
import { certaintyRank, compareFindings, compareRelated, severityRank } from './order.ts';

/**
 * The findings of one rule: one per account and subject, sorted, `causedBy` still empty.
 *
 * Several candidates about one subject become one finding: evidence and related joined, highest severity, strongest
 * certainty, first seen the earliest and last seen the latest, ongoing where one is. The cause is the first in the
 * header's order; message, fix, reference, data and subject type are those of the candidate that has it. Among several with
 * that cause it is the severest, then the most certain, the earliest, and the first by its data; never the first that
 * DuckDB returned, because that changes from run to run.
 *
 * Where neither the rule nor evidence says when (a configuration that is wrong), it was seen at `asOf`.
 * @throws UserError where a candidate cites events that do not exist: the rule is wrong.
 */
export function assembleFindings(
  rule: Pick<Rule, 'id' | 'file' | 'header'>,
  candidates: readonly Candidate[],
  cited: CitedEvents,
  asOf: Date,
): readonly Finding[] {
  const bySubject = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = JSON.stringify([candidate.accountId, candidate.subjectId]);
    const there = bySubject.get(key);
    if (there === undefined) bySubject.set(key, [candidate]);
    else there.push(candidate);
  }
  return [...bySubject.values()].map((group) => findingOf(rule, group, cited, asOf)).sort(compareFindings);
}

function findingOf(
  rule: Pick<Rule, 'id' | 'file' | 'header'>,
  candidates: readonly Candidate[],
  cited: CitedEvents,
  asOf: Date,
): Finding {
  const rows = candidates.map((candidate) => sighting(rule, candidate, cited, asOf)).sort(byWeight(rule));
  const [winner] = rows;
  if (winner === undefined) throw new Error(`a finding of ${rule.id} without a candidate`);
  const { accountId, subjectId, subjectType, cause, message, fix, reference, data } = winner.candidate;
  const subject = { type: subjectType, id: subjectId };
  const events = rows.length === 1 ? winner.events : cited(rows.flatMap(({ events }) => events.map(({ key }) => key)));
  return {
    ruleId: rule.id,
    title: rule.header.title,
    severity: strongest(
      rows.map((row) => row.candidate.severity),
      severityRank,
    ),
    certainty: strongest(
      rows.map((row) => row.candidate.certainty),
      certaintyRank,
    ),
    cause,
    accountId,
    subject,
    related: joined(
      subject,
      rows.flatMap((row) => row.candidate.related),
    ),
    message,
    fix,
    reference,
    requestIds: distinct(events.map(({ evidence }) => evidence.requestId)),
    correlationIds: distinct(events.map(({ correlationId }) => correlationId)),
    firstSeen: new Date(rows.reduce((least, { first }) => Math.min(least, first), winner.first)).toISOString(),
    lastSeen: new Date(rows.reduce((most, { last }) => Math.max(most, last), winner.last)).toISOString(),
    ongoing: rows.some((row) => row.candidate.ongoing),
    evidence: events.map(({ evidence }) => evidence),
    data,
    causedBy: [],
    fingerprint: fingerprint(rule.id, accountId, subjectId),
  };
}

/** A candidate with its evidence and the time (epoch ms) that it speaks of. */
type Sighting = {
  readonly candidate: Candidate;
  readonly events: readonly CitedEvent[];
  readonly first: number;
  readonly last: number;
};

function sighting(rule: Pick<Rule, 'file'>, candidate: Candidate, cited: CitedEvents, asOf: Date): Sighting {
  const events = cited(candidate.eventKeys);
  if (events.length < candidate.eventKeys.length) {
    const known = new Set(events.map(({ key }) => key));
    const lost = candidate.eventKeys.filter((key) => !known.has(key));
    throw new UserError(
      `${rule.file}: event_keys of ${candidate.subjectId} names ${lost.length === 1 ? 'an event' : `${lost.length} events`} that ${lost.length === 1 ? 'does' : 'do'} not exist, such as ${lost[0]}; take keys from events.event_key`,
    );
  }
  const begin = events[0]?.evidence.eventTime;
  const end = events.at(-1)?.evidence.eventTime;
  const first =
    candidate.firstSeen?.getTime() ??
    (begin === undefined ? (candidate.lastSeen ?? asOf).getTime() : Date.parse(begin));
  const last = candidate.lastSeen?.getTime() ?? (end === undefined ? first : Date.parse(end));
  return { candidate, events, first, last: Math.max(first, last) };
}

function byWeight(rule: Pick<Rule, 'header'>): (a: Sighting, b: Sighting) => number {
  const causes = Object.keys(rule.header.causes);
  return (a, b) =>
    causes.indexOf(a.candidate.cause) - causes.indexOf(b.candidate.cause) ||
    severityRank(b.candidate.severity) - severityRank(a.candidate.severity) ||
    certaintyRank(b.candidate.certainty) - certaintyRank(a.candidate.certainty) ||
    a.first - b.first ||
    compareText(JSON.stringify(a.candidate.data), JSON.stringify(b.candidate.data)) ||
    compareText(a.candidate.message, b.candidate.message) ||
    compareText(a.candidate.fix, b.candidate.fix) ||
    compareText(a.candidate.subjectType, b.candidate.subjectType);
}

function strongest<Word>(words: readonly Word[], rank: (word: Word) => number): Word {
  return words.reduce((most, word) => (rank(word) > rank(most) ? word : most));
}

/** Each once, without the subject itself, sorted: lists of SQL come in any order. */
function joined(subject: Related, related: readonly Related[]): readonly Related[] {
  const byKey = new Map(related.map(({ type, id }) => [`${type}\n${id}`, { type, id }]));
  byKey.delete(`${subject.type}\n${subject.id}`);
  return [...byKey.values()].sort(compareRelated);
}

/** Each once, in the order of its first appearance. */
function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
