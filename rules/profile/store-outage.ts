import { classifyReason, type Interval, intervalMs, predicate } from 'postlude';

type Failure = {
  readonly participant_id: string;
  readonly event_time: Date;
  readonly error_reason: string | null;
  readonly event_key: bigint;
};

type Row = { readonly as_of: Date; readonly failures: readonly Failure[] };
type Params = { readonly window: Interval; readonly min_participants: number };

type Burst = { readonly cause: Cause; readonly failures: readonly Failure[] };

const causes = ['outage', 'store-invalid', 'other'] as const;
type Cause = (typeof causes)[number];

export default predicate<Row, Params>(({ as_of, failures }, { params }) => {
  const window = intervalMs(params.window);
  const bursts = causes
    .flatMap((cause) =>
      burstsOf(
        cause,
        failures.filter((failure) => causeOf(failure) === cause),
        window,
        params.min_participants,
      ),
    )
    .sort((a, b) => startOf(a) - startOf(b));
  const cause = causes.find((candidate) => bursts.some((burst) => burst.cause === candidate));
  if (cause === undefined) return false;

  const hit = bursts.flatMap((burst) => burst.failures);
  const participants = [...new Set(hit.map((failure) => failure.participant_id))].sort();
  const last = Math.max(...bursts.map(endOf));
  return {
    cause,
    firstSeen: new Date(Math.min(...bursts.map(startOf))),
    lastSeen: new Date(last),
    // It still went on where the export ends before another burst could have shown that it was over.
    ongoing: as_of.getTime() - last < window,
    related: participants.map((id) => ({ type: 'participant', id })),
    eventKeys: hit.map((failure) => failure.event_key),
    data: {
      as_of: undefined,
      participants_hit: participants.length,
      failures: hit.length,
      bursts: bursts.map((burst) => ({
        cause: burst.cause,
        from: new Date(startOf(burst)),
        to: new Date(endOf(burst)),
        participants: distinctParticipants(burst.failures),
        failures: burst.failures.length,
      })),
    },
  };
});

function causeOf(failure: Failure): Cause {
  const reason = classifyReason(failure.error_reason);
  return reason === 'transient' ? 'outage' : reason === 'store-invalid' ? 'store-invalid' : 'other';
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
    inWindow.set(failure.participant_id, (inWindow.get(failure.participant_id) ?? 0) + 1);
    // Exactly one window apart still is within it.
    for (
      let oldest = failures[from];
      oldest !== undefined && timeOf(failure) - timeOf(oldest) > window;
      oldest = failures[++from]
    ) {
      const left = (inWindow.get(oldest.participant_id) ?? 1) - 1;
      if (left === 0) inWindow.delete(oldest.participant_id);
      else inWindow.set(oldest.participant_id, left);
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
const distinctParticipants = (failures: readonly Failure[]): number =>
  new Set(failures.map((failure) => failure.participant_id)).size;
