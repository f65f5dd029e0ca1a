/** What happens in Conversation Orchestrator: each function changes one resource and logs the event of that change. */
import { sid, typeId } from './ids.ts';
import { type Body, type Entry, emit, isoTime, type World } from './world.ts';

export type Channel = 'SMS' | 'WHATSAPP' | 'RCS' | 'VOICE' | 'CHAT';
export type ParticipantType = 'CUSTOMER' | 'HUMAN_AGENT' | 'AI_AGENT' | 'AGENT' | 'UNKNOWN';
export type Status = 'ACTIVE' | 'INACTIVE' | 'CLOSED';
export type Address = { readonly channel: Channel; readonly address: string; readonly channelId?: string | null };

export type Conversation = {
  readonly id: string;
  readonly accountId: string;
  readonly configurationId: string;
  readonly status: Status;
  readonly name: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type Participant = {
  readonly id: string;
  readonly conversationId: string;
  readonly accountId: string;
  readonly name: string;
  readonly type: ParticipantType;
  readonly profileId: string | null;
  readonly addresses: readonly Address[];
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type Communication = {
  readonly id: string;
  readonly conversationId: string;
  readonly accountId: string;
  readonly author: { readonly address: string; readonly channel: Channel; readonly participantId: string };
  readonly content: Body;
  readonly recipients: readonly Body[];
  readonly channelId: string | null;
  readonly resourceId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly occurredAt: string;
};

/** `conversation.created`. */
export function conversation(
  world: World,
  options: { readonly configurationId: string; readonly name?: string; readonly status?: Status },
): Conversation {
  const created: Conversation = {
    id: typeId(world.random, 'conv_conversation', world.now),
    accountId: world.accountId,
    configurationId: options.configurationId,
    status: options.status ?? 'ACTIVE',
    name: options.name ?? null,
    createdAt: isoTime(world.now),
    updatedAt: isoTime(world.now),
  };
  emit(world, { eventType: 'conversation.created', body: created });
  return created;
}

/** `conversation.updated`: a new status or name. */
export function updateConversation(
  world: World,
  before: Conversation,
  changes: { readonly status?: Status; readonly name?: string },
): Conversation {
  const updated: Conversation = { ...before, ...changes, updatedAt: isoTime(world.now) };
  emit(world, { eventType: 'conversation.updated', body: updated });
  return updated;
}

/** A close is an update like any other: there is no event type of its own for it. */
export function closeConversation(world: World, before: Conversation): Conversation {
  return updateConversation(world, before, { status: 'CLOSED' });
}

/** `conversation.deleted`. */
export function deleteConversation(world: World, before: Conversation): void {
  emit(world, { eventType: 'conversation.deleted', body: { ...before, updatedAt: isoTime(world.now) } });
}

/** `participant.created`. Without a name the participant is called by its address, as the product does. */
export function participant(
  world: World,
  owner: Conversation,
  options: {
    readonly type: ParticipantType;
    readonly addresses: readonly Address[];
    readonly name?: string;
    readonly profileId?: string | null;
  },
): Participant {
  const created: Participant = {
    id: typeId(world.random, 'conv_participant', world.now),
    conversationId: owner.id,
    accountId: world.accountId,
    name: options.name ?? options.addresses[0]?.address ?? '',
    type: options.type,
    profileId: options.profileId ?? null,
    addresses: options.addresses.map(({ channel, address, channelId }) => ({
      channel,
      address,
      channelId: channelId ?? null,
    })),
    createdAt: isoTime(world.now),
    updatedAt: isoTime(world.now),
  };
  emit(world, { eventType: 'participant.created', body: created });
  return created;
}

/** `participant.updated`: a profile that arrives late, an UNKNOWN who turns out to be a customer, another address. */
export function updateParticipant(
  world: World,
  before: Participant,
  changes: Partial<Pick<Participant, 'type' | 'profileId' | 'name' | 'addresses'>>,
): Participant {
  const updated: Participant = { ...before, ...changes, updatedAt: isoTime(world.now) };
  emit(world, { eventType: 'participant.updated', body: updated });
  return updated;
}

/** `participant.removed`. */
export function removeParticipant(world: World, before: Participant): void {
  emit(world, { eventType: 'participant.removed', body: { ...before, updatedAt: isoTime(world.now) } });
}

/**
 * `communication.created`. On VOICE the content is a transcription and `resourceId` is transcription SID and index; elsewhere both
 * `channelId` and `resourceId` are the message's SID.
 */
export function communication(
  world: World,
  owner: Conversation,
  options: {
    readonly author: Participant;
    readonly to: Participant;
    readonly text: string;
    readonly channel?: Channel;
    readonly channelId?: string;
    readonly resourceId?: string;
    readonly deliveryStatus?: string;
  },
): Communication {
  const channel = options.channel ?? options.author.addresses[0]?.channel ?? 'SMS';
  const spoken = channel === 'VOICE';
  const channelId = options.channelId ?? (spoken ? sid(world.random, 'CA') : sid(world.random, 'SM'));
  const fromCustomer = options.author.type === 'CUSTOMER' || options.author.type === 'UNKNOWN';
  const created: Communication = {
    id: typeId(world.random, 'conv_communication', world.now),
    conversationId: owner.id,
    accountId: world.accountId,
    author: { address: addressOn(options.author, channel), channel, participantId: options.author.id },
    content: spoken
      ? {
          type: 'TRANSCRIPTION',
          text: options.text,
          transcription: { channel: fromCustomer ? 0 : 1, confidence: 0.94, engine: 'deepgram', words: [] },
        }
      : { type: 'TEXT', text: options.text },
    recipients: [
      {
        address: addressOn(options.to, channel),
        channel,
        participantId: options.to.id,
        deliveryStatus: options.deliveryStatus ?? (spoken ? 'COMPLETED' : 'DELIVERED'),
      },
    ],
    channelId,
    resourceId: options.resourceId ?? (spoken ? `${sid(world.random, 'GT')}-0` : channelId),
    createdAt: isoTime(world.now),
    updatedAt: isoTime(world.now),
    occurredAt: isoTime(world.now),
  };
  emit(world, { eventType: 'communication.created', body: created });
  return created;
}

function addressOn(person: Participant, channel: Channel): string {
  return (person.addresses.find((address) => address.channel === channel) ?? person.addresses[0])?.address ?? '';
}

/** `communication.updated`: what became of its delivery. */
export function updateDelivery(world: World, before: Communication, deliveryStatus: string): Communication {
  const updated: Communication = {
    ...before,
    recipients: before.recipients.map((recipient) => ({ ...recipient, deliveryStatus })),
    updatedAt: isoTime(world.now),
  };
  emit(world, { eventType: 'communication.updated', body: updated });
  return updated;
}

const diagnostics = {
  530001: { level: 'WARNING', status: 'SKIPPED' },
  530003: { level: 'WARNING', status: 'FAILED' },
  530004: { level: 'ERROR', status: 'FAILED' },
} as const;

/** `diagnostic`: how the resolution of a participant's profile went. The level follows from the code. */
export function diagnostic(
  world: World,
  about: Participant,
  errorCode: keyof typeof diagnostics,
  errorReason: string,
): Entry {
  const { level, status } = diagnostics[errorCode];
  return emit(world, {
    eventType: 'diagnostic',
    level,
    errorCode,
    errorReason,
    body: { resourceSid: about.id, errorCode, status, accountId: world.accountId },
  });
}
