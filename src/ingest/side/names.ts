import type { Fields, InputRecord } from '../entry.ts';
import { reader, type View } from '../fields.ts';

/** Every field that a side record of any kind can have. */
const names = {
  id: [],
  sid: ['messageSid', 'callSid'],
  operationId: [],
  accountId: ['accountSid'],
  displayName: ['friendlyName'],
  name: [],
  status: ['messageStatus', 'callStatus'],
  version: [],
  type: ['participantType'],
  createdAt: ['dateCreated'],
  updatedAt: ['dateUpdated'],
  completedAt: [],
  occurredAt: [],
  // Configurations.
  conversationGroupingType: ['groupingType'],
  memoryStoreId: ['storeId'],
  memoryExtractionEnabled: [],
  intelligenceConfigurationIds: [],
  channelSettings: [],
  rules: [],
  // Operations.
  error: [],
  result: [],
  related: [],
  // Messages and calls.
  from: [],
  to: [],
  direction: [],
  dateSent: ['sentDate'],
  startTime: ['dateStarted'],
  endTime: ['dateEnded'],
  date: [],
  duration: [],
  errorCode: [],
  // API errors.
  code: [],
  httpStatusCode: ['httpStatus', 'statusCode'],
  message: ['errorMessage'],
  moreInfo: [],
  userError: [],
  params: [],
  timestamp: ['time'],
  requestId: ['twilioRequestId'],
  method: ['httpMethod'],
  path: ['url', 'uri'],
  response: ['responseBody'],
  body: [],
  headers: [],
  // Resources.
  configurationId: [],
  conversationId: [],
  conversationIds: [],
  participants: [],
  addresses: [],
  profileId: [],
  author: [],
  content: [],
  channelId: [],
  resourceId: [],
} as const;

export type SideName = keyof typeof names;
export type SideView = View<SideName>;

const sideReader = reader<SideName>(names);

export function sideViewOf(fields: Fields | null): SideView {
  return sideReader.read(fields ?? {});
}

let lastFields: Fields | null = null;
let lastView: SideView = sideViewOf(null);

/** The record's fields. Each shape is asked about a record in turn, so the last view is kept for the next one. */
export function sideViewOfRecord(record: InputRecord): SideView {
  if (record.fields !== lastFields) {
    lastView = sideViewOf(record.fields);
    lastFields = record.fields;
  }
  return lastView;
}
