import type { EntryShape, InputRecord } from '../entry.ts';
import { object, text } from '../fields.ts';
import { alertEntry } from './alert.ts';
import { has, topOf } from './names.ts';
import { type StoredRequest, storedRequest } from './request.ts';

/** The body of a Debugger webhook: form fields `Sid`, `AccountSid`, `Timestamp`, `Level`, `PayloadType`, `Payload`. */
export const debuggerWebhook: EntryShape = {
  name: 'debugger-webhook',
  matches: (record) => webhookIn(record) !== null,
  project(record, context) {
    const request = webhookIn(record);
    if (request === null) return { reason: 'not a Debugger webhook' };
    const { view } = request;
    const time = has(view.timestamp) ? view.timestamp : request.receivedAt;
    return alertEntry(view, { time, timeName: 'Timestamp', body: object(view.payload) }, context);
  },
};

function webhookIn(record: InputRecord): StoredRequest | null {
  const request = storedRequest(topOf(record));
  if (request === null) return null;
  const { view } = request;
  const isWebhook =
    has(view.payload) &&
    has(view.sid) &&
    has(view.level) &&
    !has(view.eventType) &&
    !has(view.dateCreated) &&
    !has(view.specversion) &&
    (has(view.payloadType) || text(view.sid)?.startsWith('NO') === true);
  return isWebhook ? request : null;
}
