import type { Address, LogEntry, Recipient, ShapeContext } from '../entry.ts';
import { firstText, int32, list, object, reader, text, traceId, truth } from '../fields.ts';
import { parseTime, timeFromLogId } from '../times.ts';
import { type EntryView, has, merged } from './names.ts';
import { eventTypeOf, levelOf, sourceOf, sourceOfType } from './vocabulary.ts';

/** The places in which a field of an entry can stand, in the order in which they are asked. */
export type Places = { readonly body: EntryView; readonly top: EntryView; readonly properties: EntryView };

/** What the envelope of a shape says; the rest is looked up in the places. */
export type Envelope = {
  readonly logId: string | null;
  /** Already parsed. */
  readonly eventTime: string;
  readonly eventType: string;
  readonly source: string | null;
  readonly level: string | null;
  readonly errorReason: string | null;
  readonly body: unknown;
};

/** The entry that an envelope and its payload make. */
export function entryOf(envelope: Envelope, places: Places, context: ShapeContext): LogEntry {
  const { body, top, properties } = places;
  const found = merged(body, top, properties);
  const eventType = eventTypeOf(envelope.eventType);
  const entity = entityOf(eventType);
  const isCommunication = entity === 'communication';
  const author = isCommunication ? authorOf(found) : null;
  const errorCode = errorCodeIn(places);
  const resourceId = isCommunication ? text(found.resourceId) : firstText(found.resourceSid, found.resourceId);
  const accountId = text(found.accountId);
  const listed = list(found.conversationIds).map(text);

  return {
    logId: envelope.logId,
    eventTime: timeFromLogId(envelope.eventTime, envelope.logId),
    source: envelope.source === null ? sourceOfType(eventType) : sourceOf(envelope.source),
    eventType,
    level: levelOf(envelope.level, errorCode),
    errorCode,
    errorReason: envelope.errorReason,
    requestId: traceId(top.requestId) ?? traceId(body.requestId) ?? traceId(properties.requestId),
    correlationId: traceId(top.correlationId) ?? traceId(body.correlationId) ?? traceId(properties.correlationId),
    // `unknown` is what postlude itself writes where no account was named.
    accountId: accountId === 'unknown' ? null : accountId,
    conversationId:
      idOf('conversation', entity, found) ?? onlyOne(listed) ?? subjectOf(resourceId, 'conv_conversation_'),
    conversationIds: listed.length > 1 ? listed : null,
    participantId:
      author?.participantId ?? idOf('participant', entity, found) ?? subjectOf(resourceId, 'conv_participant_'),
    communicationId: idOf('communication', entity, found) ?? subjectOf(resourceId, 'conv_communication_'),
    resourceId,
    status: text(found.status),
    participantType: entity === 'participant' ? firstText(found.participantType, found.type) : null,
    profileId: text(found.profileId),
    configurationId: text(found.configurationId),
    storeId: text(found.storeId),
    name: text(found.name),
    addresses: author === null ? addressesIn(found) : author.addresses,
    recipients: isCommunication ? recipientList(found.recipients) : none,
    channelId: text(found.channelId),
    text: isCommunication ? textIn(found) : null,
    resourceCreatedAt:
      parseTime(found.occurredAt, context) ??
      parseTime(found.createdAt, context) ??
      parseTime(found.resourceCreatedAt, context),
    showsProfile: showsProfile(places),
    body: envelope.body,
  };
}

type Entity = 'conversation' | 'participant' | 'communication';

function entityOf(eventType: string): Entity | null {
  if (eventType.startsWith('conversation.')) return 'conversation';
  if (eventType.startsWith('participant.')) return 'participant';
  return eventType.startsWith('communication.') ? 'communication' : null;
}

/** An error code; 0 means success. */
export function errorCodeOf(value: unknown): number | null {
  const code = int32(value);
  return code === 0 ? null : code;
}

/** The first error code of the places: that of a payload can be 0 while the envelope has one. */
export function errorCodeIn({ body, top, properties }: Places): number | null {
  return errorCodeOf(body.errorCode) ?? errorCodeOf(top.errorCode) ?? errorCodeOf(properties.errorCode);
}

const ownNames = {
  conversation: 'conversationId',
  participant: 'participantId',
  communication: 'communicationId',
} as const;

/** An entity's id in an entry: where the entry is about it, its own `id`, unless that is the id of something else. */
function idOf(wanted: Entity, about: Entity | null, found: EntryView): string | null {
  const named = text(found[ownNames[wanted]]);
  if (wanted !== about) return named;
  const own = text(found.id);
  return own !== null && (named === null || own.startsWith(`conv_${wanted}_`)) ? own : named;
}

function onlyOne(ids: readonly (string | null)[]): string | null {
  return ids.length === 1 ? (ids[0] ?? null) : null;
}

function subjectOf(resourceId: string | null, prefix: string): string | null {
  return resourceId?.startsWith(prefix) === true ? resourceId : null;
}

/** A `null` counts, too: the export would show a profile if there were one. */
function showsProfile({ body, top, properties }: Places): boolean {
  if (has(body.profileId) || has(properties.profileId)) return true;
  // In a table of postlude every row has the column; another one tells whether the entry did.
  if (has(top.eventKey) || has(top.showsProfile)) return truth(top.showsProfile) ?? text(top.profileId) !== null;
  return has(top.profileId);
}

const none: readonly never[] = [];

const addressReader = reader({ channel: [], address: [], channelId: [], participantId: [], deliveryStatus: [] });

/** A participant's addresses. */
export function addressList(value: unknown): readonly Address[] {
  const found = list(value);
  if (found.length === 0) return none;
  return found.flatMap((each) => {
    const fields = object(each);
    if (fields === null) return [];
    const { channel, address, channelId } = addressReader.read(fields);
    return [{ channel: text(channel), address: text(address), channelId: text(channelId) }];
  });
}

/** A communication's recipients. */
export function recipientList(value: unknown): readonly Recipient[] {
  const found = list(value);
  if (found.length === 0) return none;
  return found.flatMap((each) => {
    const fields = object(each);
    if (fields === null) return [];
    const { channel, address, participantId, deliveryStatus } = addressReader.read(fields);
    return [
      {
        channel: text(channel),
        address: text(address),
        participantId: text(participantId),
        deliveryStatus: text(deliveryStatus),
      },
    ];
  });
}

/** The listed addresses, or the one that a flat row shows. */
function addressesIn(found: EntryView): readonly Address[] {
  const listed = addressList(found.addresses);
  return listed.length > 0 ? listed : addressOf(found.channel, found.address);
}

function addressOf(channel: unknown, address: unknown): readonly Address[] {
  const onChannel = text(channel);
  const at = text(address);
  // The channel id of a communication is its own, not that of its author's address.
  return onChannel === null && at === null ? none : [{ channel: onChannel, address: at, channelId: null }];
}

type Author = { readonly participantId: string | null; readonly addresses: readonly Address[] };

/** Who wrote a communication: from `author`, or from what a flat row says in its place. */
export function authorOf(found: EntryView): Author {
  const fields = object(found.author);
  if (fields === null) {
    return { participantId: firstText(found.authorParticipantId, found.participantId), addresses: addressesIn(found) };
  }
  const { channel, address, participantId } = addressReader.read(fields);
  return { participantId: firstText(participantId, found.authorParticipantId), addresses: addressOf(channel, address) };
}

const contentReader = reader({ text: [] });

/** What a communication says. */
export function textIn(found: EntryView): string | null {
  const content = object(found.content);
  return content === null ? text(found.text) : text(contentReader.read(content).text);
}
