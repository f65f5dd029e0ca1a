/** Ordinary life: what happens all day without anything being wrong, much of it looking like an incident at first sight. */
import { typeId } from '../generate/ids.ts';
import { newProfile, profilesMerged } from '../generate/memory.ts';
import {
  type Channel,
  conversation,
  deleteConversation,
  diagnostic,
  participant,
  removeParticipant,
  updateConversation,
  updateDelivery,
  updateParticipant,
} from '../generate/orchestrator.ts';
import { emit, inRequest, wait } from '../generate/world.ts';
import { type Desk, openDesk } from './desk.ts';
import { finish, goesOn, joinsIn, opens, profileComes, say, type Talk } from './scenes.ts';
import { between, chance, day, label, minute, newPerson, oneOf, type Site } from './site.ts';

type Scene = (site: Site, desk: Desk) => void;

const messaging = ['SMS', 'SMS', 'SMS', 'WHATSAPP', 'WHATSAPP', 'RCS', 'CHAT'] as const;
const anyChannel = [...messaging, 'VOICE', 'VOICE'] as const;

/** Plays one ordinary scene at a time of the export's span, or just before or after it. */
export function ordinaryScene(site: Site, desk: Desk): void {
  const { world } = site;
  world.now =
    site.begin + between(site, -3 * 60, (site.end - site.begin) / minute + 30) * minute + between(site, 0, 59_999);
  const at = between(site, 0, totalWeight - 1);
  let passed = 0;
  for (const [weight, scene] of scenes) {
    passed += weight;
    if (at >= passed) continue;
    scene(site, desk);
    return;
  }
}

/**
 * Shows that the export has everything that a rule needs as a witness - a profile that comes later, communications, timers that
 * fire - and so that what is missing elsewhere is really missing. Once early and once late.
 */
export function witnesses(site: Site, desk: Desk): void {
  const { world } = site;
  for (const time of [site.begin + 5 * minute, site.end - 6 * 60 * minute]) {
    world.now = time;
    const talk = opens(site, { desk, channel: 'SMS', profileId: null });
    const resolved = profileComes(site, talk, 3);
    goesOn(site, resolved, 2);
    finish(site, resolved);
  }
}

/** The first and the last entry of the export, so that its edges are where they are said to be. */
export function edges(site: Site, desk: Desk): void {
  const { world } = site;
  world.now = site.begin;
  const first = opens(site, { desk, channel: 'SMS' });
  goesOn(site, first, 2);
  finish(site, first);
  world.now = site.end - 8 * minute;
  const last = opens(site, { desk, channel: 'SMS' });
  goesOn(site, last, 3);
  world.now = site.end;
  updateConversation(world, last.conversation, { name: 'Last enquiry of the day' });
  if (site.memory) {
    world.now = site.end;
    emit(world, {
      source: 'conversation-memory',
      eventType: 'com.twilio.memory.profile.retrieved',
      body: {
        created_by: site.accountId,
        store_id: desk.storeId,
        conversation_id: last.conversation.id,
        profile_id: last.customer.profileId,
      },
    });
  }
}

const chat: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: oneOf(site, messaging) });
  goesOn(site, talk);
  finish(site, talk, { ending: oneOf(site, ['timers', 'timers', 'timers', 'api']) });
};

const call: Scene = (site, desk) => {
  const talk = opens(site, {
    desk,
    channel: 'VOICE',
    callType: oneOf(site, ['PSTN', 'PSTN', 'PSTN', 'CLIENT', 'PUBLIC_SIP']),
  });
  goesOn(site, talk, between(site, 2, 8));
  finish(site, talk);
};

/** Profiles are briefly NULL. */
const lateProfile: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: oneOf(site, anyChannel), profileId: null });
  const resolved = profileComes(site, talk, between(site, 1, 25));
  goesOn(site, resolved);
  finish(site, resolved);
};

/** UNKNOWN participants are looked up, and become customers where somebody is found. */
const upgraded: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: oneOf(site, messaging), profileId: null, type: 'UNKNOWN' });
  const resolved = profileComes(site, talk, between(site, 1, 25));
  goesOn(site, resolved);
  finish(site, resolved);
};

