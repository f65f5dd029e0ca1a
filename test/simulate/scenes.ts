/**
 * Conversations from their opening to what memory makes of them, on every channel. `finish` knows what follows from a
 * conversation that ends without a profile or a store, so that every plant that leads there is labelled with it.
 */
import { sid } from '../generate/ids.ts';
import { memoryEvent, newProfile, observationCreated, summaryCreated } from '../generate/memory.ts';
import {
  type Channel,
  type Communication,
  type Conversation,
  conversation,
  type Participant,
  type ParticipantType,
  participant,
  updateConversation,
  updateParticipant,
} from '../generate/orchestrator.ts';
import { lastCommunication, type Person, says } from '../generate/scenes.ts';
import { observation } from '../generate/side.ts';
import { inRequest, wait } from '../generate/world.ts';
import type { Desk } from './desk.ts';
import { between, chance, label, minute, newPerson, oneOf, type Site } from './site.ts';

export type CallType = 'PSTN' | 'CLIENT' | 'PUBLIC_SIP';

export type Talk = {
  readonly conversation: Conversation;
  readonly customer: Participant;
  readonly agent: Participant;
  readonly callId: string | null;
  readonly desk: Desk;
  readonly channel: Channel;
};

export type Opening = {
  readonly desk: Desk;
  readonly channel?: Channel;
  readonly person?: Person;
  /** NULL: not yet resolved. Left out: one of their own at once. */
  readonly profileId?: string | null;
  readonly type?: ParticipantType;
  readonly callType?: CallType;
  /** A call on which nobody says anything. */
  readonly silent?: boolean;
  /** The call goes on where the message and call lists end. */
  readonly seconds?: number | null;
  readonly agentType?: ParticipantType;
  /** A reply to a conversation that the agent's side opened through the API. */
  readonly outbound?: boolean;
};

/** Somebody writes or calls: the conversation with its two participants and the first thing said, all of one request. */
export function opens(site: Site, options: Opening): Talk {
  const { world } = site;
  const { desk } = options;
  const channel = options.channel ?? 'SMS';
  return inRequest(world, () => {
    const person = options.person ?? newPerson(site);
    const callId = channel === 'VOICE' ? sid(world.random, 'CA') : null;
    const [address, own] = endsOf(site, desk, channel, person, options.callType ?? 'PSTN');
    if (callId !== null) {
      world.calls.push({
        sid: callId,
        ...callAddresses(desk, person, options.callType ?? 'PSTN'),
        direction: 'inbound',
        time: world.now,
        seconds: options.seconds === undefined ? 240 : options.seconds,
      });
    }
    const opened = conversation(world, { configurationId: desk.configuration.id });
    const customer = participant(world, opened, {
      type: options.type ?? 'CUSTOMER',
      name: person.name,
      addresses: [{ channel, address, channelId: callId }],
      profileId: options.profileId === undefined ? newProfile(world) : options.profileId,
    });
    const agent = participant(world, opened, {
      type: options.agentType ?? (channel === 'VOICE' ? 'AGENT' : 'HUMAN_AGENT'),
      addresses: [{ channel, address: own, channelId: callId }],
    });
    const talk = { conversation: opened, customer, agent, callId, desk, channel };
    if (options.silent !== true) say(site, talk, options.outbound === true ? 'agent' : 'customer');
    return talk;
  });
}

/** The addresses of the two. Where no message list is compared with them, WhatsApp's prefix may be missing. */
function endsOf(
  site: Site,
  desk: Desk,
  channel: Channel,
  person: Person,
  callType: CallType,
): readonly [string, string] {
  switch (channel) {
    case 'WHATSAPP':
      if (!site.traffic && chance(site, 0.3)) return [person.address, desk.whatsApp];
      return [person.address.startsWith('+') ? `whatsapp:${person.address}` : person.address, desk.whatsApp];
    case 'RCS':
      return [person.address.startsWith('+') ? `rcs:${person.address}` : person.address, desk.rcs];
    case 'CHAT':
      return [person.address, 'assistant'];
    case 'VOICE':
      return [person.address, callType === 'CLIENT' ? desk.client : desk.number];
    default:
      return [person.address, desk.number];
  }
}

/** How the call list writes the two ends. */
function callAddresses(desk: Desk, person: Person, callType: CallType): { readonly from: string; readonly to: string } {
  if (callType === 'CLIENT') return { from: person.address, to: `client:${desk.client}` };
  if (callType === 'PUBLIC_SIP') return { from: `sip:${person.address}@pbx.example`, to: desk.number };
  return { from: person.address, to: desk.number };
}

/** One message or utterance, with a text of its own. */
export function say(
  site: Site,
  talk: Talk,
  who: 'customer' | 'agent',
  text = sentence(site),
  deliveryStatus?: string,
): Communication {
  return says(site.world, talk, who, text, deliveryStatus);
}

/** `turns` more messages in turn, agent first, with ordinary pauses. */
export function goesOn(site: Site, talk: Talk, turns = between(site, 1, 5)): void {
  for (let turn = 0; turn < turns; turn++) {
    wait(site.world, between(site, 4, 50) + between(site, 0, 999) / 1000);
    say(site, talk, turn % 2 === 0 ? 'agent' : 'customer');
  }
}

