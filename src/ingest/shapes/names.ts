import type { Fields, InputRecord } from '../entry.ts';
import { reader, type View } from '../fields.ts';

/** Every field that a log entry of any shape can have, whether in its envelope, its payload or its log properties. */
const names = {
  // The envelope.
  logId: ['logSid'],
  eventTime: [],
  timestamp: [],
  time: [],
  receivedAt: [],
  source: [],
  eventType: [],
  level: [],
  logLevel: [],
  errorCode: [],
  errorReason: [],
  errorMessage: [],
  description: [],
  alertText: [],
  message: [],
  moreInfo: [],
  requestId: ['requestSid'],
  correlationId: ['correlationSid'],
  accountId: ['accountSid'],
  body: [],
  data: [],
  payload: [],
  payloadType: [],
  logProperties: ['properties'],
  headers: [],
  specversion: [],
  type: [],
  dataContentType: [],
  dataSchema: [],
  productName: ['product'],
  // postlude's own tables.
  eventKey: [],
  showsProfile: [],
  resourceCreatedAt: [],
  // The resource.
  id: [],
  sid: [],
  conversationId: [],
  conversationIds: [],
  participantId: [],
  communicationId: [],
  resourceId: [],
  resourceSid: [],
  status: [],
  participantType: [],
  profileId: [],
  configurationId: [],
  storeId: ['memoryStoreId'],
  name: [],
  channel: [],
  address: [],
  addresses: [],
  recipients: [],
  author: [],
  authorParticipantId: [],
  channelId: [],
  content: [],
  text: [],
  dateCreated: [],
  dateGenerated: [],
  createdAt: [],
  updatedAt: [],
  occurredAt: [],
} as const;

export type EntryName = keyof typeof names;
export type EntryView = View<EntryName>;

const entryReader = reader<EntryName>(names);

/** What stands where there is no object. */
export const nothing: EntryView = entryReader.read({});

let lastFields: Fields | null = null;
let lastView: EntryView = nothing;

/** The record's own fields. Each shape is asked about a record in turn, so the last view is kept for the next one. */
export function topOf(record: InputRecord): EntryView {
  if (record.fields !== lastFields) {
    lastView = entryReader.read(record.fields);
    lastFields = record.fields;
  }
  return lastView;
}

export function viewOf(fields: Fields | null): EntryView {
  return fields === null ? nothing : entryReader.read(fields);
}

/** Of every field what the first view says that says something. */
export function merged(...views: readonly EntryView[]): EntryView {
  const speaking = views.filter((view) => view !== nothing);
  const [only] = speaking;
  return speaking.length === 1 && only !== undefined ? only : entryReader.merge(...speaking);
}

export function has(value: unknown): boolean {
  return value !== undefined;
}

/** Present and not empty. */
export function says(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
