import { accountSid } from '../ids.ts';
import { lean } from '../lean.ts';
import { callArrives, talk, timersRun } from '../scenes.ts';
import { jsonArray, ndjson } from '../shapes/json.ts';
import { at, createWorld, type Entry, exported } from '../world.ts';
import { deskNumber, openDesk, person, timeouts } from './desk.ts';
import type { Story } from './story.ts';

export function silentCall(): Story {
  return { folder: 'silent-call', files: { 'debugger.ndjson': ndjson(dayWithSilentCall()) } };
}

/** The same day, exported with the queryable fields alone: no channel, no address, no account. */
export function silentCallLean(): Story {
  return { folder: 'silent-call-lean', files: { 'debugger.json': jsonArray(dayWithSilentCall().map(lean)) } };
}

/** Four calls, one of which nobody spoke on: it still counts as ACTIVE when the export ends, four hours later. */
function dayWithSilentCall(): readonly Entry[] {
  const world = createWorld({ seed: 'silent-call', accountId: accountSid(3), start: '2026-08-03T09:00:00Z' });
  const { configuration } = openDesk(world, 'GROUP_BY_PARTICIPANT_ADDRESSES');
  const opening = { configuration, own: deskNumber };
  const until = Date.parse('2026-09-14T14:06:00Z');

  const calls = [
    [
      '2026-09-14T09:12:30.410Z',
      5,
      ['Hello, I would like to book a table.', 'For how many?', 'Four, tonight at eight.', 'Booked.'],
    ],
    ['2026-09-14T11:40:02.877Z', 6, ['Are you open on Sundays?', 'From ten to four.', 'Thank you, goodbye.']],
    [
      '2026-09-14T14:02:48.120Z',
      7,
      ['Hi, I left my umbrella at your place.', 'We have it here.', 'I will fetch it tomorrow.'],
    ],
  ] as const;
  for (const [time, who, words] of calls) {
    at(world, time);
    const call = callArrives(world, { ...opening, person: person(who), seconds: 75 });
    talk(world, call, words, { pause: 6 });
    timersRun(world, call.conversation, timeouts.VOICE, until);
  }

  at(world, '2026-09-14T10:05:17.339Z');
  callArrives(world, { ...opening, person: person(8), seconds: 41 });
  return exported(world);
}
