/** Loading as a whole: every entry is loaded once, is a duplicate, or is rejected. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openSession, type Session } from '../src/engine/session.ts';
import { type Loaded, type LoadOptions, loadExports } from '../src/ingest/load.ts';

let session: Session;
let folder: string;
beforeEach(async () => {
  session = await openSession();
  folder = await mkdtemp(join(tmpdir(), 'postlude-load-'));
});
afterEach(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

const account = 'AC000000000000000000000000000000a1';
const other = 'AC000000000000000000000000000000a2';
const conversation = 'conv_conversation_01m2fp1m4vfv0a7vh5vk49e0s8';

function entry(
  logId: string,
  changes: Readonly<Record<string, unknown>> = {},
  body: Readonly<Record<string, unknown>> = {},
) {
  return {
    logId,
    eventTime: '2026-09-14T08:00:00Z',
    source: 'conversation-orchestrator',
    eventType: 'conversation.created',
    level: 'INFO',
    errorCode: 0,
    errorReason: null,
    requestId: `request-of-${logId}`,
    correlationId: `request-of-${logId}`,
    body: { id: conversation, accountId: account, status: 'ACTIVE', ...body },
    ...changes,
  };
}

const lines = (...entries: readonly unknown[]) =>
  entries.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');

async function load(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}): Promise<Loaded> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return loadExports(session, { paths: [folder], ...options });
}

async function column(name: string): Promise<readonly unknown[]> {
  const rows = await session.rows(
    z.object({ value: z.unknown() }),
    `SELECT ${name} AS value FROM event_log ORDER BY log_id, event_time`,
  );
  return rows.map(({ value }) => value);
}

const counts = ({ files }: Loaded) =>
  Object.fromEntries(
    files.map(({ path, rows, duplicates, rejected }) => [path.split('/').at(-1), [rows, duplicates, rejected]]),
  );

describe('what is loaded, duplicate and rejected', () => {
  it('adds up to what was read, file by file', async () => {
    const loaded = await load({
      'a.ndjson': lines(entry('1'), entry('2'), '{"logId": "cut', entry('2')),
      'b.json': JSON.stringify([
        entry('2'),
        entry('3'),
        { logId: '4', eventTime: 'yesterday', eventType: 'diagnostic', level: 'INFO' },
      ]),
    });
    expect(counts(loaded)).toEqual({ 'a.ndjson': [2, 1, 1], 'b.json': [1, 1, 1] });
    expect(loaded).toMatchObject({ events: 3, duplicates: 2 });
    expect(loaded.issues.map(({ severity, line, message }) => [severity, line, message])).toEqual([
      ['data_loss', 3, expect.stringMatching(/^1 record rejected: not JSON/)],
      ['data_loss', 1, '1 record rejected: eventTime is not a time: "yesterday".'],
    ]);
  });

  it('counts records, also where one record holds others', async () => {
    const participant = {
      id: 'conv_participant_01m2fja4p6eswsc1yerj8s36p0',
      conversationId: conversation,
      accountId: account,
      name: 'Ines',
      type: 'CUSTOMER',
      addresses: [],
    };
    const loaded = await load({
      'conversation.json': JSON.stringify({
        id: conversation,
        accountId: account,
        configurationId: 'conv_configuration_01kz3dkwm0fvr88zwb5exq07km',
        status: 'ACTIVE',
        participants: [participant],
      }),
      'participants.json': JSON.stringify([participant, participant]),
    });
    expect(counts(loaded)).toEqual({ 'conversation.json': [1, 0, 0], 'participants.json': [0, 2, 0] });
  });

  it('keeps rejected lines with their place', async () => {
    await load({ 'a.ndjson': lines(entry('1'), 'not json at all') });
    const rows = await session.rows(z.object({ line: z.bigint(), text: z.string() }), 'SELECT line, text FROM rejects');
    expect(rows).toEqual([{ line: 2n, text: 'not json at all' }]);
  });
});

describe('one log id with different contents', () => {
  const files = (first: string, second: string) => ({
    'a.ndjson': lines(entry('1', {}, { status: first })),
    'b.ndjson': lines(entry('1', {}, { status: second })),
  });
  it('is one event and a conflict, and which one does not depend on the order of files', async () => {
    const loaded = await load(files('ACTIVE', 'CLOSED'));
    expect(loaded.events).toBe(1);
    expect(loaded.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining('1 log id stands in the input with different contents'),
    ]);
    const [winner] = await column('status');
    await session.close();
    session = await openSession();
    await load(files('CLOSED', 'ACTIVE'));
    expect(await column('status')).toEqual([winner]);
  });

  it('is none where DuckDB and Node read the same entry, and nobody asks what communications say', async () => {
    const said = entry(
      '1',
      { eventType: 'communication.created' },
      {
        id: 'conv_communication_01m2fja4p6eswsc1yerj8s36p0',
        conversationId: conversation,
        content: { type: 'TEXT', text: 'Hello' },
        recipients: [{ channel: 'SMS', address: '+15550100001' }],
      },
    );
    const loaded = await load({ 'a.ndjson': lines(said), 'b.json': JSON.stringify([said]) }, { keepSaid: false });
    expect(loaded).toMatchObject({ events: 1, duplicates: 1, issues: [] });
  });

  it('is two events where the accounts differ', async () => {
    const loaded = await load({ 'a.ndjson': lines(entry('1'), entry('1', {}, { accountId: other })) });
    expect(loaded).toMatchObject({ events: 2, duplicates: 0, issues: [] });
  });
});

describe('the account of an entry', () => {
  const bare = (
    logId: string,
    changes: Readonly<Record<string, unknown>> = {},
    body: Readonly<Record<string, unknown>> = {},
  ) => entry(logId, { eventType: 'conversation.updated', ...changes }, { accountId: undefined, ...body });
  const elsewhere = 'conv_conversation_01m2fp1m4vfv0a7vh5vk49e0s9';

  it('is its own before all', async () => {
    await load({ 'a.ndjson': lines(entry('1'), entry('2', {}, { accountId: other })) }, { assumedAccount: account });
    expect(await column('account_id')).toEqual([account, other]);
  });

  it('is that of the same entity elsewhere, then through it that of the same request', async () => {
    await load({
      'a.ndjson': lines(
        entry('1'),
        entry('9', {}, { id: 'conv_conversation_01m2fp1m4vfv0a7vh5vk49e0sz', accountId: other }),
      ),
      'b.ndjson': lines(
        bare('2', { requestId: 'r' }),
        bare('3', { requestId: 'r', correlationId: 'r' }, { id: elsewhere }),
      ),
    });
    expect(await column('account_id')).toEqual([account, account, account, other]);
  });

  it('is the only one of its file, before that of the path', async () => {
    await load({ [`${other}.ndjson`]: lines(entry('1'), bare('2', {}, { id: elsewhere })) });
    expect(await column('account_id')).toEqual([account, account]);
  });

  it('is that of the path, before the assumed one', async () => {
    await load({ [`${other}.ndjson`]: lines(bare('2')) }, { assumedAccount: account });
    expect(await column('account_id')).toEqual([other]);
  });

  it('is the assumed one, before the only one of the run', async () => {
    await load(
      { 'a.ndjson': lines(entry('1')), 'b.ndjson': lines(bare('2', {}, { id: elsewhere })) },
      { assumedAccount: other },
    );
    expect(await column('account_id')).toEqual([account, other]);
  });

  it('is the only one of the run', async () => {
    await load({ 'a.ndjson': lines(entry('1')), 'b.ndjson': lines(bare('2', {}, { id: elsewhere })) });
    expect(await column('account_id')).toEqual([account, account]);
  });

  it('is `unknown`, and said to be, where nothing tells', async () => {
    const loaded = await load({ 'b.ndjson': lines(bare('2')) });
    expect(await column('account_id')).toEqual(['unknown']);
    expect(loaded.issues.map(({ message }) => message)).toEqual([
      '1 entry without any account: shown as `unknown`; name it with --assume-account.',
    ]);
  });
});

describe('values that mean nothing', () => {
  it('are NULL: empty text, "null" and 0 as request or correlation id', async () => {
    await load({
      'a.ndjson': lines(
        entry('1', { requestId: '', correlationId: 'null' }),
        entry('2', { requestId: '0', correlationId: 0 }),
        entry('3', { requestId: 'r', correlationId: 'c' }, { status: '' }),
      ),
    });
    expect(await column('request_id')).toEqual([null, null, 'r']);
    expect(await column('correlation_id')).toEqual([null, null, 'c']);
    expect(await column('status')).toEqual(['ACTIVE', 'ACTIVE', null]);
  });

  it('are found under another spelling, also where the rest of the envelope has the usual one', async () => {
    await load({ 'a.ndjson': lines(entry('1', { correlationId: undefined, correlation_id: 'c' })) });
    expect(await column('correlation_id')).toEqual(['c']);
  });

  it('takes the milliseconds of the log id where the time has only seconds', async () => {
    const second = Date.parse('2026-09-14T08:00:00Z');
    await load({
      'a.ndjson': lines(
        entry(`${second + 123}-aa`),
        entry(`${second + 1000}-bb`),
        entry(`${second + 5}-cc`, { eventTime: '2026-09-14T08:00:00.900Z' }),
      ),
    });
    expect(await column('epoch_ms(event_time)::DOUBLE')).toEqual([second + 900, second + 123, second]);
  });
});

describe('times without a zone', () => {
  const at = (logId: string, eventTime: string, createdAt = '2026-09-14T08:00:00Z') =>
    entry(logId, { eventTime }, { createdAt });
  const told = ({ issues }: Loaded) =>
    issues.flatMap(({ severity, file, line, message }) =>
      line === undefined ? [] : [`${severity}: ${file?.split('/').at(-1)}:${line}: ${message}`],
    );

  it('are said to be read as UTC where nobody has named another zone, and UTC is one that can be named', async () => {
    const files = { 'a.ndjson': lines(at('1', '2026-09-14T10:00:00')) };
    const notices = async (options: Partial<LoadOptions>) => (await load(files, options)).issues;
    expect(await notices({})).toEqual([
      {
        severity: 'notice',
        file: join(folder, 'a.ndjson'),
        message: 'times without a zone were read as UTC; say which zone they are in with --timezone.',
      },
    ]);
    for (const timezone of ['Europe/Berlin', 'UTC']) {
      await session.close();
      session = await openSession();
      expect(await notices({ timezone })).toEqual([]);
    }
  });

  it('are said to be ambiguous or wrong where the clocks change, once for each file and kind, record by record', async () => {
    const loaded = await load(
      {
        'autumn.ndjson': lines(
          at('1', '2026-10-25T01:59:59'),
          at('2', '2026-10-25T02:20:00', '2026-10-25T02:20:00'),
          { ...at('no entry', '2026-10-25T02:30:00'), eventType: null },
          at('3', '2026-10-25T02:30:00Z', '2026-10-25T02:20:00'),
          at('4', '2026-10-25T02:40:00+01:00'),
        ),
        'spring.ndjson': lines(at('5', '2026-03-29T02:30:00'), at('6', '2026-03-29T03:00:00')),
        'summer.ndjson': lines(at('7', '2026-07-01T02:30:00')),
      },
      { timezone: 'Europe/Berlin' },
    );
    expect(told(loaded).filter((issue) => !issue.startsWith('data_loss'))).toEqual([
      'notice: autumn.ndjson:2: 2 records have a time that Europe/Berlin has twice, as its clocks are put back: read as the first of the two, so that order and durations may be wrong; export these hours in UTC.',
      'notice: spring.ndjson:1: 1 record has a time that Europe/Berlin does not have, as its clocks are put forward over it: read by the clock before the change; check --timezone.',
    ]);
    expect(await column('epoch_ms(event_time)')).toEqual(
      [
        '2026-10-24T23:59:59Z',
        '2026-10-25T00:20:00Z',
        '2026-10-25T02:30:00Z',
        '2026-10-25T01:40:00Z',
        '2026-03-29T01:30:00Z',
        '2026-03-29T01:00:00Z',
        '2026-07-01T00:30:00Z',
      ].map((time) => BigInt(Date.parse(time))),
    );
  });
});

describe('what lies outside', () => {
  const three = {
    'a.ndjson': lines(
      ...['08:00:00', '09:00:00', '10:00:00'].map((time) => entry(time, { eventTime: `2026-09-14T${time}Z` })),
    ),
  };
  const time = (text: string) => new Date(`2026-09-14T${text}Z`);

  it('--from and --to, is left out and said to be; the edges themselves stay', async () => {
    const loaded = await load(three, { from: time('09:00:00'), to: time('09:00:00') });
    expect(await column('log_id')).toEqual(['09:00:00']);
    expect(loaded.issues.map(({ severity, message }) => [severity, message])).toEqual([
      ['info', '1 entry before --from 2026-09-14T09:00:00.000Z left out.'],
      ['info', '1 entry after --to 2026-09-14T09:00:00.000Z left out.'],
    ]);
    expect(counts(loaded)).toEqual({ 'a.ndjson': [3, 0, 0] });
  });

  it('the accounts asked for, is left out', async () => {
    const { issues } = await load(
      { 'a.ndjson': lines(entry('1'), entry('2', {}, { accountId: other })) },
      { account: '*a2' },
    );
    expect(await column('account_id')).toEqual([other]);
    expect(issues.map(({ severity, message }) => [severity, message])).toEqual([
      ['info', '1 entry outside --account *a2 left out.'],
    ]);
  });

  const ids = ['1', '2', '3', '4', '5'].map((id) => `AC0000000000000000000000000000000${id}`);
  const [only = ''] = ids;
  it.each([
    ['AC9*', ids, [`No account fits --account AC9*. There are ${ids.slice(0, 3).join(', ')} and 2 more.`]],
    [
      only.slice(0, -1),
      [only],
      [`No account fits --account ${only.slice(0, -1)}: did you mean "${only}"? There is ${only}.`],
    ],
    ['AC0*', [only], []],
  ])('--account %s of %j, is said where it is everything', async (glob, there, told) => {
    const { issues } = await load(
      { 'a.ndjson': lines(...there.map((accountId) => entry(accountId, {}, { accountId }))) },
      { account: glob },
    );
    expect(issues.filter(({ severity }) => severity === 'notice').map(({ message }) => message)).toEqual(told);
  });
});

describe('a list page', () => {
  const page = (id: string, meta: Readonly<Record<string, unknown>>) =>
    JSON.stringify({
      operations: [{ operationId: id, status: 'PENDING', createdAt: '2026-09-14T08:00:00Z', statusUrl: 'x' }],
      meta,
    });

  it('that says that there are more is a loss of data', async () => {
    const { issues } = await load({
      'a.json': page('proc_job_01kz3dkwm0fvr88zwb5exq07km', { key: 'operations', nextToken: 'abc' }),
    });
    expect(issues.filter(({ severity }) => severity === 'data_loss').map(({ message }) => message)).toEqual([
      expect.stringContaining('its next page is not in the input'),
    ]);
  });

  it('is complete with the page that follows, in another file', async () => {
    const { issues } = await load({
      'a.json': page('proc_job_01kz3dkwm0fvr88zwb5exq07km', { key: 'operations', nextToken: 'abc' }),
      'b.json': page('proc_job_01kz3dkwm0fvr88zwb5exq07kn', {
        key: 'operations',
        previousToken: 'abc',
        nextToken: null,
      }),
    });
    expect(issues.filter(({ severity }) => severity === 'data_loss')).toEqual([]);
  });
});

describe('half of a surrogate pair', () => {
  const half = '\\ud800';
  it.each([
    ['on a line, where nothing looks at it', 'a.ndjson', lines(entry('1'), `{"logId":"2","text":"${half}"}`), 2],
    ['on a line, as a name', 'a.ndjson', lines(entry('1'), `{"logId":"2","${half}":1}`), 2],
    ['in a list', 'a.json', `[${lines(entry('1'))},\n{"id":"mem_store_1","accountId":"${half}"}]`, 2],
    [
      'in JSON inside of a cell',
      'a.csv',
      `logId,eventTime,eventType,level,body\n1,2026-09-14T08:00:00Z,diagnostic,INFO,\n2,2026-09-14T08:00:00Z,diagnostic,INFO,"{""resourceSid"":""${half}""}"\n`,
      3,
    ],
  ])('costs the record it stands in, and is told: %s', async (_, name, text, line) => {
    const loaded = await load({ [name]: text });
    expect(counts(loaded)).toEqual({ [name]: [1, 0, 1] });
    expect(loaded.issues).toContainEqual({
      severity: 'data_loss',
      file: join(folder, name),
      line,
      message: '1 record rejected: a text in it holds half of a surrogate pair, which is no character.',
    });
  });

  it('does not come about where the text of a reject is cut', async () => {
    const loaded = await load({ 'a.ndjson': lines(entry('1'), `${'x'.repeat(499)}😀`, { ['x'.repeat(494)]: '😀' }) });
    expect(counts(loaded)).toEqual({ 'a.ndjson': [1, 0, 2] });
  });

  it('is none where two halves follow each other, or a backslash is meant', async () => {
    const loaded = await load({
      'a.ndjson': lines(entry('1', {}, { name: '😀 \\ud800' })).replace('😀', '\\ud83d\\ude00'),
    });
    expect(counts(loaded)).toEqual({ 'a.ndjson': [1, 0, 0] });
    expect(await column('name')).toEqual(['😀 \\ud800']);
  });
});

it('loads side records also where their numbers are larger than anybody counts', async () => {
  const loaded = await load({
    'a.ndjson': lines(
      { operationId: 'proc_job_1', status: 'FAILED', statusUrl: 'x', error: { title: 'x', status: 1e15 } },
      {
        id: 'conv_configuration_1',
        conversationGroupingType: 'GROUP_BY_PROFILE',
        channelSettings: { SMS: { statusTimeouts: { inactive: Number.MAX_SAFE_INTEGER, closed: 5 } } },
      },
    ),
  });
  expect(counts(loaded)).toEqual({ 'a.ndjson': [2, 0, 0] });
});
