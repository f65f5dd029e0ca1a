import { accountSid, sid } from '../ids.ts';
import { memoryEvent, newProfile, observationCreated, summaryCreated } from '../memory.ts';
import {
  closeConversation,
  conversation,
  diagnostic,
  participant,
  removeParticipant,
  updateConversation,
  updateDelivery,
  updateParticipant,
} from '../orchestrator.ts';
import {
  type Chat,
  callArrives,
  joins,
  lastCommunication,
  messageArrives,
  profileArrives,
  says,
  talk,
  timersRun,
} from '../scenes.ts';
import { json, ndjson } from '../shapes/json.ts';
import {
  callPage,
  intelligenceConfiguration,
  listPage,
  messagePage,
  operation,
  store,
  type Timeouts,
} from '../side.ts';
import { at, createWorld, exported, inRequest, type World, wait } from '../world.ts';
import {
  type Desk,
  deskClient,
  deskNumber,
  deskWhatsApp,
  enquiries,
  onWhatsApp,
  openDesk,
  person,
  timeouts,
} from './desk.ts';
import type { Story } from './story.ts';

const day = '2026-09-15';
const exportEnds = Date.parse(`${day}T17:30:00Z`);

/** An ordinary day on which much looks odd and nothing is wrong: each scene is the innocent twin of a rule. */
export function cleanDay(): Story {
  const world = createWorld({ seed: 'clean-day', accountId: accountSid(5), start: '2026-08-03T09:00:00Z' });
  const desk = openDesk(world, 'GROUP_BY_PROFILE');
  const { configuration } = desk;
  const intelligence = configuration.intelligenceConfigurationIds.map((id) =>
    intelligenceConfiguration(world, id, ['COMMUNICATION', 'CONVERSATION_END']),
  );
  const operations = [operation(world, { status: 'COMPLETED', related: { configurationId: configuration.id } })];

  at(world, `${day}T07:00:00Z`);
  profileThatArrivesLate(world, desk);
  whatsAppEnquiry(world, desk);
  phoneCall(world, desk);
  chatThatAnAgentJoins(world, desk);
  unknownWhoTurnsOutToBeACustomer(world, desk);
  oneCustomerOnTwoChannels(world, desk);
  rollover(world, desk);
  reminderLoggedBeforeItsConversation(world, desk);
  pauseAndReturn(world, desk);
  callFromTheApp(world, desk);
  removedAndAddedAgain(world, desk);
  ordinaryEnquiries(world, desk);
  stillTalkingWhenTheExportEnds(world, desk);
  callThatHasJustBegun(world, desk);

  return {
    folder: 'clean-day',
    files: {
      'debugger.ndjson': ndjson(exported(world)),
      'configurations.json': json(listPage('configurations', [configuration])),
      'stores.json': json(listPage('stores', [store(desk.storeId)])),
      'operations.json': json(listPage('operations', operations)),
      'intelligence-configurations.json': json(intelligence),
      'messages.json': json(messagePage(world, world.messages)),
      'calls.json': json(callPage(world, world.calls)),
    },
  };
}

/** The timers close the conversation, and Conversation Memory extracts what was said: 2 s after each of the two changes. */
function endsByTimeout(world: World, desk: Desk, chat: Chat, limits: Timeouts): void {
  const about = {
    storeId: desk.storeId,
    profileId: chat.customer.profileId ?? '',
    conversationId: chat.conversation.id,
  };
  const before = world.entries.length;
  timersRun(world, chat.conversation, limits, exportEnds);
  for (const entry of world.entries.slice(before)) {
    world.now = Date.parse(String(entry.body.updatedAt)) + 2150;
    if (entry.body.status === 'INACTIVE') observationCreated(world, about);
    if (entry.body.status === 'CLOSED') summaryCreated(world, about);
  }
}

