/** Tables: what the Console shows, and the envelope with one column per field. */
import type { Entry } from '../world.ts';
import { timeOf } from '../world.ts';

export type Separator = ',' | '\t';

const consoleColumns = [
  'Timestamp (local)',
  'Level',
  'Error code',
  'Source',
  'Event type',
  'Description',
  'Log properties',
] as const;

/** The Console's list of logs. It has no ids, and shows times to the second in the viewer's zone, without saying which. */
export function consoleTable(
  entries: readonly Entry[],
  options: { readonly separator?: Separator; readonly timezone?: string } = {},
): string {
  const rows = entries.map((entry) => [
    localTime(timeOf(entry), options.timezone ?? 'UTC'),
    entry.level.charAt(0) + entry.level.slice(1).toLowerCase(),
    entry.errorCode === 0 ? '' : String(entry.errorCode),
    entry.source,
    entry.eventType,
    entry.errorReason ?? '',
    JSON.stringify(entry.body),
  ]);
  return table([consoleColumns, ...rows], options.separator ?? ',');
}

const envelopeColumns = [
  'logId',
  'eventTime',
  'source',
  'eventType',
  'level',
  'errorCode',
  'errorReason',
  'requestId',
  'correlationId',
  'body',
] as const;

/** One column per field of the envelope, `body` as JSON text. */
export function envelopeTable(entries: readonly Entry[], separator: Separator = ','): string {
  return table(
    [envelopeColumns, ...entries.map((entry) => envelopeColumns.map((column) => cell(entry[column])))],
    separator,
  );
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function table(rows: readonly (readonly string[])[], separator: Separator): string {
  return rows.map((row) => `${row.map((text) => quotedWhereNeeded(text, separator)).join(separator)}\n`).join('');
}

function quotedWhereNeeded(text: string, separator: Separator): string {
  return /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `2026-09-14 10:00:00`: wall time of a zone, as the Console shows it. */
export function localTime(time: number, timezone: string): string {
  const formatted = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time);
  return formatted.replace('T', ' ');
}
