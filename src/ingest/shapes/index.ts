import type { EntryShape, InputRecord } from '../entry.ts';
import { cloudEvent } from './cloud-event.ts';
import { consoleTable } from './console-table.ts';
import { debuggerLog } from './debugger-log.ts';
import { debuggerWebhook } from './debugger-webhook.ts';
import { monitorAlert } from './monitor-alert.ts';
import { statusCallback } from './status-callback.ts';

/** Every shape of log entries, the most specific first; no record matches two of them. */
export const entryShapes: readonly EntryShape[] = [
  debuggerLog,
  cloudEvent,
  statusCallback,
  debuggerWebhook,
  monitorAlert,
  consoleTable,
];

/** The shape of a record, or `null` where it is no log entry. */
export function recogniseEntry(record: InputRecord): EntryShape | null {
  for (const shape of entryShapes) if (shape.matches(record)) return shape;
  return null;
}
