import { compareText } from '../engine/compare.ts';
import type { Person } from './people.ts';
import type { AuditResult } from './result.ts';
import type { Timelines } from './timelines.ts';

/** Whom the findings of all parts hit; undefined where some part does not tell. */
export function mergePeople(parts: readonly AuditResult[]): readonly Person[] | undefined {
  const lists = parts.flatMap(({ people }) => (people === undefined ? [] : [people]));
  if (lists.length < parts.length) return undefined;
  const byId = new Map(
    lists.flat().map((person) => [JSON.stringify([person.accountId, person.participantId]), person]),
  );
  return [...byId.values()];
}

/** What happened around the findings of all parts; undefined where some part does not tell. */
export function mergeTimelines(parts: readonly AuditResult[]): Timelines | undefined {
  const all = parts.flatMap(({ timelines }) => timelines ?? []);
  const [first] = all;
  if (first === undefined || all.length < parts.length) return undefined;
  const times = (of: (timelines: Timelines) => string | null) =>
    all.flatMap((each) => of(each) ?? []).sort(compareText);
  const starts = all.map((_, at) => all.slice(0, at).reduce((sum, { events }) => sum + events.length, 0));
  return {
    begin: times(({ begin }) => begin)[0] ?? null,
    end: times(({ end }) => end).at(-1) ?? null,
    events: all.flatMap(({ events }) => events),
    ofFindings: new Map(
      all.flatMap(({ ofFindings }, at) =>
        [...ofFindings].map(
          ([print, { events, total }]) =>
            [print, { events: events.map((place) => place + (starts[at] ?? 0)), total }] as const,
        ),
      ),
    ),
    leftOut: all.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}
