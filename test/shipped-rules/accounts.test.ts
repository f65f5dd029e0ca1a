/** Ids say which account they are of only together with it: exports of a staging copy carry the same ones. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { accountSid } from '../generate/ids.ts';
import { newProfile, profilesMerged } from '../generate/memory.ts';
import { diagnostic } from '../generate/orchestrator.ts';
import { callArrives, joins, messageArrives, profileArrives } from '../generate/scenes.ts';
import { ndjson } from '../generate/shapes/json.ts';
import { deskNumber, openDesk, person } from '../generate/stories/desk.ts';
import { createWorld, type Entry, exported, timeOf, wait } from '../generate/world.ts';

/** A day on which everything goes wrong. */
function day(): readonly Entry[] {
  const world = createWorld({ seed: 'twins', accountId: accountSid(1), start: '2026-08-03T09:00:00Z' });
  const { configuration, storeId } = openDesk(world, 'GROUP_BY_PROFILE');
  world.now = Date.parse('2026-09-14T08:00:00Z');
  const opening = { configuration, own: deskNumber };

  callArrives(world, { ...opening, person: person(1), seconds: 20 });
  const [kept, merged] = [newProfile(world), newProfile(world)];
  wait(world, 60);
  const chat = messageArrives(world, 'SMS', { ...opening, person: person(2), profileId: kept, text: 'Hi' });
  profilesMerged(world, { storeId, surviving: kept, merged });
  wait(world, 60);
  const sameName = { ...person(3), name: person(2).name };
  joins(world, chat.conversation, 'SMS', { person: sameName, profileId: kept });
  for (let guest = 0; guest < 6; guest++) {
    wait(world, 20);
    const hit = messageArrives(world, 'SMS', { ...opening, person: person(10 + guest), profileId: null, text: 'Hi' });
    diagnostic(world, hit.customer, 530003, '503');
    if (guest === 5) profileArrives(world, hit, newProfile(world), 5);
    else diagnostic(world, hit.customer, 530004, '503');
  }
  wait(world, 7200);
  messageArrives(world, 'SMS', { ...opening, person: person(20), text: 'Good evening' });
  return exported(world);
}

/** The same day in another account, a moment later or under the very same log ids. */
function inAccount(log: readonly Entry[], accountId: string, later = 0): readonly unknown[] {
  return log.map((entry) => ({
    ...JSON.parse(JSON.stringify(entry).replaceAll(accountSid(1), accountId)),
    logId: entry.logId.replace(/^\d+/, String(timeOf(entry) + later)),
    eventTime: new Date(timeOf(entry) + later).toISOString(),
    accountId,
  }));
}

async function findingsOf(...logs: readonly (readonly unknown[])[]): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-accounts-'));
  try {
    await writeFile(join(folder, 'all.ndjson'), ndjson(logs.flat()));
    const { findings, rules } = await audit({ paths: [folder], rules: ['merge/*', 'voice/*', 'profile/*'] });
    expect(rules.filter(({ status }) => status === 'failed')).toEqual([]);
    return findings;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const one = accountSid(1);
const two = accountSid(2);

/** What an account's findings say, but for when to the millisecond, and where it was logged. */
const said = (findings: readonly Finding[], accountId: string) =>
  findings
    .filter((finding) => finding.accountId === accountId)
    .map(({ causedBy, evidence, fingerprint: _, ...finding }) => ({
      ...finding,
      firstSeen: finding.firstSeen.slice(0, 19),
      lastSeen: finding.lastSeen.slice(0, 19),
      data: JSON.stringify(finding.data).replaceAll(/\.\d{3}Z/g, 'Z'),
      causes: causedBy.length,
      evidence: evidence.length,
    }));

const pieces: readonly (readonly [string, (entry: Entry) => boolean])[] = [
  ['everything', () => true],
  ['no merge and no failure', ({ eventType }) => eventType !== 'diagnostic' && !eventType.endsWith('.merged')],
  ['nothing that was said', ({ eventType }) => !eventType.startsWith('communication.')],
  ['only failures', ({ level }) => level !== 'INFO'],
];

let found: ReturnType<typeof findingsOf> | undefined;
/** The findings of the whole day of one account. */
const all = () => {
  found ??= findingsOf(inAccount(day(), one));
  return found;
};

describe('two accounts with the same ids', () => {
  it('have much to find, alone', async () => {
    expect([...new Set((await all()).map(({ ruleId }) => ruleId))].toSorted()).toEqual([
      'merge/profile-merged-upstream',
      'merge/shared-profile',
      'profile/creation-failed',
      'profile/duplicate-risk',
      'profile/lookup-failed',
      'profile/store-outage',
      'profile/unresolved-customer',
      'voice/silent-call',
      'voice/stuck-active',
    ]);
  });

  it.each(pieces)('have the findings that each has alone, where one shows %s', async (_, shown) => {
    const part = day().filter(shown);
    const alone = await findingsOf(inAccount(part, two));
    for (const later of part.length === day().length ? [0, 300] : [0]) {
      const together = await findingsOf(inAccount(day(), one), inAccount(part, two, later));
      expect(said(together, one)).toEqual(said(await all(), one));
      if (later === 0) expect(said(together, two)).toEqual(said(alone, two));
    }
  });
});
