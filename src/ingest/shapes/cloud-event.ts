import type { EntryShape } from '../entry.ts';
import { firstText, object, text } from '../fields.ts';
import { noTime, parseTime } from '../times.ts';
import { alertEntry } from './alert.ts';
import { projectLogEntry } from './log-entry.ts';
import { type EntryView, has, merged, says, topOf, viewOf } from './names.ts';
import { entryOf } from './resource.ts';
import { errorLogged } from './vocabulary.ts';

/** A CloudEvent of Event Streams: a logged error, or an event of a product with the resource or a log entry as `data`. */
export const cloudEvent: EntryShape = {
  name: 'cloud-event',
  matches(record) {
    const top = topOf(record);
    if (!has(top.type) || !has(top.data) || has(top.eventType)) return false;
    return (
      has(top.specversion) ||
      has(top.dataSchema) ||
      has(top.dataContentType) ||
      text(top.type)?.startsWith('com.twilio.') === true
    );
  },
  project(record, context) {
    const top = topOf(record);
    const type = text(top.type);
    if (type === null) return { reason: 'type is missing' };
    const fields = object(top.data);
    const data = viewOf(fields);
    if (type.trim().toLowerCase() === errorLogged) {
      const alert = merged(data, viewOf({ logId: top.id, accountId: top.accountId }));
      return alertEntry(alert, { time: timeOf(top, data), timeName: 'time', body: fields }, context);
    }
    if (has(data.eventTime) && has(data.eventType)) {
      const eventType = text(data.eventType) ?? type;
      return projectLogEntry(data, { time: data.eventTime, timeName: 'eventTime', eventType }, context);
    }
    const time = timeOf(top, data);
    const eventTime = parseTime(time, context);
    if (eventTime === null) return { reason: noTime('time', time) };
    return entryOf(
      {
        logId: text(top.id),
        eventTime,
        eventType: type,
        source: null,
        level: text(data.level),
        errorReason: firstText(data.errorReason, data.errorMessage),
        body: fields,
      },
      // `source`, `id` and `type` of a CloudEvent are not those of the resource.
      { body: data, top: viewOf({ accountId: top.accountId }), properties: viewOf(object(data.payload)) },
      context,
    );
  },
};

/** The documented sample has its time in `datacontenttype`, and some events have it only in their data. */
function timeOf(top: EntryView, data: EntryView): unknown {
  const contentType = text(top.dataContentType);
  const misplaced = contentType !== null && /^\d{4}-\d\d-\d\dT/.test(contentType) ? contentType : null;
  const candidates = [
    top.time,
    data.eventTime,
    data.timestamp,
    data.dateCreated,
    misplaced,
    data.updatedAt,
    data.createdAt,
  ];
  return candidates.find(says) ?? top.time;
}
