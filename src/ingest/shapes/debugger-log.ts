import type { EntryShape } from '../entry.ts';
import { text } from '../fields.ts';
import { projectLogEntry } from './log-entry.ts';
import { has, topOf } from './names.ts';

/**
 * A Debugger log entry: the documented envelope (`logId`, `eventTime`, `source`, `eventType`, …) with the resource in `body`
 * or, in lean exports, its queryable fields beside or in "Log properties". Rows of CSV, Parquet and Arrow files with these
 * columns are the same, and so are rows of postlude's own table `events`.
 */
export const debuggerLog: EntryShape = {
  name: 'debugger-log',
  matches(record) {
    const top = topOf(record);
    if (has(top.specversion) || has(top.payloadType)) return false;
    return has(top.eventTime) ? has(top.eventType) || has(top.logId) : has(top.logId) && has(top.eventType);
  },
  project(record, context) {
    const top = topOf(record);
    const eventType = text(top.eventType);
    if (eventType === null) return { reason: 'eventType is missing' };
    const time = has(top.eventTime) ? top.eventTime : top.timestamp;
    return projectLogEntry(top, { time, timeName: 'eventTime', eventType }, context);
  },
};
