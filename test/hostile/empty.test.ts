/** Fields that are empty, null, missing or of another type: one by one, all together, and in records of every kind. */
import { bothWays, countsOfBoth, entry, idOf, line, lines, lineWith, lineWithBody } from './entries.ts';
import { type HostileCase, hostile } from './hostile.ts';

const without = (number: number, field: string) =>
  JSON.stringify(Object.fromEntries(Object.entries(entry(number)).filter(([key]) => key !== field)));

const saysNothing = ['""', 'null', '"null"'] as const;
const scalars = [...saysNothing, 'true', '7'];
/** DuckDB takes them for the text of their JSON where Node takes them for nothing, so they are not tried both ways. */
const composed = ['[]', '[1]', '{}', '{"a":1}'];
const allValues = [...scalars, ...composed];

type Write = (number: number, field: string, json: string) => string;

/** An entry for each value of a field that it can do without. */
function dispensable(field: string, where: string, write: Write): readonly HostileCase[] {
  return [
    {
      name: `${field} ${where} that says nothing or is of another type`,
      files: bothWays(...scalars.map((json, at) => write(at + 1, field, json))),
      counts: countsOfBoth(scalars.length),
    },
    {
      name: `${field} ${where} that is a list or an object`,
      files: { 'a.ndjson': composed.map((json, at) => `${write(at + 1, field, json)}\n`).join('') },
      counts: { 'a.ndjson': { rows: composed.length } },
    },
  ];
}

const account = 'AC00000000000000000000000000000001';
const time = '2026-09-14T10:00:00Z';

/** A record of every kind that is no log entry, and the field by which it is known. */
const sides: Readonly<Record<string, readonly [known: readonly string[], record: Readonly<Record<string, unknown>>]>> =
  {
    configuration: [
      ['id', 'conversationGroupingType'],
      {
        id: 'conv_configuration_01hostile00000000000000001',
        accountId: account,
        displayName: 'Hostile',
        conversationGroupingType: 'GROUP_BY_PROFILE',
        memoryStoreId: 'mem_store_01hostile00000000000000001',
        memoryExtractionEnabled: true,
        intelligenceConfigurationIds: [],
        channelSettings: {
          SMS: { statusTimeouts: { inactive: 1, closed: 2 }, captureRules: [{ from: '*', to: '*' }] },
        },
        version: 1,
        createdAt: time,
      },
    ],
    store: [
      ['id'],
      {
        id: 'mem_store_01hostile00000000000000001',
        accountId: account,
        displayName: 'x',
        status: 'ACTIVE',
        createdAt: time,
      },
    ],
    operation: [
      ['operationId', 'status'],
      {
        operationId: 'proc_job_01hostile00000000000000001',
        accountId: account,
        status: 'FAILED',
        createdAt: time,
        completedAt: time,
        error: { title: 'x', detail: 'y', status: 500 },
        related: { configurationId: 'conv_configuration_01hostile00000000000000001' },
        result: { id: 'x' },
      },
    ],
    'intelligence configuration': [
      ['id'],
      {
        id: 'intelligence_configuration_01hostile00000000000000001',
        accountId: account,
        displayName: 'x',
        version: 1,
        rules: [
          {
            operators: [{ id: 'intelligence_operator_x' }],
            triggers: [{ on: 'COMMUNICATION' }],
            actions: [{ type: 'WEBHOOK' }],
          },
        ],
      },
    ],
    message: [
      ['sid'],
      {
        sid: 'SM00000000000000000000000000000001',
        accountSid: account,
        from: '+15550100',
        to: '+15550101',
        direction: 'inbound',
        status: 'received',
        dateSent: time,
      },
    ],
    call: [
      ['sid'],
      {
        sid: 'CA00000000000000000000000000000001',
        accountSid: account,
        from: '+15550100',
        to: 'client:a',
        direction: 'inbound',
        status: 'completed',
        startTime: time,
        endTime: time,
        duration: '1',
      },
    ],
    'API error': [
      ['code', 'message'],
      {
        code: 20404,
        httpStatusCode: 404,
        message: 'Not found',
        userError: true,
        params: {},
        timestamp: time,
        requestId: 'x',
        path: '/v2',
        method: 'GET',
      },
    ],
    conversation: [
      ['id'],
      {
        id: idOf('conversation', 1),
        accountId: account,
        configurationId: 'x',
        status: 'ACTIVE',
        name: 'x',
        createdAt: time,
        participants: [{ id: idOf('participant', 1), type: 'CUSTOMER' }],
      },
    ],
    participant: [
      ['id'],
      {
        id: idOf('participant', 1),
        accountId: account,
        conversationId: idOf('conversation', 1),
        type: 'CUSTOMER',
        name: 'x',
        profileId: 'mem_profile_1',
        addresses: [{ channel: 'SMS', address: '+15550100' }],
        createdAt: time,
      },
    ],
    communication: [
      ['id'],
      {
        id: idOf('communication', 1),
        accountId: account,
        conversationId: idOf('conversation', 1),
        author: { channel: 'SMS', address: '+15550100' },
        content: { type: 'TEXT', text: 'x' },
        channelId: 'x',
        resourceId: 'x',
        createdAt: time,
      },
    ],
    observation: [
      ['id'],
      {
        id: 'mem_observation_01hostile00000000000000001',
        accountId: account,
        profileId: 'mem_profile_1',
        conversationIds: [idOf('conversation', 1)],
        memoryStoreId: 'x',
        createdAt: time,
      },
    ],
  };

