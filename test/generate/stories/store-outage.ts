import { accountSid } from '../ids.ts';
import { newProfile } from '../memory.ts';
import { diagnostic } from '../orchestrator.ts';
import { type Chat, messageArrives, profileArrives, says, talk, timersRun } from '../scenes.ts';
import { json, ndjson } from '../shapes/json.ts';
import { at, createWorld, exported, inRequest, type World, wait } from '../world.ts';
import { type Desk, deskNumber, enquiries, openDesk, person, timeouts } from './desk.ts';
import type { Story } from './story.ts';

/** The memory store does not answer for nine minutes in the middle of the day. */
export function storeOutage(): Story {
  const { world, desk } = dayWithOutage();
  return {
    folder: 'store-outage',
    files: { 'debugger.ndjson': ndjson(exported(world)), 'configuration.json': json(desk.configuration) },
  };
}

/** The same day, exported from WARNING upwards: of all that happened only the diagnostics are there. */
export function filteredWarnings(): Story {
  const { world } = dayWithOutage();
  const warnings = exported(world).filter((entry) => entry.level !== 'INFO');
  return { folder: 'filtered-warnings', files: { 'warnings.ndjson': ndjson(warnings) } };
}

/** How the lookup, the fallback and the profile of a customer fared who wrote during the outage. */
type Fate = 'lost' | 'late' | 'fallback';

function dayWithOutage(): { readonly world: World; readonly desk: Desk } {
  const world = createWorld({ seed: 'store-outage', accountId: accountSid(4), start: '2026-08-03T09:00:00Z' });
  const desk = openDesk(world, 'GROUP_BY_PROFILE');

  const calm = [
    '08:10:05',
    '08:31:40',
    '08:58:12',
    '09:20:33',
    '09:47:51',
    '10:15:26',
    '10:44:09',
    '11:31:18',
    '12:04:55',
    '12:40:02',
    '13:22:37',
    '14:05:44',
  ];
  calm.forEach((time, index) => {
    at(world, `2026-09-16T${time}.0${10 + index}Z`);
    ordinaryChat(world, desk, index);
  });

  const hit: readonly (readonly [string, Fate])[] = [
    ['11:02:08', 'lost'],
    ['11:02:51', 'lost'],
    ['11:03:20', 'late'],
    ['11:04:02', 'lost'],
    ['11:04:47', 'lost'],
    ['11:05:31', 'lost'],
    ['11:06:15', 'late'],
    ['11:07:09', 'lost'],
    ['11:08:00', 'lost'],
    ['11:09:12', 'lost'],
    ['11:10:05', 'fallback'],
    ['11:10:38', 'fallback'],
  ];
  hit.forEach(([time, fate], index) => {
    at(world, `2026-09-16T${time}.2${10 + index}Z`);
    chatInOutage(world, desk, 12 + index, fate);
  });
  return { world, desk };
}

function ordinaryChat(world: World, { configuration }: Desk, index: number): void {
  const [question = '', ...rest] = enquiries[index % enquiries.length] ?? [];
  const chat = messageArrives(world, 'SMS', { configuration, person: person(index), own: deskNumber, text: question });
  talk(world, chat, rest, { pause: 35, first: 'agent' });
  timersRun(world, chat.conversation, timeouts.SMS);
}

/** Somebody writes while the store does not answer: the lookup fails, and so does the creation unless the fallback works. */
export function writesInOutage(
  world: World,
  {
    configuration,
    index,
    isCreated,
  }: Pick<Desk, 'configuration'> & { readonly index: number; readonly isCreated: boolean },
): Chat {
  return inRequest(world, () => {
    const opened = messageArrives(world, 'SMS', {
      configuration,
      person: person(index),
      own: deskNumber,
      text: 'Hello, can you help me?',
      profileId: null,
    });
    wait(world, 2.004);
    diagnostic(world, opened.customer, 530003, '503 Service Unavailable: profile lookup did not complete');
    if (!isCreated) {
      wait(world, 2.011);
      diagnostic(world, opened.customer, 530004, '503 Service Unavailable: profile was not created');
    }
    return opened;
  });
}

function chatInOutage(world: World, { configuration }: Desk, index: number, fate: Fate): void {
  let chat = writesInOutage(world, { configuration, index, isCreated: fate === 'fallback' });
  if (fate === 'fallback') chat = profileArrives(world, chat, newProfile(world), 3);
  wait(world, 40);
  says(world, chat, 'agent', 'Of course. What is it about?');
  wait(world, 45);
  says(world, chat, 'customer', 'My invoice, but it can wait.');
  // Those who write again once the store is back are resolved then.
  if (fate === 'late') {
    at(world, `2026-09-16T11:18:${30 + index}.500Z`);
    says(world, chat, 'customer', 'Are you still there?');
    profileArrives(world, chat, newProfile(world), 1.2);
  }
  timersRun(world, chat.conversation, timeouts.SMS);
}
