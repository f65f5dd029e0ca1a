/** Scenes that most stories are made of: somebody writes or calls, the two talk, the timers close the conversation. */
import { sid } from './ids.ts';
import { newProfile } from './memory.ts';
import {
  type Channel,
  type Communication,
  type Conversation,
  communication,
  conversation,
  type Participant,
  participant,
  updateConversation,
  updateParticipant,
} from './orchestrator.ts';
import type { Configuration, Timeouts } from './side.ts';
import { inRequest, timeOf, type World, wait } from './world.ts';

export type Person = { readonly name: string; readonly address: string };

/** A conversation of two, as it stands. On VOICE with the call that it belongs to. */
export type Chat = {
  readonly conversation: Conversation;
  readonly customer: Participant;
  readonly agent: Participant;
  readonly callId: string | null;
};

type Opening = {
  readonly configuration: Configuration;
  readonly person: Person;
  /** The account's own address. */
  readonly own: string;
  /** NULL: not resolved yet. Left out: a profile of their own, there at once. */
  readonly profileId?: string | null;
};

/** A message from outside opens a conversation: four events of one request. */
export function messageArrives(
  world: World,
  channel: Channel,
  options: Opening & { readonly text: string; readonly type?: 'CUSTOMER' | 'UNKNOWN' },
): Chat {
  return inRequest(world, () => {
    const opened = conversation(world, { configurationId: options.configuration.id });
    const customer = joins(world, opened, channel, options);
    const agent = participant(world, opened, {
      type: 'HUMAN_AGENT',
      addresses: [{ channel, address: options.own }],
    });
    const chat = { conversation: opened, customer, agent, callId: null };
    says(world, chat, 'customer', options.text);
    return chat;
  });
}

/** A call opens a conversation. Nobody has said anything yet. */
export function callArrives(world: World, options: Opening & { readonly seconds: number | null }): Chat {
  return inRequest(world, () => {
    const callId = sid(world.random, 'CA');
    world.calls.push({
      sid: callId,
      from: options.person.address,
      to: options.own,
      direction: 'inbound',
      time: world.now,
      seconds: options.seconds,
    });
    const opened = conversation(world, { configurationId: options.configuration.id });
    const customer = joins(world, opened, 'VOICE', options, callId);
    const agent = participant(world, opened, {
      type: 'AGENT',
      addresses: [{ channel: 'VOICE', address: options.own, channelId: callId }],
    });
    return { conversation: opened, customer, agent, callId };
  });
}

/** A customer joins a conversation that is there already. */
export function joins(
  world: World,
  owner: Conversation,
  channel: Channel,
  options: {
    readonly person: Person;
    readonly profileId?: string | null;
    readonly type?: 'CUSTOMER' | 'UNKNOWN';
  },
  channelId: string | null = null,
): Participant {
  return participant(world, owner, {
    type: options.type ?? 'CUSTOMER',
    name: options.person.name,
    addresses: [{ channel, address: options.person.address, channelId }],
    profileId: options.profileId === undefined ? newProfile(world) : options.profileId,
  });
}

/** One message, or one transcribed utterance of a call, by the customer or by the agent. */
export function says(
  world: World,
  chat: Chat,
  who: 'customer' | 'agent',
  text: string,
  deliveryStatus?: string,
): Communication {
  const [author, to] = who === 'customer' ? [chat.customer, chat.agent] : [chat.agent, chat.customer];
  const channel = author.addresses[0]?.channel ?? 'SMS';
  const channelId = chat.callId ?? sid(world.random, channel === 'CHAT' ? 'IM' : 'SM');
  if (channel === 'SMS' || channel === 'WHATSAPP' || channel === 'RCS') {
    world.messages.push({
      sid: channelId,
      from: author.addresses[0]?.address ?? '',
      to: to.addresses[0]?.address ?? '',
      direction: who === 'customer' ? 'inbound' : 'outbound-api',
      time: world.now,
    });
  }
  return communication(world, chat.conversation, {
    author,
    to,
    text,
    channel,
    channelId,
    ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
  });
}

/** Takes turns, customer first unless said otherwise, with `pause` seconds before each. */
export function talk(
  world: World,
  chat: Chat,
  texts: readonly string[],
  options: { readonly pause: number; readonly first?: 'customer' | 'agent' },
): void {
  const speakers = options.first === 'agent' ? (['agent', 'customer'] as const) : (['customer', 'agent'] as const);
  texts.forEach((text, turn) => {
    wait(world, options.pause);
    says(world, chat, speakers[turn % 2] ?? 'customer', text);
  });
}

/** The profile is found `seconds` later, by a request of its own that the opening one caused. */
export function profileArrives(world: World, chat: Chat, profileId: string, seconds: number): Chat {
  wait(world, seconds);
  const opening = world.entries.find((entry) => entry.body.id === chat.customer.id);
  const customer = inRequest(
    world,
    () => updateParticipant(world, chat.customer, { type: 'CUSTOMER', profileId }),
    opening?.requestId,
  );
  return { ...chat, customer };
}

/**
 * Lets the configuration's timers run: both count from the last communication. Returns the conversation as it stands then, with the
 * clock at its last change. Timers that would fire after `until` do not.
 */
export function timersRun(
  world: World,
  owner: Conversation,
  timeouts: Timeouts,
  until = Number.POSITIVE_INFINITY,
): Conversation {
  const last = lastCommunication(world, owner.id);
  let current = owner;
  for (const [status, minutes] of [
    ['INACTIVE', timeouts.inactive],
    ['CLOSED', timeouts.closed],
  ] as const) {
    if (minutes === undefined || last + minutes * 60_000 > until) continue;
    // The scheduler comes by a moment after the time is up.
    world.now = last + minutes * 60_000 + 400;
    current = updateConversation(world, current, { status });
  }
  return current;
}

/** Epoch milliseconds. */
export function lastCommunication(world: World, conversationId: string): number {
  const times = world.entries
    .filter((entry) => entry.eventType === 'communication.created' && entry.body.conversationId === conversationId)
    .map(timeOf);
  if (times.length === 0) throw new Error(`nobody said anything in ${conversationId}`);
  return Math.max(...times);
}