const timeFields = /At$|Time$|^dateSent$|^timestamp$/;
const isTimeless = (value: unknown) => value === '' || value === null || value === 'null';

/** What the record is known by, with a number in it: records that say the same would count as one. */
function ownNames(known: readonly string[], record: Readonly<Record<string, unknown>>, at: number) {
  const [field = ''] = known.filter((each) => /id$|^message$/i.test(each));
  return { [field]: `${record[field]}`.replace(/.{3}$/, String(at).padStart(3, '0')) };
}

/**
 * A line for each field that the record is not known by and each value that it can have instead. Times that are no times are rejected;
 * what says nothing is as good as missing.
 */
function sideCase(kind: string): HostileCase {
  const [known, record] = sides[kind] ?? [[], {}];
  const values: readonly unknown[] = ['', null, 'null', true, 7, [], [1], {}, { a: 1 }];
  const changed = Object.keys(record)
    .filter((field) => !known.includes(field))
    .flatMap((field) => values.map((value) => ({ field, value })));
  const rejects = changed.flatMap(({ field, value }, at) =>
    timeFields.test(field) && !isTimeless(value)
      ? [`a.ndjson:${at + 2}: ${field} is not a time: ${JSON.stringify(value)}`]
      : [],
  );
  const texts = [record, ...changed.map(({ field, value }) => ({ ...record, [field]: value }))].map((each, at) =>
    JSON.stringify({ ...each, ...ownNames(known, record, at) }),
  );
  return {
    name: `fields of a record of one kind: ${kind}`,
    files: { 'a.ndjson': `${texts.join('\n')}\n` },
    counts: { 'a.ndjson': { rows: texts.length - rejects.length, rejected: rejects.length } },
    rejects,
  };
}