function profileThatArrivesLate(world: World, desk: Desk): void {
  at(world, '07:02:11.040');
  const opened = messageArrives(world, 'SMS', {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(0),
    profileId: null,
    text: 'Good morning, are my shoes ready?',
  });
  const profileId = newProfile(world);
  wait(world, 3);
  memoryEvent(world, 'profile.created', { store_id: desk.storeId, profile_id: profileId });
  const chat = profileArrives(world, opened, profileId, 1.3);
  talk(world, chat, ['They are, from nine.', 'See you then.'], { pause: 33, first: 'agent' });
  endsByTimeout(world, desk, chat, timeouts.SMS);
}

function whatsAppEnquiry(world: World, desk: Desk): void {
  at(world, '07:15:40.505');
  const chat = messageArrives(world, 'WHATSAPP', {
    configuration: desk.configuration,
    own: deskWhatsApp,
    person: onWhatsApp(person(1)),
    text: 'Do you take old batteries?',
  });
  talk(world, chat, ['We do, at the counter.', 'Thanks', 'You are welcome.'], { pause: 27, first: 'agent' });
  endsByTimeout(world, desk, chat, timeouts.WHATSAPP);
}

/** With one answer in three pieces, as text-to-speech makes them, and one "yes" that was transcribed twice. */
function phoneCall(world: World, desk: Desk): void {
  at(world, '07:40:02.919');
  const call = callArrives(world, {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(2),
    seconds: 96,
  });
  talk(world, call, ['Hello, is my bicycle repaired?', 'Let me look.'], { pause: 7 });
  for (const fragment of ['It is ready.', 'The chain is new.', 'It comes to forty euros.']) {
    wait(world, 1.2);
    says(world, call, 'agent', fragment);
  }
  wait(world, 6);
  says(world, call, 'customer', 'Yes.');
  wait(world, 1.4);
  says(world, call, 'customer', 'Yes.');
  talk(world, call, ['Then until later.', 'Goodbye.'], { pause: 5, first: 'agent' });
  endsByTimeout(world, desk, call, timeouts.VOICE);
}

function chatThatAnAgentJoins(world: World, desk: Desk): void {
  at(world, '08:10:20.300');
  const opened = inRequest(world, (): Chat => {
    const owner = conversation(world, { configurationId: desk.configuration.id, name: 'Web chat' });
    const channelId = sid(world.random, 'CH');
    const customer = participant(world, owner, {
      type: 'CUSTOMER',
      name: person(3).name,
      addresses: [{ channel: 'CHAT', address: 'visitor-4711', channelId }],
      profileId: newProfile(world),
    });
    const agent = participant(world, owner, {
      type: 'AI_AGENT',
      name: 'Helper',
      addresses: [{ channel: 'CHAT', address: 'helper', channelId }],
    });
    return { conversation: owner, customer, agent, callId: null };
  });
  talk(world, opened, ['I cannot log in.', 'Let me call a colleague.'], { pause: 9 });
  const colleague = inRequest(world, () => {
    const joined = participant(world, opened.conversation, {
      type: 'HUMAN_AGENT',
      name: 'Dana Whitfield',
      addresses: [{ channel: 'CHAT', address: 'dana' }],
    });
    diagnostic(world, joined, 530001, 'Profile resolution is not attempted for participants of type HUMAN_AGENT');
    return joined;
  });
  const chat = { ...opened, agent: colleague };
  talk(world, chat, ['Hello, Dana here. Try the link I sent you.', 'That works!'], { pause: 40, first: 'agent' });
  endsByTimeout(world, desk, chat, timeouts.CHAT);
}

function unknownWhoTurnsOutToBeACustomer(world: World, desk: Desk): void {
  at(world, '08:30:55.081');
  const opened = messageArrives(world, 'SMS', {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(4),
    profileId: null,
    type: 'UNKNOWN',
    text: 'Which bus goes to your shop?',
  });
  const profileId = newProfile(world);
  memoryEvent(world, 'profiles.lookup', { store_id: desk.storeId, profile_id: profileId });
  const chat = profileArrives(world, opened, profileId, 2.4);
  talk(world, chat, ['The 12, every ten minutes.'], { pause: 29, first: 'agent' });
  endsByTimeout(world, desk, chat, timeouts.SMS);
}

