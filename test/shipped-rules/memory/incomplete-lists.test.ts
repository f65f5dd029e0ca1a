import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { audit } from '../../../src/audit.ts';
import { accountSid, typeId } from '../../generate/ids.ts';
import { messageArrives, talk, timersRun } from '../../generate/scenes.ts';
import { ndjson } from '../../generate/shapes/json.ts';
import { observation, store } from '../../generate/side.ts';
import { deskNumber, openDesk, person, timeouts } from '../../generate/stories/desk.ts';
import { createWorld, exported } from '../../generate/world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-lists-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A page of a list, the last one or with another after it. */
const page = (key: string, rows: readonly unknown[], isLast: boolean) => ({
  [key]: rows,
  meta: { key, pageSize: 50, nextToken: isLast ? null : 'more', previousToken: null },
});

/** The causes of conversations without observations, where observations and stores come in lists. */
async function causes({ observations, stores }: { readonly observations: boolean; readonly stores: boolean }) {
  const world = createWorld({ seed: 'lists', accountId: accountSid(1), start: '2026-09-14T08:00:00Z' });
  const { configuration } = openDesk(world, 'GROUP_BY_PROFILE');
  const storeId = typeId(world.random, 'mem_store', world.now);
  const chat = messageArrives(world, 'SMS', { configuration, person: person(3), own: deskNumber, text: 'Hello!' });
  talk(world, chat, ['Good morning.'], { pause: 20, first: 'agent' });
  timersRun(world, chat.conversation, timeouts.SMS);
  const elsewhere = observation(world, {
    storeId,
    profileId: typeId(world.random, 'mem_profile', world.now),
    conversationIds: [typeId(world.random, 'conv_conversation', world.now)],
    content: 'Has a bicycle',
  });
  const other = { ...store(storeId), accountId: world.accountId };
  await writeFile(join(folder, 'log.ndjson'), ndjson(exported(world)));
  await writeFile(join(folder, 'configuration.json'), JSON.stringify(configuration));
  await writeFile(join(folder, 'observations.json'), JSON.stringify(page('observations', [elsewhere], observations)));
  await writeFile(join(folder, 'stores.json'), JSON.stringify(page('stores', [other], stores)));
  const { findings } = await audit({ paths: [folder], rules: ['memory/no-observations'] });
  return findings.map(({ cause }) => cause);
}

it('complete lists of observations and stores show what is missing from them', async () => {
  expect(await causes({ observations: true, stores: true })).toEqual(['store-mismatch']);
});

it('a list of stores with missing pages does not show that a store is none of the account', async () => {
  expect(await causes({ observations: true, stores: false })).toEqual(['unexplained']);
});

it('a list of observations with missing pages is no witness', async () => {
  expect(await causes({ observations: false, stores: true })).toEqual([]);
});
