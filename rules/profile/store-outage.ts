import {
  classifyReason,
  type Item,
  intervalMs,
  isSubjectType,
  predicate,
  present,
  type ReasonClass,
  type SubjectType,
} from 'postlude';
import type { Params, Row } from './store-outage.types.ts';

type Failure = {
  /** The participant; where the export does not tell it, whatever is nearest to one. */
  readonly about_type: SubjectType;
  readonly about_id: string;
  readonly event_time: Date;
  readonly error_reason: string | null;
  readonly event_key: bigint;
};

type Burst = { readonly cause: Cause; readonly failures: readonly Failure[] };

const causes = ['outage', 'store-invalid', 'other'] as const;
type Cause = (typeof causes)[number];

const causeOf: Readonly<Record<ReasonClass, Cause>> = {
  transient: 'outage',
  'store-invalid': 'store-invalid',
  'malformed-request': 'other',
  unknown: 'other',
};

export default predicate<Row, Params>(({ as_of, failures }, { params }) => {
  const window = intervalMs(params.window);
  // Failures for different reasons that happen to come together are no outage.
  const bursts = [...byReason(present(failures).flatMap(failureOf))]
    .flatMap(([reason, alike]) => burstsOf(causeOf[reason], alike, window, params.min_participants))
    .sort((a, b) => startOf(a) - startOf(b));
  const cause = causes.find((candidate) => bursts.some((burst) => burst.cause === candidate));
  if (cause === undefined) return false;

  const hit = bursts.flatMap((burst) => burst.failures);
  const subjects = new Map(hit.map(({ about_type, about_id }) => [about_id, { type: about_type, id: about_id }]));
  const last = Math.max(...bursts.map(endOf));
  return {
    cause,
    firstSeen: new Date(Math.min(...bursts.map(startOf))),
    lastSeen: new Date(last),
    // It still went on where the export ends before another burst could have shown that it was over.
    ongoing: as_of !== null && as_of.getTime() - last < window,
    related: [...subjects.values()],
    eventKeys: hit.map((failure) => failure.event_key),
    data: {
      as_of: undefined,
      participants_hit: subjects.size,
      failures: hit.length,
      bursts: bursts.map((burst) => ({
        cause: burst.cause,
        from: new Date(startOf(burst)),
        to: new Date(endOf(burst)),
        participants: new Set(burst.failures.map((failure) => failure.about_id)).size,
        failures: burst.failures.length,
      })),
    },
  };
});

/** What the SQL returns is never NULL here, but its type does not tell. */
function failureOf({ about_type, about_id, event_time, error_reason, event_key }: Item<Row['failures']>): Failure[] {
  const isWhole = isSubjectType(about_type) && about_id !== null && event_time !== null && event_key !== null;
  return isWhole ? [{ about_type, about_id, event_time, error_reason, event_key }] : [];
}

function byReason(failures: readonly Failure[]): ReadonlyMap<ReasonClass, readonly Failure[]> {
  const groups = new Map<ReasonClass, Failure[]>();
  for (const failure of failures) {
    const reason = classifyReason(failure.error_reason);
    const there = groups.get(reason);
    if (there === undefined) groups.set(reason, [failure]);
    else there.push(failure);
  }
  return groups;
}

/**
 * The stretches in which enough different participants failed within one window. Overlapping windows are one burst. The same
 * participants failing again and again are no burst, however often.
 */
function burstsOf(
  cause: Cause,
  failures: readonly Failure[],
  window: number,
  minParticipants: number,
): readonly Burst[] {
  const found: { from: number; to: number }[] = [];
  const inWindow = new Map<string, number>();
  let from = 0;
  for (const [to, failure] of failures.entries()) {
    inWindow.set(failure.about_id, (inWindow.get(failure.about_id) ?? 0) + 1);
    // Exactly one window apart still is within it.
    for (
      let oldest = failures[from];
      oldest !== undefined && timeOf(failure) - timeOf(oldest) > window;
      oldest = failures[++from]
    ) {
      const left = (inWindow.get(oldest.about_id) ?? 1) - 1;
      if (left === 0) inWindow.delete(oldest.about_id);
      else inWindow.set(oldest.about_id, left);
    }
    if (inWindow.size < minParticipants) continue;
    const previous = found.at(-1);
    if (previous !== undefined && from <= previous.to) previous.to = to;
    else found.push({ from, to });
  }
  return found.map((range) => ({ cause, failures: failures.slice(range.from, range.to + 1) }));
}

const timeOf = (failure: Failure): number => failure.event_time.getTime();
const startOf = (burst: Burst): number => Math.min(...burst.failures.map(timeOf));
const endOf = (burst: Burst): number => Math.max(...burst.failures.map(timeOf));
