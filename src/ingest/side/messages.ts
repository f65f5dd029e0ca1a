import type { SideShape } from '../entry.ts';
import { text } from '../fields.ts';
import { errorCodeOf } from '../shapes/resource.ts';
import { sideShape } from './side-shape.ts';
import { directionOf, statusOf } from './traffic-words.ts';

/** A message, as the API lists it or as a row of the Console's CSV. */
export const messages: SideShape = sideShape('messages', 'message', (view, time) => {
  const from = text(view.from);
  const to = text(view.to);
  const sentAt = time('dateSent', view.dateSent);
  return [
    {
      table: 'messages',
      row: {
        account_id: text(view.accountId),
        message_id: text(view.sid),
        from_address: from,
        to_address: to,
        channel: channelOf(from) ?? channelOf(to) ?? 'SMS',
        direction: directionOf(view.direction),
        status: statusOf(view.status),
        created_at: time('dateCreated', view.createdAt) ?? time('date', view.date) ?? sentAt,
        sent_at: sentAt,
        error_code: errorCodeOf(view.errorCode),
      },
    },
  ];
});

function channelOf(address: string | null): string | null {
  const prefix = /^(whatsapp|rcs|messenger):/i.exec(address ?? '')?.[1];
  return prefix === undefined ? null : prefix.toUpperCase();
}
