import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditThen } from '../../src/audit.ts';
import { UserError } from '../../src/engine/errors.ts';
import { followId, wantedForStories } from '../../src/trace/follow.ts';
import type { Story } from '../../src/trace/story.ts';
import { trace } from '../../src/trace.ts';
import { account, otherAccount } from '../findings/make.ts';

const mixed = 'fixtures/mixed';
const request = '659e903d-18ad-4137-85de-702261095c61';
const conversation = 'conv_conversation_01m2svxazrebrbd64q5n6y8d3a';
const profile = 'mem_profile_01m2srf300e5n9rbqt9sjjp8tg';
const participant = 'conv_participant_01m2sw3e9yf18bs6m3vj01dhw8';
const merged = 'mem_profile_01m2srf300f19vnttcfa9m61y7';
const message = 'SM342cc082081a7bbe6a14f670b78cf0e6';
const logId = '1789722012664-d65c781f';
const observation = 'mem_observation_01m2szjr78ffya5ag0af5krskg';
const operation = 'proc_job_01kz3dkwm0f0baz0e5aepg9j4k';
const refusedRequest = '91a8e159-9b0e-4c21-b1fa-09cc97d0d415';
const misspelt = `${request.slice(0, -1)}2`;
const beginning = request.slice(0, 8);
const hostile = ['%', "'", "'; DROP TABLE event_log; --", 'x'.repeat(10_000)];
const silentCall = 'CAaa9c2f05b6abaa46cb36ca4800fbae11';

