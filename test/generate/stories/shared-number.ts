import { accountSid } from '../ids.ts';
import { participant } from '../orchestrator.ts';
import { joins, messageArrives, says, talk, timersRun } from '../scenes.ts';
import { json, ndjson } from '../shapes/json.ts';
import { at, createWorld, exported, inRequest, wait } from '../world.ts';
import { deskNumber, deskWhatsApp, onWhatsApp, openDesk, person, timeouts } from './desk.ts';
import type { Story } from './story.ts';

/** Mother and daughter use one phone, and GROUP_BY_PARTICIPANT_ADDRESSES cannot tell them apart. */
export function sharedNumber(): Story {
  const world = createWorld({ seed: 'shared-number', accountId: accountSid(2), start: '2026-08-03T09:00:00Z' });
  const { configuration } = openDesk(world, 'GROUP_BY_PARTICIPANT_ADDRESSES');
  const opening = { configuration, own: deskNumber };
  const mother = person(8);
  const daughter = { ...person(9), address: mother.address };

  at(world, '2026-09-14T13:05:40.031Z');
  const ordinary = messageArrives(world, 'SMS', { ...opening, person: person(10), text: 'Do you have winter tyres?' });
  talk(world, ordinary, ['We do, all sizes.', 'Then I will come by.'], { pause: 38, first: 'agent' });
  timersRun(world, ordinary.conversation, timeouts.SMS);

  at(world, '2026-09-14T14:00:05.702Z');
  const first = messageArrives(world, 'SMS', { ...opening, person: mother, text: 'When is my dentist appointment?' });
  talk(world, first, ['Tomorrow at ten.', 'Thank you.'], { pause: 25, first: 'agent' });

  wait(world, 420);
  const second = inRequest(world, () => {
    const customer = joins(world, first.conversation, 'WHATSAPP', { person: onWhatsApp(daughter) });
    const agent = participant(world, first.conversation, {
      type: 'HUMAN_AGENT',
      addresses: [{ channel: 'WHATSAPP', address: deskWhatsApp }],
    });
    const chat = { ...first, customer, agent };
    says(world, chat, 'customer', 'Hi, this is Elsa. I need to cancel mine.');
    return chat;
  });
  talk(world, second, ['Cancelled: tomorrow at ten.', 'No, that is the one of my mother!'], {
    pause: 40,
    first: 'agent',
  });
  timersRun(world, first.conversation, timeouts.WHATSAPP);

  return {
    folder: 'shared-number',
    files: { 'debugger.ndjson': ndjson(exported(world)), 'configuration.json': json(configuration) },
  };
}
