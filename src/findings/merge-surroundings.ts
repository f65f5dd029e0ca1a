import { compareText } from '../engine/compare.ts';
import type { Finding } from './finding.ts';
import type { Person } from './people.ts';
import type { AuditResult } from './result.ts';
import { type TimelineEvent, type Timelines, timelineList } from './timelines.ts';

/*
 * Parts come in an order that has to do with how long they took, and with what was kept of them. What is told must not, so it is put
 * into the order in which one run would have found it.
 */

/** Whom the findings of all parts hit; undefined where some part does not tell. */
export function mergePeople(parts: readonly AuditResult[]): readonly Person[] | undefined {
  const lists = parts.flatMap(({ people }) => (people === undefined ? [] : [people]));
  if (lists.length < parts.length) return undefined;
  const byId = new Map(
    lists.flat().map((person) => [JSON.stringify([person.accountId, person.participantId]), person]),
  );
  return [...byId.values()].sort(
    (a, b) => compareText(a.accountId, b.accountId) || compareText(a.participantId, b.participantId),
  );
}

/**
 * What happened around the findings of all parts; undefined where some part does not tell.
 * @param findings those of all parts, in their order
 */
export function mergeTimelines(parts: readonly AuditResult[], findings: readonly Finding[]): Timelines | undefined {
  const all = parts.flatMap(({ timelines }) => timelines ?? []);
  if (all.length === 0 || all.length < parts.length) return undefined;
  const times = (of: (timelines: Timelines) => string | null) =>
    all.flatMap((each) => of(each) ?? []).sort(compareText);
  const timelineOf = new Map(
    all.flatMap(({ events, ofFindings }) =>
      [...ofFindings].map(
        ([print, { events: places, total }]) =>
          [print, { events: places.flatMap((place) => events[place] ?? []), total }] as const,
      ),
    ),
  );
  // An account is in one part, so the same event is the same object.
  const list = timelineList((event: TimelineEvent) => event);
  let looked = 0;
  for (const { fingerprint } of findings) {
    if (list.isFull()) break;
    looked += 1;
    const timeline = timelineOf.get(fingerprint);
    if (timeline !== undefined) list.add(fingerprint, timeline.events, timeline.total);
  }
  return {
    begin: times(({ begin }) => begin)[0] ?? null,
    end: times(({ end }) => end).at(-1) ?? null,
    ...list.told(),
    // What a part left out follows after as much of its own as there is room for here.
    leftOut: findings.length - looked,
  };
}