/** The profile comes by an update of its own, `seconds` from now. */
export function profileComes(site: Site, talk: Talk, seconds: number, profileId = newProfile(site.world)): Talk {
  wait(site.world, seconds);
  const customer = updateParticipant(site.world, talk.customer, { type: 'CUSTOMER', profileId });
  return { ...talk, customer };
}

/** Another customer joins the conversation. */
export function joinsIn(
  site: Site,
  talk: Talk,
  options: {
    readonly person: Person;
    readonly profileId: string | null;
    readonly channel?: Channel;
    readonly name?: string;
    readonly type?: ParticipantType;
  },
): Participant {
  const channel = options.channel ?? talk.channel;
  const [address] = endsOf(site, talk.desk, channel, options.person, 'PSTN');
  return participant(site.world, talk.conversation, {
    type: options.type ?? 'CUSTOMER',
    name: options.name ?? options.person.name,
    addresses: [{ channel, address, channelId: channel === 'VOICE' ? talk.callId : null }],
    profileId: options.profileId,
  });
}

/** `now`: closed at the present moment; `open`: not at all. */
export type Ending = 'timers' | 'api' | 'now' | 'inactive' | 'open';

/**
 * Ends the conversation, and lets memory extract what it can. What the catalogue says of an end without observations is labelled
 * here: a store that does not work before a missing profile.
 */
export function finish(
  site: Site,
  talk: Talk,
  options: { readonly ending?: Ending; readonly extracted?: boolean } = {},
): void {
  const { world } = site;
  const { desk } = talk;
  const ending = options.ending ?? 'timers';
  if (ending === 'open') return;
  let current = talk.conversation;
  const changes = (status: 'INACTIVE' | 'CLOSED') => {
    current = updateConversation(world, current, { status });
    if (options.extracted !== false) extract(site, talk, status);
  };
  const reached: number[] = [];
  if (ending === 'api' || ending === 'now') {
    if (ending === 'api') wait(world, between(site, 20, 200));
    reached.push(world.now);
    changes('CLOSED');
  } else {
    const timers = desk.timeouts[talk.channel];
    const last = lastCommunication(world, current.id);
    if (timers === null || timers === undefined) {
      world.now = last + 1500;
      reached.push(world.now);
      changes('CLOSED');
    } else {
      if (timers.inactive !== undefined) {
        world.now = last + timers.inactive * minute + 400;
        reached.push(world.now);
        changes('INACTIVE');
      }
      if (ending === 'timers') {
        world.now = last + timers.closed * minute + 400;
        reached.push(world.now);
        changes('CLOSED');
      }
    }
  }
  const first = reached.find((time) => time >= site.begin);
  if (first !== undefined && first <= site.end - 10 * minute) labelMemory(site, talk);
}

/** Conversations without a customer have nobody to remember. */
function labelMemory(site: Site, talk: Talk): void {
  const { desk, customer, conversation: about } = talk;
  if (
    !(site.memory || site.observationsListed) ||
    !desk.configuration.memoryExtractionEnabled ||
    customer.type !== 'CUSTOMER'
  )
    return;
  const cause =
    site.side && desk.storeStatus !== 'ACTIVE'
      ? 'store-not-active'
      : // Whoever compares the configuration's store with those of the account finds none that is the same.
        site.side && !(desk.hasStore && desk.storeListed)
        ? 'store-mismatch'
        : customer.profileId === null
          ? 'no-profile'
          : null;
  if (cause !== null) label(site, 'memory/no-observations', cause, about.id);
}

/** A few seconds later an observation stands on the profile, and after the close a summary. */
function extract(site: Site, talk: Talk, status: 'INACTIVE' | 'CLOSED'): void {
  const { world } = site;
  const { desk, customer, conversation: about } = talk;
  const works =
    desk.hasStore && desk.storeListed && desk.storeStatus === 'ACTIVE' && desk.configuration.memoryExtractionEnabled;
  if (!works || customer.profileId === null) return;
  const now = world.now;
  wait(world, between(site, 2, 90));
  const of = { storeId: desk.storeId, profileId: customer.profileId, conversationId: about.id };
  if (site.observationsListed) {
    const { storeId, profileId, conversationId } = of;
    site.records.push(
      observation(world, { storeId, profileId, conversationIds: [conversationId], content: 'Asked about an order' }),
    );
  }
  // Some observations name nothing but the profile that they are about.
  if (between(site, 0, 3) > 0) observationCreated(world, of);
  else memoryEvent(world, 'observation.created', { store_id: of.storeId, profile_id: of.profileId });
  if (status === 'CLOSED') summaryCreated(world, of);
  world.now = now;
}

/** Never the same text twice: equal texts mean something. */
export function sentence(site: Site): string {
  site.texts += 1;
  return `${oneOf(site, openers)} ${oneOf(site, matters)} number ${site.texts}, ${oneOf(site, ends)}`;
}

const openers = ['Hello, about', 'Thanks. As for', 'I wanted to ask about', 'One more thing on', 'Sorry,'] as const;
const matters = ['my order', 'the invoice', 'the appointment', 'the delivery', 'the parcel', 'the repair'] as const;
const ends = ['is it ready?', 'can it be moved to Friday?', 'that is fine.', 'please call me.', 'it is done.'] as const;
