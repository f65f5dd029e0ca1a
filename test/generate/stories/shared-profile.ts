import { accountSid } from '../ids.ts';
import { newProfile } from '../memory.ts';
import { joins, messageArrives, says, talk, timersRun } from '../scenes.ts';
import { json, ndjson } from '../shapes/json.ts';
import { at, createWorld, exported, inRequest, wait } from '../world.ts';
import { deskNumber, openDesk, person, timeouts } from './desk.ts';
import type { Story } from './story.ts';

/** Two strangers were resolved to one profile, and GROUP_BY_PROFILE puts them into one conversation. */
export function sharedProfile(): Story {
  const world = createWorld({ seed: 'shared-profile', accountId: accountSid(1), start: '2026-08-03T09:00:00Z' });
  const { configuration } = openDesk(world, 'GROUP_BY_PROFILE');
  const opening = { configuration, own: deskNumber };

  at(world, '2026-09-14T08:20:11.250Z');
  const ordinary = messageArrives(world, 'SMS', {
    ...opening,
    person: person(4),
    text: 'Hello, is the shop open today?',
  });
  talk(world, ordinary, ['Good morning! Yes, until six.', 'Thanks!'], { pause: 31, first: 'agent' });
  timersRun(world, ordinary.conversation, timeouts.SMS);

  at(world, '2026-09-14T09:00:02.118Z');
  const profileId = newProfile(world);
  const first = messageArrives(world, 'SMS', {
    ...opening,
    person: person(0),
    profileId,
    text: 'Hi, where is my refund?',
  });
  talk(world, first, ['It was sent on Friday and takes three days.', 'All right, I will wait.'], {
    pause: 44,
    first: 'agent',
  });

  wait(world, 190);
  const second = inRequest(world, () => {
    const customer = joins(world, first.conversation, 'SMS', { person: person(1), profileId });
    const chat = { ...first, customer };
    says(world, chat, 'customer', 'Can you send a plumber to Mill Lane 4?');
    return chat;
  });
  talk(world, second, ['Your refund is on its way, as I said.', 'Which refund? I asked for a plumber.'], {
    pause: 52,
    first: 'agent',
  });
  timersRun(world, first.conversation, timeouts.SMS);

  return {
    folder: 'shared-profile',
    files: { 'debugger.ndjson': ndjson(exported(world)), 'configuration.json': json(configuration) },
  };
}
