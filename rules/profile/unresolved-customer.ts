import { type EvidenceEvent, intervalMs, predicate } from 'postlude';
import type { Params, Row } from './unresolved-customer.types.ts';

/**
 * Resolution starts when a participant becomes a customer, which can be long after it was created: UNKNOWN participants are
 * upgraded, agents are corrected. So the time it had is counted from the last change to CUSTOMER, in the order of events.
 */
export default predicate<Row, Params>({
  events: true,
  decide({ observed_until }, { params, events }) {
    const since = customerSince(events);
    if (since === null || observed_until === null) return false;
    return observed_until.getTime() - since.getTime() >= intervalMs(params.grace)
      ? { firstSeen: since, data: { observed_until: undefined } }
      : false;
  },
});

/** When it became a customer for the last time; `null` where it is none at the end. */
function customerSince(events: readonly EvidenceEvent[]): Date | null {
  let since: Date | null = null;
  for (const event of events) {
    if (event.participantType === null) continue;
    if (event.participantType !== 'CUSTOMER') since = null;
    else since ??= event.eventTime;
  }
  return since;
}
