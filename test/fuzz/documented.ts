import { z } from 'zod';

const text = z.string().nullish();
const time = z.string().regex(/^(?:19[7-9]|2\d\d)\d-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,6})?Z$/);
const code = z.union([z.int32(), z.string().regex(/^\d{1,9}$/)]).nullish();
const address = z.looseObject({ channel: text, address: text, channelId: text, participantId: text });

const body = z.looseObject({
  ...Object.fromEntries(
    [
      ...['id', 'accountId', 'accountSid', 'conversationId', 'participantId', 'communicationId', 'type', 'status'],
      ...['participantType', 'name', 'profileId', 'configurationId', 'storeId', 'memoryStoreId', 'channelId'],
      ...['resourceId', 'resourceSid', 'errorReason', 'account_id', 'conversation_id', 'participant_id', 'profile_id'],
      ...['store_id', 'error_reason'],
    ].map((name) => [name, text]),
  ),
  errorCode: code,
  error_code: code,
  createdAt: time.nullish(),
  occurredAt: time.nullish(),
  created_at: time.nullish(),
  conversationIds: z.array(z.string().min(1)).nullish(),
  conversation_ids: z.array(z.string().min(1)).nullish(),
  content: z.looseObject({ text }).nullish(),
  author: address.nullish(),
  addresses: z.array(address).nullish(),
  recipients: z.array(address.extend({ deliveryStatus: text })).nullish(),
});

const envelope = z.looseObject({
  ...Object.fromEntries(
    ['logId', 'source', 'eventType', 'level', 'errorReason', 'requestId', 'correlationId', 'accountId'].map((name) => [
      name,
      text,
    ]),
  ),
  eventTime: time,
  errorCode: code,
  body: body.nullish(),
});

/**
 * Whether all lines are entries whose fields are of the types that are documented, in JSON as it is mostly written. Of other lines
 * DuckDB and Node may make different things: a name that stands twice, a list or an object in the place of a text.
 */
export function isDocumented(bytes: Buffer): boolean {
  return bytes
    .toString('utf8')
    .split(/\r?\n/)
    .every((line) => {
      if (line.trim() === '') return true;
      try {
        const value: unknown = JSON.parse(line);
        return JSON.stringify(value) === line.trim() && envelope.safeParse(value).success;
      } catch {
        return false;
      }
    });
}