let folder: string;
const ofMixed = new Map<string, readonly Story[] | Error>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-trace-'));
  const ids = [request, conversation, profile, participant, merged, message, logId, observation, operation];
  await auditThen({ paths: [mixed], rules }, wantedForStories, async (session, audit) => {
    for (const id of [
      ...ids,
      refusedRequest,
      silentCall,
      misspelt,
      beginning,
      conversation.toUpperCase(),
      ...hostile,
    ]) {
      const told = await followId(session, id, audit).catch((thrown: unknown) => thrown);
      ofMixed.set(id, Array.isArray(told) ? told : told instanceof Error ? told : new Error(String(told)));
    }
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The rules of two folders: what others find is not the business of these tests. */
const rules = ['merge', 'voice'];

async function storiesOf(id: string, ...paths: readonly string[]): Promise<readonly Story[]> {
  // One load of the mixed fixture for all of its ids: there are many files in it.
  if (paths[0] !== mixed) return (await trace(id, { paths, rules })).stories;
  const known = ofMixed.get(id);
  if (known === undefined) throw new Error(`not followed: ${id}`);
  if (known instanceof Error) throw known;
  return known;
}

async function onlyStory(id: string, ...paths: readonly string[]): Promise<Story> {
  const [story, ...others] = await storiesOf(id, ...paths);
  expect(others).toEqual([]);
  if (story === undefined) throw new Error('no story');
  return story;
}

const told = ({ events }: Story) =>
  events.map(({ eventTime, eventType, reason }) => `${eventTime.slice(11, 23)} ${eventType} ${reason}`);

describe('a request of the mixed fixture', () => {
  test('is told in order, from files of three shapes, with file and line of each event', async () => {
    const story = await onlyStory(request, mixed);
    expect(
      story.events.map(
        ({ eventType, format, file, line }) => `${eventType} ${format} ${file.split('/').at(-1)}:${line}`,
      ),
    ).toEqual([
      'conversation.created debugger-log debugger.ndjson:2',
      'participant.created debugger-log envelope.csv:2',
      'participant.created debugger-log part-0.parquet:1',
      'communication.created status-callback callbacks.json:2',
      'com.twilio.memory.profiles.lookup cloud-event cloud-events.json:2',
    ]);
    expect(story.events.map(({ gapMs }) => gapMs)).toEqual([null, 1, 1, 1, 35]);
    expect(story.matches).toEqual([
      { type: 'request', events: 5, records: 0 },
      { type: 'correlation', events: 4, records: 0 },
    ]);
  });

  test('has the findings of an audit that touch it, and its records', async () => {
    const story = await onlyStory(request, mixed);
    expect(story.findings.map(({ ruleId, touches }) => [ruleId, ...touches].join(' '))).toEqual([
      'merge/shared-profile subject evidence related context',
      'merge/profile-merged-upstream subject evidence related',
    ]);
    expect(story.events[1]?.findings).toEqual(story.findings.map(({ fingerprint }) => fingerprint));
    expect(story.records.map(({ type, through }) => `${type} ${through.replace(/_.*/, '')}`)).toEqual([
      'operation conv',
      'message SM342cc082081a7bbe6a14f670b78cf0e6',
      'configuration conv',
      'store mem',
      'intelligence-configuration intelligence',
      'observation conv',
    ]);
    expect(story.records.find(({ type }) => type === 'configuration')?.data).toMatchObject({
      in_force: true,
      grouping_type: 'GROUP_BY_PROFILE',
    });
  });
});

describe('ids of every kind are followed', () => {
  test('a conversation: whatever names it or lives in it', async () => {
    const story = await onlyStory(conversation, mixed);
    expect(story.matches.map(({ type }) => type)).toEqual(['conversation']);
    expect(story.events.filter(({ reason }) => reason !== 'id').map(({ eventType }) => eventType)).toEqual([
      'com.twilio.memory.profiles.lookup',
    ]);
    expect(story.events.at(-1)).toMatchObject({ eventType: 'conversation.updated', status: 'CLOSED' });
  });

  test('a call: its participants, the conversation they are in, the record of the call, what is wrong', async () => {
    const story = await onlyStory(silentCall, mixed);
    expect(told(story)).toEqual([
      '10:15:22.480 conversation.created trace',
      '10:15:22.481 participant.created id',
      '10:15:22.483 participant.created id',
    ]);
    expect(story.findings.map(({ ruleId }) => ruleId)).toContain('voice/silent-call');
    expect(story.records.map(({ type }) => type)).toContain('call');
    expect(story.matches).toEqual([{ type: 'call', events: 2, records: 1 }]);
  });

  test('a participant: also the beginning and the end of its conversation', async () => {
    const story = await onlyStory(participant, mixed);
    expect(told(story).filter((line) => line.includes('conversation.'))).toEqual([
      '09:00:12.664 conversation.created conversation',
      '09:14:18.072 conversation.updated conversation',
      '10:04:18.072 conversation.updated conversation',
    ]);
  });

  test('a profile: also the merge that names it only in its payload', async () => {
    expect(told(await onlyStory(merged, mixed))).toEqual(['08:30:02.140 com.twilio.memory.profiles.merged id']);
    expect(told(await onlyStory(profile, mixed))[0]).toBe('08:30:02.140 com.twilio.memory.profiles.merged id');
  });

  test('a message, a log id, an observation and an operation', async () => {
    expect((await onlyStory(message, mixed)).matches).toEqual([{ type: 'message', events: 1, records: 1 }]);
    expect((await onlyStory(logId, mixed)).events).toHaveLength(5);
    expect((await onlyStory(observation, mixed)).matches).toEqual([{ type: 'observation', events: 0, records: 1 }]);
    expect(await onlyStory(operation, mixed)).toMatchObject({
      matches: [{ type: 'operation', events: 0, records: 1 }],
      events: [],
      began: null,
      asOf: null,
    });
  });

  test('a request that only an API error names', async () => {
    const story = await onlyStory(refusedRequest, mixed);
    expect(story.matches).toEqual([{ type: 'request', events: 0, records: 1 }]);
    expect(story.records[0]).toMatchObject({ type: 'api-error', data: { code: 21614, method: 'POST' } });
  });

  test('a store that no file describes: the configurations that name it', async () => {
    const story = await onlyStory('mem_store_01kz3dkwm0eczs9gd31sxbe6mz', 'fixtures/store-outage');
    expect(story.records.map(({ type }) => type)).toEqual(['configuration']);
    expect(story.matches).toEqual([{ type: 'store', events: 0, records: 1 }]);
  });
});

/** A log entry in the documented envelope. */
function entry(
  second: number,
  over: {
    readonly requestId?: string | null;
    readonly correlationId?: string | null;
    readonly accountId?: string;
  } = {},
): string {
  const { requestId = null, correlationId = null, accountId = account } = over;
  const time = Date.UTC(2026, 8, 14, 8, 0, second);
  return `${JSON.stringify({
    logId: `${time}-${accountId.slice(-2)}${String(second).padStart(4, '0')}`,
    eventTime: new Date(time).toISOString(),
    source: 'conversation-orchestrator',
    eventType: 'conversation.updated',
    level: 'INFO',
    errorCode: 0,
    errorReason: null,
    requestId,
    correlationId,
    body: {
      id: `conv_conversation_01k4zzzzzzzzzzzzzzzzzzzz${String(second).padStart(2, '0')}`,
      accountId,
      status: 'ACTIVE',
    },
  })}\n`;
}

async function logged(name: string, ...lines: readonly string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, lines.join(''));
  return file;
}

describe('traces', () => {
  test('are followed over requests that a correlation id joins, however many steps away, and no further', async () => {
    const file = await logged(
      'chain.ndjson',
      entry(1, { requestId: 'a', correlationId: 'ab' }),
      entry(2, { requestId: 'b', correlationId: 'ab' }),
      entry(3, { requestId: 'c', correlationId: 'b' }),
      entry(4, { requestId: 'd', correlationId: 'd' }),
      entry(5, { correlationId: 'c' }),
    );
    const story = await onlyStory('a', file);
    expect(story.events.map(({ requestId, reason }) => `${requestId} ${reason}`)).toEqual([
      'a id',
      'b trace',
      'c trace',
      'null trace',
    ]);
    expect(story.requests.map(({ requestId, correlationIds }) => [requestId, correlationIds])).toEqual([
      ['a', ['ab']],
      ['b', ['ab']],
      ['c', ['b']],
    ]);
  });

  test('an id that is a request here and a correlation there is both', async () => {
    const file = await logged(
      'both.ndjson',
      entry(1, { requestId: 'same', correlationId: 'other' }),
      entry(2, { requestId: 'next', correlationId: 'same' }),
    );
    expect((await onlyStory('same', file)).matches).toEqual([
      { type: 'request', events: 1, records: 0 },
      { type: 'correlation', events: 1, records: 0 },
    ]);
  });

  test('an id in two accounts is two stories, and neither takes in events of the other', async () => {
    const file = await logged(
      'accounts.ndjson',
      entry(2, { requestId: 'same', accountId: otherAccount }),
      entry(1, { requestId: 'same' }),
      entry(3, { requestId: 'same' }),
    );
    const stories = await storiesOf('same', file);
    expect(stories.map(({ accountId, events }) => [accountId, events.length])).toEqual([
      [account, 2],
      [otherAccount, 1],
    ]);
  });

  test('what was cropped is not in the story', async () => {
    const file = await logged('cropped.ndjson', entry(1, { requestId: 'r' }), entry(2, { requestId: 'r' }));
    const options = { paths: [file], rules, from: new Date(Date.UTC(2026, 8, 14, 8, 0, 2)) };
    expect((await trace('r', options)).stories[0]?.events).toHaveLength(1);
  });

  test('events of one millisecond are told by log id, whatever file they are in', async () => {
    const files = [
      await logged('late.ndjson', entry(1, { requestId: 'r', accountId: account }).replace('-010001', '-b')),
      await logged('early.ndjson', entry(1, { requestId: 'r' }).replace('-010001', '-a').replace('zz01', 'zz09')),
    ];
    const one = await onlyStory('r', ...files);
    const two = await onlyStory('r', ...files.toReversed());
    expect(one.events.map(({ logId }) => logId.slice(-1))).toEqual(['a', 'b']);
    expect(two.events.map(({ logId }) => logId)).toEqual(one.events.map(({ logId }) => logId));
  });
});

describe('an id is data', () => {
  test('with quotes, semicolons, wildcards: it is compared, and nothing else', async () => {
    const ids = [
      "it's",
      "a'; DROP TABLE event_log; --",
      '%',
      '_',
      '*',
      '$id',
      '\\',
      '"',
      'ü 漢',
      '[x]',
      '1',
      '\u001b[2J',
    ];
    const file = await logged('data.ndjson', ...ids.map((id, at) => entry(at, { requestId: id })));
    await auditThen({ paths: [file], rules }, wantedForStories, async (session, audit) => {
      for (const [at, id] of ids.entries()) {
        const [story, ...others] = await followId(session, id, audit);
        expect(others).toEqual([]);
        expect(story?.events.map(({ line }) => line)).toEqual([at + 1]);
      }
    });
  });
});

describe('an unknown id', () => {
  const refused = (id: string, ...paths: readonly string[]) => expect(storiesOf(id, ...paths)).rejects;

  test('is one line that names ids that may have been meant', async () => {
    await refused(misspelt, mixed).toThrow(new RegExp(`^nothing is known of .* mean ${request}\\?$`));
    await refused(beginning, mixed).toThrow(`did you mean ${request}?`);
    await refused(conversation.toUpperCase(), mixed).toThrow(UserError);
  });

  test('is never a pattern, and does not flood the terminal', async () => {
    for (const id of hostile) {
      await refused(id, mixed).toThrow(/^nothing is known of .{1,90} in .*; see that the id is whole/);
    }
  });

  test('says which input could not be used, for it may be in that one', async () => {
    const file = await logged('fine.ndjson', entry(1, { requestId: 'r' }));
    await refused('q-1234567', file, '/nowhere/at-all.ndjson').toThrow(
      /^\/nowhere\/at-all\.ndjson: .*\nnothing is known/,
    );
  });
});