hostile('empty and of another type', [
  {
    name: 'a log id that says nothing or is missing: the entry is known by its content',
    files: bothWays(...saysNothing.map((json, at) => lineWith(at + 1, 'logId', json)), without(4, 'logId')),
    counts: countsOfBoth(4),
    notices: [],
    answers: { "SELECT count(*) FROM events WHERE log_id LIKE 'content-%'": ['4'] },
  },
  {
    name: 'a log id that is a list or an object: the entry is known by its content',
    files: bothWays(...['[]', '[1]', '{}', '{"a":1}'].map((json, at) => lineWith(at + 1, 'logId', json))),
    counts: countsOfBoth(4),
    notices: [],
    answers: { "SELECT count(*) FROM events WHERE log_id LIKE 'content-%'": ['4'] },
  },
  {
    name: 'an event type that says nothing, is of another type, or is missing',
    files: bothWays(
      line(1),
      ...saysNothing.map((json, at) => lineWith(at + 2, 'eventType', json)),
      ...['[]', '{}'].map((json, at) => lineWith(at + 5, 'eventType', json)),
      without(7, 'eventType'),
    ),
    counts: countsOfBoth(1, 6),
    rejects: ['a.ndjson', 'b.ndjson.gz'].flatMap((file) =>
      [2, 3, 4, 5, 6, 7].map((at) => `${file}:${at}: eventType is missing`),
    ),
    notices: [],
  },
  {
    name: 'a time that is missing',
    files: bothWays(line(1), without(2, 'eventTime')),
    counts: countsOfBoth(1, 1),
    rejects: ['a.ndjson:2: eventTime is missing', 'b.ndjson.gz:2: eventTime is missing'],
    notices: [],
  },
  ...['source', 'level', 'requestId', 'correlationId', 'errorReason', 'errorCode', 'accountId'].flatMap((field) =>
    dispensable(field, 'of an entry', lineWith),
  ),
  ...[
    'id',
    'status',
    'name',
    'configurationId',
    'profileId',
    'addresses',
    'author',
    'content',
    'recipients',
    'conversationId',
  ].flatMap((field) => dispensable(field, 'of the body', lineWithBody)),
  {
    name: 'fields that are missing, one by one',
    files: bothWays(
      ...['source', 'level', 'requestId', 'correlationId', 'errorReason', 'errorCode', 'accountId', 'body'].map(
        (field, at) => without(at + 1, field),
      ),
    ),
    counts: countsOfBoth(8),
  },
  {
    name: 'a body that says nothing or is of another type',
    files: bothWays(...allValues.map((json, at) => lineWith(at + 1, 'body', json))),
    counts: countsOfBoth(allValues.length),
    // In both files.
    notices: [
      `notice: : ${allValues.length * 2} entries without any account: shown as \`unknown\`; name it with --assume-account.`,
    ],
  },
  {
    name: 'every field but time and type empty, null, or missing',
    files: bothWays(
      ...['""', 'null', '"null"', '[]', '{}'].map((json, at) => {
        const { eventTime, eventType } = entry(at + 1);
        const fields = ['logId', 'source', 'level', 'errorCode', 'errorReason', 'requestId', 'correlationId', 'body'];
        return `{${fields.map((field) => `"${field}":${json}`).join(',')},"eventTime":"${eventTime}","eventType":"${eventType}"}`;
      }),
      JSON.stringify({ eventTime: entry(6).eventTime, eventType: entry(6).eventType }),
    ),
    counts: countsOfBoth(6),
    notices: ['notice: : 12 entries without any account: shown as `unknown`; name it with --assume-account.'],
  },
  {
    name: 'every field empty, null or missing, beside entries',
    files: {
      'a.ndjson': `${lines(2)}${['""', 'null', '[]', '{}']
        .map(
          (json) =>
            `{${Object.keys(entry(1))
              .map((field) => `"${field}":${json}`)
              .join(',')}}\n`,
        )
        .join('')}{}\n`,
    },
    counts: { 'a.ndjson': { rows: 2, rejected: 5 } },
    rejects: [...[3, 4, 5, 6].map((at) => `a.ndjson:${at}: eventType is missing`), 'a.ndjson:7: no known shape'],
  },
  ...Object.keys(sides).map(sideCase),
  {
    name: 'records of every kind that have nothing but what they are known by',
    files: {
      'a.ndjson': Object.values(sides)
        .map(
          ([known, record]) => `${JSON.stringify(Object.fromEntries(known.map((field) => [field, record[field]])))}\n`,
        )
        .join(''),
    },
    counts: { 'a.ndjson': { rows: 8, rejected: 3 } },
    rejects: ['a.ndjson:5: no known shape', 'a.ndjson:6: no known shape', 'a.ndjson:7: no known shape'],
  },
]);
