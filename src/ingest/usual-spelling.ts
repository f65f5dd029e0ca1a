import { closeSync, openSync, readSync } from 'node:fs';
import { isUnreadable } from '../engine/errors.ts';
import { isFields, parseLoosely } from './containers/parse-object.ts';
import type { Fields } from './entry.ts';
import { plainName } from './fields.ts';

/*
 * DuckDB reads the fields that it is told of (read-debugger-log.sql), and drops any other without a word. What Node would understand and
 * DuckDB does not must not get there: such a file is read by Node. Of each line that would cost as much as reading it there, so lines are
 * looked at all over the file; what is likeliest to stand in few lines is seen to by the SQL itself.
 */

/** What Node looks for beside the payload and in it, whatever its spelling. */
const understood = new Set(
  [
    ...['accountId', 'accountSid', 'errorCode', 'errorReason', 'id', 'type', 'status', 'name', 'text', 'content'],
    ...['conversationId', 'conversationIds', 'participantId', 'communicationId', 'resourceId', 'resourceSid'],
    ...[
      'participantType',
      'profileId',
      'configurationId',
      'storeId',
      'memoryStoreId',
      'channelId',
      'channel',
      'address',
    ],
    ...['addresses', 'recipients', 'author', 'authorParticipantId', 'createdAt', 'occurredAt'],
  ].map(plainName),
);
const understoodInEnvelope = new Set(
  [
    'logId',
    'logSid',
    'eventTime',
    'source',
    'eventType',
    'level',
    'requestId',
    'requestSid',
    'correlationId',
    'correlationSid',
    'body',
  ].map(plainName),
);

/** What the SQL reads of an entry, or at least notices. */
const envelope = new Set([
  ...['logId', 'eventTime', 'source', 'eventType', 'level', 'errorCode', 'errorReason', 'requestId', 'correlationId'],
  ...['accountId', 'body', 'accountSid', 'account_id', 'request_id', 'correlation_id', 'error_code', 'error_reason'],
  ...['id', 'conversationId', 'participantId', 'participantType', 'profileId', 'status', 'resourceSid'],
]);
/** What debugger-log-body.sql reads. */
const payload = new Set([
  ...['id', 'accountId', 'accountSid', 'conversationId', 'participantId', 'communicationId', 'type', 'participantType'],
  ...['status', 'name', 'profileId', 'configurationId', 'storeId', 'memoryStoreId', 'channelId', 'resourceId'],
  ...['resourceSid', 'errorCode', 'errorReason', 'createdAt', 'occurredAt', 'account_id', 'conversation_id'],
  ...['participant_id', 'profile_id', 'store_id', 'error_code', 'error_reason', 'created_at', 'conversationIds'],
  ...['conversation_ids', 'content', 'recipients', 'addresses', 'author'],
]);
const someone = new Set(['channel', 'address', 'channelId', 'participantId', 'deliveryStatus']);
const understoodOfSomeone = new Set([...someone].map(plainName));

/** Whether DuckDB would read of an entry what Node would. */
export function isUsualSpelling(entry: Fields): boolean {
  return (
    Object.keys(entry).every(
      (key) => envelope.has(key) || !(understood.has(plainName(key)) || understoodInEnvelope.has(plainName(key))),
    ) &&
    (!isFields(entry.body) || isUsualPayload(entry.body))
  );
}

function isUsualPayload(body: Fields): boolean {
  return (
    Object.keys(body).every((key) => payload.has(key) || !understood.has(plainName(key))) &&
    [body.author, body.addresses, body.recipients]
      .flat()
      .filter(isFields)
      .every((each) => Object.keys(each).every((key) => someone.has(key) || !understoodOfSomeone.has(plainName(key))))
  );
}

const windowBytes = 32 * 1024;
const linesOfWindow = 8;
/** A look into every so many bytes, but not into more places than this. */
const bytesPerWindow = 16 * 1024 * 1024;
const mostWindows = 64;

/** One for all files, as nothing comes between reading into it and looking at it. */
const memory = Buffer.allocUnsafe(windowBytes);

/**
 * Whether lines from all over a file, its end among them, are spelled as usual; what is no entry has no say. At once: of thousands of files,
 * waiting for each takes five times as long as reading it.
 */
export function isUsualThroughout(path: string, bytes: number): boolean {
  const windows = Math.min(mostWindows, Math.max(1, Math.ceil(bytes / bytesPerWindow)));
  try {
    const file = openSync(path, 'r');
    try {
      for (let window = 1; window <= windows; window++) {
        const start = Math.max(0, Math.floor((bytes * window) / windows) - windowBytes);
        const bytesRead = readSync(file, memory, 0, windowBytes, start);
        if (!entriesIn(memory.subarray(0, bytesRead), start === 0).every(isUsualSpelling)) return false;
      }
      return true;
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    // Whoever reads it says so.
    if (isUnreadable(thrown)) return true;
    throw thrown;
  }
}

/** The last whole lines of some bytes. */
function entriesIn(bytes: Buffer, isBeginning: boolean): readonly Fields[] {
  const lines = bytes.toString('utf8').split('\n');
  return lines
    .slice(isBeginning ? 0 : 1)
    .slice(-linesOfWindow)
    .flatMap((line) => {
      const parsed = line.trim() === '' ? null : parseLoosely(line);
      return parsed !== null && 'value' in parsed && isFields(parsed.value) ? [parsed.value] : [];
    });
}
