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

/** An account on whose day everything goes wrong, or the same one with everything as it should be: with the same ids. */
function day(goesWrong: boolean): readonly Entry[] {
  const world = createWorld({ seed: 'twins', accountId: accountSid(1), start: '2026-08-03T09:00:00Z' });
  const { configuration, storeId } = openDesk(world, 'GROUP_BY_PROFILE');
  world.now = Date.parse('2026-09-14T08:00:00Z');
  const opening = { configuration, own: deskNumber };

  const call = callArrives(world, { ...opening, person: person(1), seconds: 20 });
  const [kept, merged] = [newProfile(world), newProfile(world)];
  wait(world, 60);
  const chat = messageArrives(world, 'SMS', { ...opening, person: person(2), profileId: kept, text: 'Hi' });
  profilesMerged(world, { storeId, surviving: kept, merged });
  wait(world, 60);
  joins(world, chat.conversation, 'SMS', { person: person(3), profileId: kept });
  for (let guest = 0; guest < 6; guest++) {
    wait(world, 20);
    const hit = messageArrives(world, 'SMS', { ...opening, person: person(10 + guest), profileId: null, text: 'Hi' });
    diagnostic(world, hit.customer, 530003, '503');
    diagnostic(world, hit.customer, 530004, '503');
    if (guest === 5) profileArrives(world, hit, newProfile(world), 5);
  }
  wait(world, 7200);
  messageArrives(world, 'SMS', { ...opening, person: person(20), text: 'Good evening' });
  const log = exported(world);
  return goesWrong
    ? log
    : log.filter(({ level, body }) => level === 'INFO' && !mentions(body, call.conversation.id, kept));
}

const mentions = (body: Entry['body'], ...ids: readonly string[]) =>
  ids.some((id) => JSON.stringify(body).includes(id)) || (body.type === 'CUSTOMER' && body.profileId === null);

/** The same day in another account, half a second later, under the same log ids but for their time. */
function inAccount(log: readonly Entry[], accountId: string, later: number): readonly unknown[] {
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

/** What a finding says, wherever it was logged. */
const said = (findings: readonly Finding[], accountId: string) =>
  findings
    .filter((finding) => finding.accountId === accountId)
    .map(({ ruleId, subject, severity, certainty, cause, related, message, causedBy, firstSeen, evidence }) => ({
      ruleId,
      subject: subject.type === 'account' ? '' : subject.id,
      severity,
      certainty,
      cause,
      related,
      message: message.replaceAll(/AC\d{32}/g, ''),
      causes: causedBy.length,
      second: firstSeen.slice(0, 19),
      evidence: evidence.length,
    }));

describe('two accounts with the same ids', () => {
  const one = accountSid(1);
  const two = accountSid(2);

  it.each([
    ['at other times', 500],
    ['at the same times, under the same log ids', 0],
  ])('have the findings that each has alone, %s', async (_, later) => {
    const alone = await findingsOf(inAccount(day(true), one, 0));
    expect(new Set(alone.map(({ ruleId }) => ruleId)).size).toBeGreaterThanOrEqual(7);
    const together = await findingsOf(inAccount(day(true), one, 0), inAccount(day(true), two, later));
    expect(said(together, one)).toEqual(said(alone, one));
    expect(said(together, two)).toEqual(said(alone, one));
  });

  it.each([
    ['at other times', 500],
    ['at the same times, under the same log ids', 0],
  ])('do not take over what went wrong in the other, %s', async (_, later) => {
    const together = await findingsOf(inAccount(day(true), one, 0), inAccount(day(false), two, later));
    expect(said(together, two)).toEqual([]);
    expect(said(together, one)).toEqual(said(await findingsOf(inAccount(day(true), one, 0)), one));
  });
});
