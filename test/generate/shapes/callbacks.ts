/** Status callbacks as a receiver keeps them: the body that was posted, with the request's headers beside it. */
import { type Entry, isoTime, timeOf } from '../world.ts';

const callbackNames: Readonly<Record<string, string>> = {
  'conversation.created': 'CONVERSATION_CREATED',
  'conversation.updated': 'CONVERSATION_UPDATED',
  'participant.created': 'PARTICIPANT_ADDED',
  'participant.updated': 'PARTICIPANT_UPDATED',
  'participant.removed': 'PARTICIPANT_REMOVED',
  'communication.created': 'COMMUNICATION_CREATED',
  'communication.updated': 'COMMUNICATION_UPDATED',
};

/** The body of the callback that tells the same as the entry; NULL where none does (diagnostics, deletions). */
export function callbackBody(entry: Entry): Readonly<Record<string, unknown>> | null {
  const eventType = callbackNames[entry.eventType];
  return eventType === undefined ? null : { eventType, timestamp: isoTime(timeOf(entry)), data: entry.body };
}

/** The stored requests for those of the entries that have a callback. */
export function callbackRequests(entries: readonly Entry[]): readonly Readonly<Record<string, unknown>>[] {
  return entries.flatMap((entry) => {
    const body = callbackBody(entry);
    if (body === null) return [];
    const headers = {
      'content-type': 'application/json',
      'i-twilio-idempotency-token': entry.logId.slice(-8),
      'twilio-request-id': entry.requestId,
    };
    return [{ method: 'POST', url: '/callbacks', headers, body }];
  });
}