function oneCustomerOnTwoChannels(world: World, desk: Desk): void {
  at(world, '09:00:31.727');
  const profileId = newProfile(world);
  const chat = messageArrives(world, 'SMS', {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(5),
    profileId,
    text: 'I will send a photo of the lamp on WhatsApp.',
  });
  wait(world, 95);
  inRequest(world, () => {
    const customer = joins(world, chat.conversation, 'WHATSAPP', { person: onWhatsApp(person(5)), profileId });
    const agent = participant(world, chat.conversation, {
      type: 'HUMAN_AGENT',
      addresses: [{ channel: 'WHATSAPP', address: deskWhatsApp }],
    });
    says(world, { ...chat, customer, agent }, 'customer', 'Here it is.');
  });
  talk(world, chat, ['That is an easy repair.', 'Wonderful.'], { pause: 60, first: 'agent' });
  endsByTimeout(world, desk, chat, timeouts.SMS);
}

/** The time of the old conversation is just up when its customer writes again: one request closes it and opens the next. */
function rollover(world: World, desk: Desk): void {
  at(world, '10:00:14.610');
  const profileId = newProfile(world);
  const opening = { configuration: desk.configuration, own: deskNumber, person: person(6), profileId };
  const old = messageArrives(world, 'SMS', { ...opening, text: 'Do you sell gift cards?' });
  talk(world, old, ['Yes, from ten euros.'], { pause: 48, first: 'agent' });
  const resting = timersRun(
    world,
    old.conversation,
    timeouts.SMS,
    lastCommunication(world, old.conversation.id) + 1_200_000,
  );
  observationCreated(world, { storeId: desk.storeId, profileId, conversationId: old.conversation.id });

  world.now = lastCommunication(world, old.conversation.id) + timeouts.SMS.closed * 60_000 + 220;
  const next = inRequest(world, () => {
    closeConversation(world, resting);
    return messageArrives(world, 'SMS', { ...opening, text: 'Then I take one for twenty.' });
  });
  talk(world, next, ['It waits for you at the counter.'], { pause: 52, first: 'agent' });
  endsByTimeout(world, desk, next, timeouts.SMS);
}

/** Conversation Orchestrator can log a communication 12 ms before the conversation that it opens. */
function reminderLoggedBeforeItsConversation(world: World, desk: Desk): void {
  at(world, '10:30:00.700');
  const chat = inRequest(world, (): Chat => {
    const owner = conversation(world, { configurationId: desk.configuration.id });
    const customer = joins(world, owner, 'SMS', { person: person(7) });
    const agent = participant(world, owner, {
      type: 'HUMAN_AGENT',
      addresses: [{ channel: 'SMS', address: deskNumber }],
    });
    const opened: Chat = { conversation: owner, customer, agent, callId: null };
    world.now = Date.parse(owner.createdAt) - 12;
    says(world, opened, 'agent', 'A reminder: your appointment is tomorrow at ten.');
    world.now += 60;
    return opened;
  });
  talk(world, chat, ['Thank you, I will be there.'], { pause: 300 });
  endsByTimeout(world, desk, chat, timeouts.SMS);
}

/** INACTIVE is not the end: the customer writes again, and the conversation goes on. */
function pauseAndReturn(world: World, desk: Desk): void {
  at(world, '11:10:09.333');
  const chat = messageArrives(world, 'SMS', {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(8),
    text: 'How much is the blue jacket?',
  });
  talk(world, chat, ['Eighty euros.'], { pause: 41, first: 'agent' });
  const resting = timersRun(
    world,
    chat.conversation,
    timeouts.SMS,
    lastCommunication(world, chat.conversation.id) + 1_200_000,
  );
  wait(world, 600);
  inRequest(world, () => {
    updateConversation(world, resting, { status: 'ACTIVE' });
    says(world, chat, 'customer', 'I take it, in size M.');
  });
  talk(world, chat, ['It is put aside for you.'], { pause: 37, first: 'agent' });
  endsByTimeout(world, desk, chat, timeouts.SMS);
}

