import type { EntryShape } from '../entry.ts';
import { text } from '../fields.ts';
import { alertEntry } from './alert.ts';
import { has, says, topOf } from './names.ts';

/** An alert of the Monitor API (snake_case), of the Twilio CLI as JSON (camelCase) or as TSV (four columns, no id). */
export const monitorAlert: EntryShape = {
  name: 'monitor-alert',
  matches(record) {
    const top = topOf(record);
    if (has(top.eventType) || has(top.timestamp) || has(top.specversion) || has(top.payloadType)) return false;
    if (!has(top.dateCreated) && !has(top.dateGenerated)) return false;
    if (has(top.sid)) return text(top.sid)?.startsWith('NO') === true;
    return has(top.alertText) || (has(top.logLevel) && has(top.errorCode));
  },
  project(record, context) {
    const top = topOf(record);
    // When the alert was raised; it is recorded a moment later.
    const [time, timeName] = says(top.dateGenerated)
      ? [top.dateGenerated, 'dateGenerated']
      : [top.dateCreated, 'dateCreated'];
    // A table has a cell for every column, also where JSON leaves the key out.
    const body = Object.fromEntries(Object.entries(record.fields).filter(([, value]) => says(value)));
    return alertEntry(top, { time, timeName, body }, context);
  },
};
