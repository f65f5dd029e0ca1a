import type { EntryShape } from '../entry.ts';
import { text } from '../fields.ts';
import { projectLogEntry } from './log-entry.ts';
import { has, topOf } from './names.ts';
import { errorCodeOf } from './resource.ts';
import { errorLogged, isOrchestratorCode } from './vocabulary.ts';

/**
 * A row of the Console's Debugger table: Timestamp (local), Level, Error code, Source, Event type, Description and
 * Log properties. It has a log id only where the properties or a column "Log SID" show one.
 */
export const consoleTable: EntryShape = {
  name: 'console-table',
  matches(record) {
    const top = topOf(record);
    if (has(top.eventTime) || has(top.data) || has(top.payloadType) || has(top.payload) || has(top.specversion))
      return false;
    if (!has(top.timestamp)) return false;
    return (
      has(top.eventType) || has(top.logProperties) || (has(top.level) && (has(top.description) || has(top.errorCode)))
    );
  },
  project(record, context) {
    const top = topOf(record);
    const ofNoType = isOrchestratorCode(errorCodeOf(top.errorCode)) ? 'diagnostic' : errorLogged;
    return projectLogEntry(
      top,
      { time: top.timestamp, timeName: 'Timestamp', eventType: text(top.eventType) ?? ofNoType },
      context,
    );
  },
};
