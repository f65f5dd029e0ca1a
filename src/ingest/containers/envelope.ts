import type { Fields } from '../entry.ts';
import { plainName } from '../fields.ts';
import type { Page } from './batch.ts';
import { isFields } from './parse-object.ts';

/**
 * Keys under which exports and API pages keep their list. An object with one of them is an envelope around records, unless
 * it is itself a record that happens to have a list: then it carries one of the marks beside it.
 */
const logLists: ReadonlySet<string> = new Set(
  [
    'events',
    'logs',
    'entries',
    'logEntries',
    'logEvents',
    'debuggerEvents',
    'items',
    'records',
    'rows',
    'data',
    'results',
    'alerts',
    'value',
    'values',
    'notifications',
    'callbacks',
    'webhooks',
    'requests',
    'responses',
    'documents',
    'hits',
  ].map(plainName),
);
const resourceLists: ReadonlySet<string> = new Set(
  [
    'conversations',
    'participants',
    'communications',
    'configurations',
    'operations',
    'stores',
    'services',
    'profiles',
    'messages',
    'calls',
    'observations',
    'summaries',
    'errors',
    'intelligenceConfigurations',
    'operatorResults',
    'actions',
  ].map(plainName),
);

/** What marks a log entry or an event: no envelope around a list has it. */
const entryMarks: ReadonlySet<string> = new Set(
  ['logId', 'logSid', 'eventType', 'eventTime', 'specversion', 'errorCode'].map(plainName),
);
/** What marks a resource or an error, which may have a list of its parts (a conversation its participants). */
const resourceMarks: ReadonlySet<string> = new Set([
  ...entryMarks,
  ...['id', 'sid', 'code', 'operationId', 'title', 'operatorResults'].map(plainName),
]);

/** Whether a list under this key may be what an export is about. The spelling of the key does not matter. */
export function isListKey(key: string): boolean {
  // Real ones are short: no need to normalise a key of megabytes.
  if (key.length > 40) return false;
  const name = plainName(key);
  return logLists.has(name) || resourceLists.has(name);
}

/** Whether an object with these keys, of which `lists` hold lists of records, is an envelope around them. */
export function isEnvelope(keys: readonly string[], lists: readonly string[]): boolean {
  const names = keys.filter((key) => key.length <= 40).map(plainName);
  return lists.some((list) => {
    const name = plainName(list);
    const marks = logLists.has(name) ? entryMarks : resourceMarks;
    return isListKey(list) && !names.some((other) => other !== name && marks.has(other));
  });
}

/** The lists of an envelope with their keys, as they stand in the object; `null` where the object is a record itself. */
export function listsOf(fields: Fields): readonly (readonly [key: string, list: readonly unknown[]])[] | null {
  let lists: [string, readonly unknown[]][] | null = null;
  for (const key in fields) {
    const value = fields[key];
    if (!Array.isArray(value) || !isListKey(key) || !holdsRecords(value)) continue;
    lists ??= [];
    lists.push([key, value]);
  }
  if (lists === null) return null;
  return isEnvelope(
    Object.keys(fields),
    lists.map(([key]) => key),
  )
    ? lists
    : null;
}

/** An empty list is a list of no records; one of numbers or texts is a field. */
function holdsRecords(list: readonly unknown[]): boolean {
  return list.length === 0 || list.some(isFields);
}

const nextNames: ReadonlySet<string> = new Set(
  ['nextToken', 'nextPageToken', 'nextPageUrl', 'nextPageUri', 'nextCursor', 'nextLink', 'hasMore', 'hasNextPage'].map(
    plainName,
  ),
);
const previousNames: ReadonlySet<string> = new Set(
  [
    'previousToken',
    'previousPageToken',
    'previousPageUrl',
    'previousPageUri',
    'prevToken',
    'previousCursor',
    'hasPreviousPage',
  ].map(plainName),
);
const pagingNames: ReadonlySet<string> = new Set(
  ['meta', 'metadata', 'paging', 'pagination', 'links', 'pageInfo'].map(plainName),
);

/** What an envelope says about its neighbours; `null` where it says nothing. */
export function pageOf(envelope: Fields, listKey: string | null, line: number): Page | null {
  let next: string | null = null;
  let hasPrevious = false;
  const look = (fields: Fields, prefix: string) => {
    for (const [key, value] of Object.entries(fields)) {
      if (key.length > 40) continue;
      const name = plainName(key);
      if (prefix === '' && pagingNames.has(name) && isFields(value)) look(value, `${key}.`);
      if (!says(value)) continue;
      if (nextNames.has(name)) next ??= `${prefix}${key}`;
      else if (previousNames.has(name)) hasPrevious = true;
    }
  };
  look(envelope, '');
  return next === null && !hasPrevious ? null : { line, listKey, next, hasPrevious };
}

function says(value: unknown): boolean {
  return value === true || typeof value === 'number' || (typeof value === 'string' && value !== '' && value !== 'null');
}
