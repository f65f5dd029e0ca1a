/** Keys that occur twice, that mean something to JavaScript, that are spelled alike, or that are huge. */
import { bothWays, countsOfBoth, entry, idOf, line } from './entries.ts';
import { type HostileCase, hostile } from './hostile.ts';

/** The line with members in front of what it has. */
const before = (json: string, members: string) => json.replace('{', () => `{${members},`);
/** The line with members behind what it has. */
const behind = (json: string, members: string) => json.replace(/\}$/, () => `,${members}}`);
/** The line with members in front of what its body has. */
const inBody = (json: string, members: string) => json.replace('"body":{', () => `"body":{${members},`);

const ofPrototypes = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'toJSON',
  'then',
];
const values = ['null', '1', '"x"', '{"logId":"polluted","status":"CLOSED","level":"ERROR"}', '["x"]'];

function prototypeKeys(where: string, put: (json: string, members: string) => string): HostileCase {
  const entries = ofPrototypes.flatMap((key) => values.map((value) => `"${key}":${value}`));
  return {
    name: `keys of JavaScript's own objects ${where}`,
    files: bothWays(...entries.map((members, at) => put(line(at + 1), members))),
    counts: countsOfBoth(entries.length),
    notices: [],
    answers: {
      "SELECT count(*) FROM events WHERE log_id LIKE 'hostile-%' AND status = 'ACTIVE' AND level = 'INFO'": [
        String(entries.length),
      ],
    },
  };
}

const conversation = {
  id: idOf('conversation', 1),
  accountId: 'AC00000000000000000000000000000001',
  configurationId: 'conv_configuration_01hostile00000000000000001',
  status: 'ACTIVE',
  createdAt: '2026-09-14T10:00:00Z',
};

hostile('keys', [
  prototypeKeys('in front of an entry', before),
  prototypeKeys('behind an entry', behind),
  prototypeKeys('in the body', inBody),
  {
    name: "keys of JavaScript's own objects in side records",
    files: {
      'a.ndjson': ofPrototypes
        .map(
          (key, at) =>
            `${before(JSON.stringify({ ...conversation, id: idOf('conversation', at) }), `"${key}":{"status":"CLOSED"}`)}\n`,
        )
        .join(''),
    },
    counts: { 'a.ndjson': { rows: ofPrototypes.length } },
    answers: {
      "SELECT count(*) FROM conversation_snapshots WHERE status = 'ACTIVE'": [String(ofPrototypes.length)],
    },
  },
  {
    name: "keys of JavaScript's own objects as the channels of a configuration",
    files: {
      'a.json': `{"id":"conv_configuration_01hostile00000000000000001","conversationGroupingType":"GROUP_BY_PROFILE","channelSettings":{${ofPrototypes
        .map((key) => `"${key}":{"captureRules":[]}`)
        .join(',')}}}`,
    },
    counts: { 'a.json': { rows: 1 } },
  },
  {
    name: 'the same key with the same value twice',
    files: bothWays(behind(line(1), '"logId":"hostile-1"'), inBody(line(2), '"status":"ACTIVE"')),
    counts: countsOfBoth(2),
    notices: [],
  },
  {
    name: 'keys with dots, brackets, blanks, quotes and line ends in them, and the empty key',
    files: bothWays(
      ...['', '.', 'body.status', 'a.b.c', 'a[0]', '$', "'", '\\"', '\\n', '\\u0000', '"'.repeat(0), '😀', ' '].map(
        (key, at) => inBody(before(line(at + 1), `"${key}":1`), `"${key}":1`),
      ),
    ),
    counts: countsOfBoth(13),
    notices: [],
  },
  {
    name: 'keys that differ in case and separators alone: the first that says something counts',
    files: bothWays(
      behind(line(1), '"log_id":"other"'),
      behind(line(2), '"LOGID":""'),
      before(line(3), '"Log ID":null'),
      behind(line(4), '"event-type":"conversation.deleted"'),
      inBody(line(5), '"STATUS":null'),
    ),
    counts: countsOfBoth(5),
    notices: [],
    answers: {
      "SELECT log_id FROM events WHERE event_type = 'conversation.created' AND status = 'ACTIVE' ORDER BY log_id": [
        'hostile-1',
        'hostile-2',
        'hostile-3',
        'hostile-4',
        'hostile-5',
      ],
    },
  },
  {
    name: 'all keys in capitals, with underscores and with blanks',
    files: {
      'a.ndjson': [
        (key: string) => key.toUpperCase(),
        (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        (key: string) => key.replaceAll(/[A-Z]/g, (letter) => ` ${letter}`),
      ]
        .map(
          (spelled, at) =>
            `${JSON.stringify(Object.fromEntries(Object.entries(entry(at + 1)).map(([key, value]) => [spelled(key), value])))}\n`,
        )
        .join(''),
    },
    counts: { 'a.ndjson': { rows: 3 } },
    answers: { 'SELECT log_id FROM events ORDER BY log_id': ['hostile-1', 'hostile-2', 'hostile-3'] },
  },
  {
    name: 'a key of a megabyte, at the top and in the body',
    files: bothWays(
      line(1, { ['k'.repeat(1_000_000)]: 1 }),
      line(2, { body: { id: idOf('conversation', 2), ['k'.repeat(1_000_000)]: 1 } }),
      line(3, { ['_'.repeat(1_000_000)]: 1 }),
    ),
    counts: countsOfBoth(3),
  },
  {
    name: 'a thousand entries with a different key of 10 kB each',
    files: bothWays(...Array.from({ length: 1000 }, (_, at) => line(at + 1, { [`${'k'.repeat(10_000)}${at}`]: 1 }))),
    counts: countsOfBoth(1000),
    notices: [],
  },
  {
    name: 'an entry under the key of a list, and a list under the key of an entry',
    files: {
      'a.ndjson': `${line(1, { events: [1, 2] })}\n${line(2, { data: [{ a: 1 }] })}\n${line(3, { items: [] })}\n`,
    },
    counts: { 'a.ndjson': { rows: 3 } },
  },
]);
