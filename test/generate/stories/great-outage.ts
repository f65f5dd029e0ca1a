import { accountSid } from '../ids.ts';
import { newProfile, observationCreated, summaryCreated } from '../memory.ts';
import { messageArrives, profileArrives, says, talk, timersRun } from '../scenes.ts';
import { json, ndjson } from '../shapes/json.ts';
import { createWorld, exported, type World, wait } from '../world.ts';
import { deskNumber, enquiries, openDesk, person, timeouts } from './desk.ts';
import { writesInOutage } from './store-outage.ts';
import type { Story } from './story.ts';

const outage = Date.parse('2026-09-16T11:00:00.000Z');
/** From the first failure to the last. */
const lasts = 30 * 60_000;

/**
 * A memory store that is down for half an hour of a busy day: so many customers write meanwhile, each in a conversation of their
 * own. Of ten, seven stay without a profile, two get one once the store is back, and one gets another by the fallback. Before it
 * everything worked, and what was said was remembered.
 */
export function greatOutage(hit: number): Story {
  const world = createWorld({ seed: 'great-outage', accountId: accountSid(7), start: '2026-08-03T09:00:00Z' });
  const { configuration, storeId } = openDesk(world, 'GROUP_BY_PROFILE');

  for (let index = 0; index < 10; index++) {
    world.now = outage - (5 * 60 - index * 10) * 60_000;
    const profileId = newProfile(world);
    const [question = '', ...rest] = enquiries[index % enquiries.length] ?? [];
    const chat = messageArrives(world, 'SMS', {
      configuration,
      person: person(index),
      own: deskNumber,
      text: question,
      profileId,
    });
    talk(world, chat, rest, { pause: 35, first: 'agent' });
    timersRun(world, chat.conversation, timeouts.SMS);
    wait(world, 2);
    observationCreated(world, { storeId, profileId, conversationId: chat.conversation.id });
    summaryCreated(world, { storeId, profileId, conversationId: chat.conversation.id });
  }

  for (let index = 0; index < hit; index++) {
    world.now = outage + Math.round((index * lasts) / Math.max(hit - 1, 1));
    customerWrites(world, index);
  }
  return {
    folder: 'great-outage',
    files: { 'debugger.ndjson': ndjson(exported(world)), 'configuration.json': json(configuration) },
  };

  function customerWrites(world: World, index: number): void {
    const fate = index % 10 < 7 ? 'lost' : index % 10 < 9 ? 'late' : 'fallback';
    let chat = writesInOutage(world, { configuration, index: 10 + index, isCreated: fate === 'fallback' });
    const profileId = fate === 'lost' ? null : newProfile(world);
    if (profileId !== null && fate === 'fallback') chat = profileArrives(world, chat, profileId, 3);
    wait(world, 20);
    says(world, chat, 'agent', 'Of course. What is it about?');
    if (profileId !== null && fate === 'late') {
      world.now = outage + lasts + 60_000 + index * 100;
      says(world, chat, 'customer', 'Are you still there?');
      chat = profileArrives(world, chat, profileId, 1.2);
    }
    timersRun(world, chat.conversation, timeouts.SMS);
    if (profileId === null) return;
    wait(world, 2);
    observationCreated(world, { storeId, profileId, conversationId: chat.conversation.id });
    summaryCreated(world, { storeId, profileId, conversationId: chat.conversation.id });
  }
}
