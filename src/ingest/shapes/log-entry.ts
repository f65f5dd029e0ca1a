import type { LogEntry, ShapeContext } from '../entry.ts';
import { firstText, object, text } from '../fields.ts';
import { noTime, parseTime } from '../times.ts';
import { type EntryView, viewOf } from './names.ts';
import { payloadReason } from './reason.ts';
import { entryOf, errorCodeIn, type Places } from './resource.ts';
import { levelOf } from './vocabulary.ts';

/** A Debugger log entry, in the form of the log or of the Console's table: they differ in where time and type stand. */
export function projectLogEntry(
  top: EntryView,
  { time, timeName, eventType }: { readonly time: unknown; readonly timeName: string; readonly eventType: string },
  context: ShapeContext,
): LogEntry | { readonly reason: string } {
  const eventTime = parseTime(time, context);
  if (eventTime === null) return { reason: noTime(timeName, time) };
  const propertyFields = object(top.logProperties);
  const properties = viewOf(propertyFields);
  const bodyFields = object(top.body) ?? object(properties.body);
  const body = viewOf(bodyFields);
  const level = firstText(top.level, top.logLevel, properties.level);
  const places = { body, top, properties };
  return entryOf(
    {
      logId: firstText(top.logId, properties.logId),
      eventTime,
      eventType,
      source: firstText(top.source, properties.source),
      level,
      errorReason:
        firstText(body.errorReason, top.errorReason, properties.errorReason) ?? reasonInOtherWords(level, places),
      // Where there is no payload, what the entry says of its resource stands in its log properties.
      body: bodyFields ?? propertyFields,
    },
    places,
    context,
  );
}

/** What errors of other products say in place of an `errorReason`; the description of an entry that is no error is none. */
function reasonInOtherWords(level: string | null, places: Places): string | null {
  const { body, top, properties } = places;
  const code = errorCodeIn(places);
  if (code === null && levelOf(level, code) === 'INFO') return null;
  return (
    firstText(top.errorMessage, top.description) ??
    payloadReason(body) ??
    payloadReason(properties) ??
    text(top.message)
  );
}
