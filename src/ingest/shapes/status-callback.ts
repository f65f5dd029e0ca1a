import type { EntryShape, InputRecord } from '../entry.ts';
import { object, text } from '../fields.ts';
import { noTime, parseTime } from '../times.ts';
import { type EntryView, has, nothing, says, topOf, viewOf } from './names.ts';
import { type StoredRequest, storedRequest } from './request.ts';
import { entryOf } from './resource.ts';
import { orchestrator } from './vocabulary.ts';

/**
 * A status callback `{eventType: 'CONVERSATION_CREATED', timestamp, data}`, bare or as a stored request. It has no log id:
 * the idempotency token in its headers names the delivery, not the event.
 */
export const statusCallback: EntryShape = {
  name: 'status-callback',
  matches: (record) => callbackIn(record) !== null,
  project(record, context) {
    const request = callbackIn(record);
    const eventType = request === null ? null : text(request.view.eventType);
    if (request === null || eventType === null) return { reason: 'eventType is missing' };
    const { view } = request;
    const data = object(view.data);
    const resource = viewOf(data);
    const time = timeOf(request, resource);
    const eventTime = parseTime(time, context);
    if (eventTime === null) return { reason: noTime('timestamp', time) };
    const top = viewOf({
      accountId: view.accountId,
      requestId: view.requestId ?? request.requestId,
      correlationId: view.correlationId ?? request.correlationId,
    });
    return entryOf(
      { logId: null, eventTime, eventType, source: orchestrator, level: null, errorReason: null, body: data },
      { body: resource, top, properties: nothing },
      context,
    );
  },
};

/** `timestamp` is documented but not always there. */
function timeOf({ view, receivedAt }: StoredRequest, resource: EntryView): unknown {
  return [view.timestamp, receivedAt, resource.updatedAt, resource.createdAt].find(says);
}

function callbackIn(record: InputRecord): StoredRequest | null {
  const request = storedRequest(topOf(record));
  if (request === null) return null;
  const { view } = request;
  const isCallback =
    has(view.eventType) &&
    has(view.data) &&
    !has(view.eventTime) &&
    !has(view.logId) &&
    !has(view.specversion) &&
    object(view.data) !== null;
  return isCallback ? request : null;
}