/** Nobody is found: for information. */
const stranger: Scene = (site, desk) => {
  // Not so close to an edge of the export that a second decides.
  const edge = [site.begin, site.end - 30_000].find((time) => Math.abs(time - site.world.now) < 3000);
  if (edge !== undefined) site.world.now += 6000;
  const joined = site.world.now;
  const talk = inRequest(site.world, () => {
    const opened = opens(site, { desk, channel: 'SMS', profileId: null, type: 'UNKNOWN' });
    if (chance(site, 0.5)) diagnostic(site.world, opened.customer, 530001, 'UNKNOWN participants are looked up only');
    return opened;
  });
  goesOn(site, talk);
  finish(site, talk);
  if (joined < site.begin || joined > site.end - 30_000) return;
  if (site.ground === 'warnings' || site.ground === 'no-participants') return;
  // Where updates are not exported, an upgrade would not be seen.
  const sureness = site.ground === 'only-created' ? 'possible' : 'sure';
  label(site, 'profile/unknown-participant', 'lookup-only', talk.customer.id, sureness);
};

/** The old conversation is closed and the next one opened by one request. */
const rollover: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk);
  wait(site.world, between(site, 30, 300));
  const next = inRequest(site.world, () => {
    finish(site, { ...talk }, { ending: 'api' });
    const opened = conversation(site.world, { configurationId: desk.configuration.id });
    const { type, name, addresses, profileId } = talk.customer;
    const customer = participant(site.world, opened, { type, name, addresses, profileId });
    const agent = participant(site.world, opened, { type: talk.agent.type, addresses: talk.agent.addresses });
    const after: Talk = { ...talk, conversation: opened, customer, agent };
    say(site, after, 'customer');
    return after;
  });
  goesOn(site, next);
  finish(site, next);
};

/** One person goes on from another channel: two participants with one number and one profile. */
const twoChannels: Scene = (site, desk) => {
  const person = newPerson(site);
  const talk = opens(site, { desk, channel: 'SMS', person });
  goesOn(site, talk);
  wait(site.world, between(site, 20, 200));
  const again = joinsIn(site, talk, { person, profileId: talk.customer.profileId, channel: 'WHATSAPP' });
  say(site, { ...talk, customer: again }, 'customer');
  // The longer timeout of the two governs.
  finish(site, { ...talk, channel: 'WHATSAPP' });
};

/** Removed and added again, with the same profile. */
const addedAgain: Scene = (site, desk) => {
  const person = newPerson(site);
  const talk = opens(site, { desk, channel: 'SMS', person });
  goesOn(site, talk, 2);
  wait(site.world, 5);
  removeParticipant(site.world, talk.customer);
  wait(site.world, between(site, 1, 60));
  const again = joinsIn(site, talk, { person, profileId: talk.customer.profileId });
  say(site, { ...talk, customer: again }, 'customer');
  finish(site, talk);
};

/** INACTIVE, then traffic, then the timers from the beginning. */
const comesBack: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk);
  finish(site, talk, { ending: 'inactive' });
  wait(site.world, between(site, 60, 1200));
  inRequest(site.world, () => {
    updateConversation(site.world, talk.conversation, { status: 'ACTIVE' });
    say(site, talk, 'customer');
  });
  goesOn(site, talk, 2);
  finish(site, talk);
};

/** Agents are never resolved, and a diagnostic says so. */
const agentSkipped: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS', agentType: 'AI_AGENT' });
  inRequest(site.world, () =>
    diagnostic(site.world, talk.agent, 530001, 'Participant type does not undergo profile resolution'),
  );
  goesOn(site, talk);
  wait(site.world, 5);
  const human = participant(site.world, talk.conversation, {
    type: 'HUMAN_AGENT',
    name: 'Second line',
    addresses: talk.agent.addresses,
  });
  say(site, { ...talk, agent: human }, 'agent');
  finish(site, talk);
};

/** The agent writes first, the message is on its way for a while, the conversation gets a name. */
const outbound: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP']), outbound: true });
  const sent = say(site, talk, 'agent', undefined, 'INITIATED');
  wait(site.world, 2);
  updateDelivery(site.world, sent, 'IN_PROGRESS');
  wait(site.world, 3);
  updateDelivery(site.world, sent, 'DELIVERED');
  updateConversation(site.world, talk.conversation, { name: 'Reminder' });
  goesOn(site, talk, 2);
  finish(site, talk);
};

