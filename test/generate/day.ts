/** One account's day of ordinary traffic and incidents, in scenes of any number and order. */
import { accountSid } from './ids.ts';
import { newProfile, profilesMerged } from './memory.ts';
import { diagnostic, updateParticipant } from './orchestrator.ts';
import { type Chat, callArrives, joins, messageArrives, profileArrives, says, talk, timersRun } from './scenes.ts';
import { deskNumber, openDesk, person, timeouts } from './stories/desk.ts';
import { createWorld, exported, inRequest, type World, wait } from './world.ts';

export const scenes = [
  'ordinary',
  'silent',
  'sharedProfile',
  'upstreamMerge',
  'sharedNumber',
  'strangers',
  'unresolved',
  'outage',
  'unknown',
  'skipped',
  'fallback',
] as const;
export type Scene = (typeof scenes)[number];

/** One account's day: the scenes one after another, then calm traffic that shows how long it was watched. */
export function day(account: number, seed: number, acts: readonly Scene[]) {
  const world = createWorld({
    seed: `${seed}-${account}`,
    accountId: accountSid(account),
    start: '2026-09-14T06:00:00Z',
  });
  const desk = openDesk(world, 'GROUP_BY_PROFILE');
  world.now = Date.parse('2026-09-14T08:00:00.250Z');
  for (const [index, scene] of acts.entries()) {
    play(scene, world, desk.configuration, index * 10);
    wait(world, 97);
  }
  play('ordinary', world, desk.configuration, 900);
  wait(world, 3 * 3600);
  play('ordinary', world, desk.configuration, 950);
  return { entries: exported(world), configuration: desk.configuration };
}

type Configuration = ReturnType<typeof openDesk>['configuration'];

function play(scene: Scene, world: World, configuration: Configuration, guest: number): void {
  const opening = (index: number) => ({ configuration, person: person(guest + index), own: deskNumber });
  const sms = (index: number, options: { readonly profileId?: string | null; readonly type?: 'UNKNOWN' } = {}): Chat =>
    messageArrives(world, 'SMS', { ...opening(index), text: `Hello from ${guest + index}`, ...options });
  switch (scene) {
    case 'ordinary': {
      const chat = sms(0);
      talk(world, chat, ['How can I help?', 'All is well.'], { pause: 20, first: 'agent' });
      timersRun(world, chat.conversation, timeouts.SMS);
      return;
    }
    case 'silent':
      callArrives(world, { ...opening(0), seconds: 40 });
      return;
    case 'sharedProfile': {
      const chat = sms(0);
      wait(world, 30);
      joins(world, chat.conversation, 'SMS', { person: person(guest + 1), profileId: chat.customer.profileId });
      return;
    }
    case 'upstreamMerge': {
      const kept = newProfile(world);
      const chat = sms(0, { profileId: kept });
      profilesMerged(world, {
        storeId: 'mem_store_01k4qy0000e0000000000000as',
        surviving: kept,
        merged: newProfile(world),
      });
      wait(world, 3);
      joins(world, chat.conversation, 'SMS', { person: person(guest + 1), profileId: kept });
      return;
    }
    case 'sharedNumber': {
      const chat = sms(0);
      wait(world, 30);
      joins(world, chat.conversation, 'WHATSAPP', {
        person: { name: 'Somebody Else', address: `whatsapp:${person(guest).address}` },
      });
      return;
    }
    case 'strangers': {
      const chat = sms(0);
      joins(world, chat.conversation, 'SMS', { person: person(guest + 1) });
      return;
    }
    case 'unresolved':
      sms(0, { profileId: null });
      return;
    case 'unknown':
      sms(0, { type: 'UNKNOWN', profileId: null });
      return;
    case 'skipped': {
      const chat = sms(0, { profileId: null });
      diagnostic(world, chat.customer, 530001, 'Address cannot be mapped to an identifier');
      return;
    }
    case 'fallback': {
      const chat = sms(0, { profileId: null });
      diagnostic(world, chat.customer, 530003, 'upstream returned 502');
      profileArrives(world, chat, newProfile(world), 2);
      updateParticipant(world, chat.customer, { name: 'Renamed' });
      return;
    }
    case 'outage':
      for (let index = 0; index < 6; index++) {
        const chat = inRequest(world, () => {
          const opened = sms(index, { profileId: null });
          diagnostic(world, opened.customer, 530003, 'HTTP 503');
          diagnostic(world, opened.customer, 530004, 'HTTP 503');
          return opened;
        });
        wait(world, 15);
        says(world, chat, 'agent', 'One moment.');
      }
      return;
  }
}
