import type { SideShape } from '../entry.ts';
import { int32, text } from '../fields.ts';
import { sideShape } from './side-shape.ts';
import { directionOf, statusOf } from './traffic-words.ts';

/** A call, as the API lists it or as a row of the Console's CSV. */
export const calls: SideShape = sideShape('calls', 'call', (view, time) => {
  const from = text(view.from);
  const to = text(view.to);
  return [
    {
      table: 'calls',
      row: {
        account_id: text(view.accountId),
        call_id: text(view.sid),
        from_address: from,
        to_address: to,
        call_type: callTypeOf(from, to),
        direction: directionOf(view.direction),
        status: statusOf(view.status),
        started_at: time('startTime', view.startTime) ?? time('dateCreated', view.createdAt) ?? time('date', view.date),
        ended_at: time('endTime', view.endTime),
        duration_seconds: int32(view.duration),
      },
    },
  ];
});

function callTypeOf(...addresses: readonly (string | null)[]): 'CLIENT' | 'PUBLIC_SIP' | 'PSTN' {
  const begins = (scheme: RegExp) => addresses.some((address) => address !== null && scheme.test(address));
  if (begins(/^client:/i)) return 'CLIENT';
  return begins(/^sips?:/i) ? 'PUBLIC_SIP' : 'PSTN';
}