/** A CLIENT call: its identity maps to no phone number, so the application names the profile itself. */
function callFromTheApp(world: World, desk: Desk): void {
  at(world, '12:01:44.186');
  const callId = sid(world.random, 'CA');
  world.calls.push({
    sid: callId,
    from: 'client:mina',
    to: `client:${deskClient}`,
    direction: 'inbound',
    time: world.now,
    seconds: 58,
  });
  const call = inRequest(world, (): Chat => {
    const owner = conversation(world, { configurationId: desk.configuration.id });
    const customer = participant(world, owner, {
      type: 'CUSTOMER',
      name: person(16).name,
      addresses: [{ channel: 'VOICE', address: 'client:mina', channelId: callId }],
      profileId: newProfile(world),
    });
    const agent = participant(world, owner, {
      type: 'AGENT',
      addresses: [{ channel: 'VOICE', address: `client:${deskClient}`, channelId: callId }],
    });
    return { conversation: owner, customer, agent, callId };
  });
  talk(world, call, ['Hi, can I return a book?', 'Within thirty days, yes.', 'Good, thank you.'], { pause: 8 });
  endsByTimeout(world, desk, call, timeouts.VOICE);
}

function removedAndAddedAgain(world: World, desk: Desk): void {
  at(world, '13:20:18.942');
  const chat = messageArrives(world, 'SMS', {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(11),
    text: 'My number will change soon.',
  });
  wait(world, 30);
  removeParticipant(world, chat.customer);
  wait(world, 20);
  const customer = joins(world, chat.conversation, 'SMS', { person: person(11), profileId: chat.customer.profileId });
  const again = { ...chat, customer };
  talk(world, again, ['Just tell us the new one.', 'I will.'], { pause: 35, first: 'agent' });
  endsByTimeout(world, desk, again, timeouts.SMS);
}

function ordinaryEnquiries(world: World, desk: Desk): void {
  const times = ['09:33:07', '10:52:46', '12:40:25', '14:08:59', '14:31:30', '15:12:02'];
  times.forEach((time, index) => {
    at(world, `${day}T${time}.4${index}0Z`);
    const [question = '', ...rest] = enquiries[index % enquiries.length] ?? [];
    const opening = { configuration: desk.configuration, person: person(18 + index) };
    const chat =
      index % 3 === 2
        ? callArrives(world, { ...opening, own: deskNumber, seconds: 70 })
        : messageArrives(world, 'SMS', { ...opening, own: deskNumber, text: question });
    if (chat.callId === null) talk(world, chat, rest, { pause: 34, first: 'agent' });
    else talk(world, chat, [question, ...rest], { pause: 8 });
    endsByTimeout(world, desk, chat, chat.callId === null ? timeouts.SMS : timeouts.VOICE);
  });
}

function stillTalkingWhenTheExportEnds(world: World, desk: Desk): void {
  at(world, '17:21:10.055');
  const chat = messageArrives(world, 'SMS', {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(25),
    text: 'Are you still open?',
  });
  talk(world, chat, ['Until six.', 'I hurry!'], { pause: 50, first: 'agent' });
  wait(world, 20);
  const last = says(world, chat, 'agent', 'We wait for you.', 'IN_PROGRESS');
  wait(world, 4);
  updateDelivery(world, last, 'DELIVERED');
}

/** Eight seconds before the export ends: no profile yet, no word yet, and neither is late. */
function callThatHasJustBegun(world: World, desk: Desk): void {
  at(world, '17:29:51.800');
  const call = callArrives(world, {
    configuration: desk.configuration,
    own: deskNumber,
    person: person(26),
    profileId: null,
    seconds: null,
  });
  wait(world, 8);
  updateParticipant(world, call.agent, { name: 'Front desk' });
}