/** "Hello? Hello?": people repeat themselves; and an agent may need two breaths for one answer, once. */
const repeats: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'VOICE' });
  wait(site.world, 4);
  say(site, talk, 'customer', 'Hello?');
  wait(site.world, 1.4);
  say(site, talk, 'customer', 'Hello?');
  wait(site.world, 5);
  say(site, talk, 'agent');
  wait(site.world, 1.5);
  say(site, talk, 'agent');
  wait(site.world, 3.5);
  say(site, talk, 'agent');
  wait(site.world, 6);
  say(site, talk, 'customer');
  // One long answer in fragments is no pattern yet.
  for (let fragment = 0; fragment < 4; fragment++) {
    wait(site.world, 1.1);
    say(site, talk, 'agent');
  }
  wait(site.world, 9);
  say(site, talk, 'customer');
  finish(site, talk);
};

/** Customers press send twice, some seconds apart. */
const sentTwice: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP', 'CHAT']) });
  wait(site.world, 6);
  say(site, talk, 'customer', 'Is anybody there?');
  wait(site.world, between(site, 2, 30));
  say(site, talk, 'customer', 'Is anybody there?');
  goesOn(site, talk, 1);
  finish(site, talk);
};

/** Closed, and deleted days later at somebody's request. */
const deleted: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk);
  finish(site, talk);
  site.world.now += between(site, 1, 2) * day;
  deleteConversation(site.world, { ...talk.conversation, status: 'CLOSED' });
};

/** A customer changes their number, and stays the same customer. */
const newAddress: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk, 2);
  const addresses = [...talk.customer.addresses, { channel: 'SMS' as Channel, address: newPerson(site).address }];
  wait(site.world, 4);
  const customer = updateParticipant(site.world, talk.customer, { addresses });
  const after = { ...talk, customer };
  goesOn(site, after, 2);
  finish(site, after);
};

/** A call that had just begun when the export ended, and nobody has said anything yet. */
const justBegun: Scene = (site, desk) => {
  site.world.now = site.end - between(site, 5, 280) * 1000;
  opens(site, { desk, channel: 'VOICE', silent: true, seconds: null });
};

/** A customer who came so late that resolution was still under way. */
const justArrived: Scene = (site, desk) => {
  site.world.now = site.end - between(site, 2, 28) * 1000;
  opens(site, { desk, channel: 'SMS', profileId: null });
};

/** Silent, but its beginning is not in the export: it may have been heard before. */
const beganBefore: Scene = (site, desk) => {
  site.world.now = site.begin - between(site, 10, 200) * 1000;
  const talk = opens(site, { desk, channel: 'VOICE' });
  site.world.now = site.begin + between(site, 1, 200) * 1000;
  const now = site.world.now;
  finish(site, talk, { ending: 'api' });
  site.world.now = now;
};

/** Two conversations of one person one after the other, with one profile. */
const regular: Scene = (site, desk) => {
  const person = newPerson(site);
  const profileId = newProfile(site.world);
  for (let visit = 0; visit < 2; visit++) {
    const talk = opens(site, { desk, channel: visit === 0 ? 'SMS' : 'VOICE', person, profileId });
    goesOn(site, talk, 3);
    finish(site, talk);
    wait(site.world, between(site, 600, 9000));
  }
};

/** Nothing is wrong with requests of other products that share a correlation id. */
const correlated: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'WHATSAPP', profileId: null });
  const opening = site.world.entries.find((entry) => entry.body.id === talk.customer.id);
  const resolved = inRequest(
    site.world,
    () => profileComes(site, talk, between(site, 1, 4)),
    opening?.requestId ?? typeId(site.world.random, 'req', site.world.now),
  );
  goesOn(site, resolved);
  finish(site, resolved, { ending: chance(site, 0.5) ? 'timers' : 'api' });
};

