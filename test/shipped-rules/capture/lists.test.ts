import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../src/audit.ts';
import { accountSid } from '../../generate/ids.ts';
import { callArrives, messageArrives } from '../../generate/scenes.ts';
import { ndjson } from '../../generate/shapes/json.ts';
import { bothWays, callPage, listPage, messagePage } from '../../generate/side.ts';
import { deskNumber, openDesk, person } from '../../generate/stories/desk.ts';
import { createWorld, exported, type Message } from '../../generate/world.ts';
import { endsAt, hour, type Stage, start, witness } from '../case.ts';
import { configured, lostCall, lostMessage, stranger } from './desk.ts';

/** One account with a captured message and call, and a message and a CLIENT call that nothing captured. */
function story() {
  const world = createWorld({ seed: 'lists', accountId: accountSid(7), start: '2026-08-03T09:00:00Z' });
  const stage: Stage = { world, ...openDesk(world, 'GROUP_BY_PROFILE') };
  world.now = start;
  const other = witness(stage);
  const { configuration } = stage;
  messageArrives(world, 'SMS', { configuration, person: person(3), own: deskNumber, text: 'Hello!' });
  callArrives(world, { configuration, person: person(4), own: deskNumber, seconds: 40 });
  const text = lostMessage(world, { from: stranger, to: '+15550100199' });
  const phone = lostCall(world, { from: stranger, to: 'client:agent-1' });
  endsAt(stage, start + hour, other);
  const desk = configured(stage, { SMS: bothWays(deskNumber), VOICE: bothWays(deskNumber) });
  return { world, stage, desk, text, phone, log: ndjson(exported(world)) };
}

async function told(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-lists-'));
  try {
    await mkdir(join(folder, 'more'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const { findings, rules, issues } = await audit({
      paths: [folder],
      rules: ['capture/*', '!capture/duplicate-communication', '!capture/delivery-failed'],
    });
    return {
      lines: findings
        .map(({ ruleId, subject, severity, certainty, cause }) =>
          [ruleId, subject.id, severity, certainty, cause].join(' '),
        )
        .toSorted(),
      checks: findings.map(({ data }) => data.checks),
      rules: new Map(rules.map(({ id, status, reason }) => [id, `${status}${reason === null ? '' : `: ${reason}`}`])),
      lost: issues.filter(({ severity }) => severity === 'data_loss').length,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const page = (value: unknown) => `${JSON.stringify(value)}\n`;
/** The same page of a v2 list, which says that another follows. */
const open = (value: object) => page({ ...value, meta: { key: 'configurations', pageSize: 50, nextToken: 'abc' } });

const { world, desk, text, phone, log, stage } = story();
const everything = {
  'log.ndjson': log,
  'configurations.json': page(listPage('configurations', [desk])),
  'messages.json': page(messagePage(world, world.messages)),
  'calls.json': page(callPage(world, world.calls)),
};
const missedMessage = (cause: string) => `capture/no-conversation ${text} warning confirmed ${cause}`;
const missedCall = (cause: string) => `capture/no-conversation ${phone} warning confirmed ${cause}`;
const missingType = (severity = 'warning', certainty = 'confirmed') =>
  `capture/missing-call-type ${desk.id} ${severity} ${certainty} client`;
const all = [missingType(), missedMessage('no-matching-rule'), missedCall('missing-call-type')].toSorted();

const rowsOf = (messages: readonly Message[]) =>
  messages.map(({ from, to, direction, time, sid }) =>
    [
      from,
      to,
      'Hello',
      direction === 'inbound' ? 'Received' : 'Delivered',
      new Date(time).toISOString(),
      world.accountId,
      sid,
      direction === 'inbound' ? 'Incoming' : 'Outgoing API',
    ].join(','),
  );
const csvOf = (messages: readonly Message[]) =>
  `${['From,To,Body,Status,SentDate,AccountSid,Sid,Direction', ...rowsOf(messages)].join('\n')}\n`;

describe('lists of messages, calls and configurations', () => {
  it('are read from pages of the APIs', async () => {
    expect((await told(everything)).lines).toEqual(all);
  });
  it('are read from CSV, in several files that repeat each other', async () => {
    const { 'messages.json': _, ...files } = everything;
    const { lines } = await told({
      ...files,
      'messages-1.csv': csvOf(world.messages),
      'more/messages-2.csv': csvOf(world.messages.slice(1)),
    });
    expect(lines).toEqual(all);
  });
  it('need no direction', async () => {
    const withoutDirection = csvOf(world.messages).replaceAll(/,[^,\n]*\n/g, '\n');
    const { 'messages.json': _, ...files } = everything;
    expect((await told({ ...files, 'messages.csv': withoutDirection })).lines).toEqual(all);
  });
  it('are read from many files as from one', async () => {
    const { 'messages.json': _, ...files } = everything;
    const parts = world.messages.map((each, at) => [`more/messages-${at}.json`, page(messagePage(world, [each]))]);
    expect((await told({ ...files, ...Object.fromEntries(parts) })).lines).toEqual(all);
  });

  it('of configurations that are not complete do not show that no rule matches', async () => {
    const { lines, checks, lost } = await told({
      ...everything,
      'configurations.json': open(listPage('configurations', [desk])),
    });
    expect(lost).toBe(1);
    expect(lines).toEqual(
      [missingType('info', 'possible'), missedMessage('unexplained'), missedCall('missing-call-type')].toSorted(),
    );
    const outcomes = checks.flat().filter((each) => typeof each === 'object' && each !== null && 'outcome' in each);
    expect(outcomes).toContainEqual({ name: 'no-matching-rule', outcome: 'not checked' });
  });
  it('of configurations that are complete over several files do', async () => {
    const meta = { key: 'configurations', pageSize: 1 };
    const other = configured(stage, {});
    const { lines, lost } = await told({
      ...everything,
      'configurations.json': page({ configurations: [desk], meta: { ...meta, nextToken: 'abc' } }),
      'more/configurations.json': page({ configurations: [other], meta: { ...meta, previousToken: 'abc' } }),
    });
    expect(lost).toBe(0);
    expect(lines).toEqual(all);
  });
  it('of messages that are not complete show what they hold', async () => {
    const { lines } = await told({
      ...everything,
      'messages.json': page({ ...messagePage(world, world.messages), next_page_uri: '/2010-04-01/next' }),
    });
    expect(lines).toEqual(all);
  });
  it('prove nothing where pages of the log itself are missing', async () => {
    const { lines, lost } = await told({
      ...everything,
      'log.ndjson': page({ events: exported(world), meta: { nextToken: 'abc' } }),
    });
    expect(lost).toBe(1);
    expect(lines).toEqual([]);
  });

  it('are asked for where they are missing', async () => {
    const { rules } = await told({ 'log.ndjson': log });
    expect(rules.get('capture/no-conversation')).toBe(
      'skipped: needs messages or calls: add an export of them to the folder of the logs',
    );
    expect(rules.get('capture/missing-call-type')).toBe(
      'skipped: needs calls and configurations: add an export of them to the folder of the logs',
    );
    for (const rule of ['one-way-rule', 'not-e164', 'overlapping-rules']) {
      expect(rules.get(`capture/${rule}`)).toBe(
        'skipped: needs configurations: add an export of them to the folder of the logs',
      );
    }
  });
  it('of calls alone are enough for calls', async () => {
    const { 'messages.json': _, ...files } = everything;
    expect((await told(files)).lines).toEqual([missingType(), missedCall('missing-call-type')].toSorted());
  });
});