/** Removed and added again; the profile follows a few seconds later. */
const addedAgainLate: Scene = (site, desk) => {
  const person = newPerson(site);
  const talk = opens(site, { desk, channel: 'SMS', person });
  goesOn(site, talk, 2);
  removeParticipant(site.world, talk.customer);
  wait(site.world, between(site, 1, 60));
  const again = joinsIn(site, talk, { person, profileId: null });
  wait(site.world, between(site, 1, 20));
  updateParticipant(site.world, again, { profileId: talk.customer.profileId });
  finish(site, talk);
};

/** Two profiles of one person are merged, who writes from two channels afterwards. */
const mergedProfile: Scene = (site, desk) => {
  const surviving = newProfile(site.world);
  if (site.memory) {
    profilesMerged(site.world, { storeId: desk.storeId, surviving, merged: newProfile(site.world) });
  }
  wait(site.world, 30);
  const person = newPerson(site);
  const talk = opens(site, { desk, channel: 'SMS', person, profileId: surviving });
  goesOn(site, talk, 2);
  const again = joinsIn(site, talk, { person, profileId: surviving, channel: 'RCS' });
  say(site, { ...talk, customer: again }, 'customer');
  finish(site, talk);
};

/** Opened through the API, and closed again before anybody wrote: no call, so its silence says nothing. */
const nothingSaid: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP']), silent: true });
  wait(site.world, between(site, 60, 3000));
  finish(site, talk, { ending: 'api' });
};

/** On its way while the conversation was closed; and a receipt that comes much later. */
const lastWord: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk, 2);
  const sent = say(site, talk, 'agent', undefined, 'INITIATED');
  finish(site, talk, { ending: 'api' });
  wait(site.world, between(site, 300, 3500) / 1000);
  say(site, talk, 'customer');
  wait(site.world, between(site, 60, 4000));
  updateDelivery(site.world, sent, 'DELIVERED');
};

/** The scheduler is late, but not by a quarter. */
const slowTimers: Scene = (site, desk) => {
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk, 3);
  const last = site.world.now;
  const closed = desk.timeouts.SMS?.closed ?? 60;
  site.world.now = last + Math.round(closed * minute * (1 + between(site, 1, 22) / 100));
  finish(site, talk, { ending: 'now' });
};

/** Its configuration groups by address, and one family shares a profile: that joined nobody. */
const otherGrouping: Scene = (site) => {
  if (!site.side) return;
  const now = site.world.now;
  const desk = openDesk(site, { grouping: 'GROUP_BY_PARTICIPANT_ADDRESSES', channels: ['SMS'] });
  site.world.now = now;
  const talk = opens(site, { desk, channel: 'SMS' });
  goesOn(site, talk, 2);
  const second = joinsIn(site, talk, { person: newPerson(site), profileId: talk.customer.profileId });
  say(site, { ...talk, customer: second }, 'customer');
  finish(site, talk);
};

/** The call's own TwiML names the configuration, which has no capture rules: active ingestion. */
const activeIngestion: Scene = (site) => {
  const now = site.world.now;
  const desk = openDesk(site, { channels: ['VOICE'], rules: () => ({ VOICE: [] }) });
  site.world.now = now;
  const talk = opens(site, { desk, channel: 'VOICE', callType: oneOf(site, ['PSTN', 'CLIENT', 'PUBLIC_SIP']) });
  goesOn(site, talk, 3);
  finish(site, talk);
};

const scenes: readonly (readonly [number, Scene])[] = [
  [12, chat],
  [8, call],
  [6, lateProfile],
  [4, upgraded],
  [1, stranger],
  [3, rollover],
  [3, twoChannels],
  [2, addedAgain],
  [3, comesBack],
  [3, agentSkipped],
  [3, outbound],
  [3, repeats],
  [2, sentTwice],
  [2, deleted],
  [2, newAddress],
  [1, justBegun],
  [1, justArrived],
  [1, beganBefore],
  [3, regular],
  [3, correlated],
  [2, addedAgainLate],
  [2, mergedProfile],
  [2, nothingSaid],
  [3, lastWord],
  [2, slowTimers],
  [1, otherGrouping],
  [1, activeIngestion],
];

const totalWeight = scenes.reduce((sum, [weight]) => sum + weight, 0);
