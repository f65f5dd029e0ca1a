import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { decompress } from 'fzstd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountSid, typeId } from './ids.ts';
import { lean } from './lean.ts';
import { createRandom, uuid } from './random.ts';
import { parquetRows } from './same-content.ts';
import { callArrives, messageArrives, talk, timersRun } from './scenes.ts';
import { alert, alertsPage, cliJson, cliStreamedJson, cliTsv, cloudEvents, webhookForms } from './shapes/alerts.ts';
import { callbackRequests } from './shapes/callbacks.ts';
import { arrow, parquet } from './shapes/columnar.ts';
import { gzip, zstd } from './shapes/compress.ts';
import { enclosed, jsonArray, ndjson } from './shapes/json.ts';
import { consoleTable, envelopeTable, localTime } from './shapes/tables.ts';
import { deskNumber, openDesk, person, timeouts } from './stories/desk.ts';
import { at, createWorld, type Entry, exported, timeOf } from './world.ts';

/** Written apart from `ids.ts`, and by other means, so that the two check each other. */
function decode(id: string): { readonly time: number; readonly version: number; readonly variant: number } {
  const digits = id.slice(id.lastIndexOf('_') + 1);
  expect(digits).toMatch(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  let bits = 0n;
  for (const digit of digits) bits = bits * 32n + BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit));
  return { time: Number(bits >> 80n), version: Number((bits >> 76n) & 15n), variant: Number((bits >> 62n) & 3n) };
}

function someDay(seed: string): readonly Entry[] {
  const world = createWorld({ seed, accountId: accountSid(9), start: '2026-08-03T09:00:00Z' });
  const { configuration } = openDesk(world, 'GROUP_BY_PROFILE');
  at(world, '2026-09-14T09:00:00.250Z');
  const chat = messageArrives(world, 'SMS', {
    configuration,
    own: deskNumber,
    person: person(1),
    text: 'Hello, "you"',
  });
  talk(world, chat, ['Hello\tthere', 'ünïcödé\nlines'], { pause: 20, first: 'agent' });
  timersRun(world, chat.conversation, timeouts.SMS);
  at(world, '2026-09-14T09:05:00.750Z');
  const call = callArrives(world, { configuration, own: deskNumber, person: person(2), seconds: 30 });
  talk(world, call, ['Good morning'], { pause: 4 });
  return exported(world);
}

const entries = someDay('a seed');
const alerts = (() => {
  const world = createWorld({ seed: 'alerts', accountId: accountSid(9), start: '2026-09-14T09:00:00Z' });
  return [1, 2].map(() => alert(world, { errorCode: '11200', alertText: 'HTTP retrieval failure' }));
})();

describe('ids', () => {
  it('decodes the id of a documented conversation to its documented time', () => {
    const { time, version, variant } = decode('conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k');
    expect(new Date(time).toISOString()).toBe('2026-08-10T23:20:30.947Z');
    expect([version, variant]).toEqual([7, 0b10]);
  });

  it('makes version 7 ids of variant 10 that say when they were made', () => {
    const random = createRandom('ids');
    for (const time of [0, 1, Date.parse('2026-09-14T09:00:00.123Z'), 2 ** 48 - 1]) {
      for (let i = 0; i < 200; i++) {
        expect(decode(typeId(random, 'conv_participant', time))).toEqual({ time, version: 7, variant: 0b10 });
      }
    }
  });

  it('makes UUIDs of version 4', () => {
    const random = createRandom('uuids');
    for (let i = 0; i < 200; i++) {
      expect(uuid(random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});

describe('the log of a world', () => {
  it('gives ids that agree with the times of their events', () => {
    for (const entry of entries.filter(({ eventType }) => eventType.endsWith('.created'))) {
      expect(Math.abs(decode(String(entry.body.id)).time - timeOf(entry))).toBeLessThan(5);
      expect(entry.eventTime).toBe(`${new Date(timeOf(entry)).toISOString().slice(0, 19)}Z`);
    }
  });

  it('uses no log id twice', () => {
    expect(new Set(entries.map(({ logId }) => logId)).size).toBe(entries.length);
    for (const { logId } of entries) expect(logId).toMatch(/^\d{13}-[0-9a-f]{8}$/);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(someDay('a seed')).toEqual(entries);
    expect(someDay('another seed')).not.toEqual(entries);
  });

  it('is in the order of time, whatever order it was told in', () => {
    const times = entries.map(timeOf);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('gives the events of one request one request id', () => {
    const opening = entries.filter(({ requestId }) => requestId === entries[0]?.requestId);
    // Events of one request share milliseconds, so their order in the log is not the order in which they came about.
    expect(opening.map(({ eventType }) => eventType).toSorted()).toEqual([
      'communication.created',
      'conversation.created',
      'participant.created',
      'participant.created',
    ]);
  });

  it('has every key of the documented envelope, in its order', () => {
    for (const entry of entries) {
      expect(Object.keys(entry)).toEqual([
        'logId',
        'eventTime',
        'source',
        'eventType',
        'level',
        'errorCode',
        'errorReason',
        'requestId',
        'correlationId',
        'body',
      ]);
    }
  });

  it('keeps nothing but the queryable fields in a lean entry', () => {
    const keys = new Map(entries.map((entry) => [entry.eventType, Object.keys(lean(entry).body)]));
    expect(keys.get('conversation.created')).toEqual(['id', 'status']);
    expect(keys.get('participant.created')).toEqual(['id', 'conversationId', 'participantType']);
    expect(keys.get('communication.created')).toEqual(['id', 'conversationId', 'author']);
    expect(lean(firstOf('participant.created')).body.participantType).toMatch(/^(CUSTOMER|HUMAN_AGENT|AGENT)$/);
  });
});

describe('the shapes', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shapes-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** How many rows DuckDB, which none of the writers is made of, finds in a file. */
  async function rowsOf(name: string, content: string | Uint8Array, reader: string): Promise<readonly unknown[]> {
    const path = join(folder, name);
    await writeFile(path, content);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(`FROM ${reader}('${path}')`)).getRowObjectsJson();
    connection.closeSync();
    instance.closeSync();
    return rows;
  }

  it('writes one entry a line, an array, and an object around an array', () => {
    expect(
      ndjson(entries)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(entries);
    expect(JSON.parse(jsonArray(entries))).toEqual(entries);
    expect(JSON.parse(enclosed('events', entries)).events).toEqual(entries);
  });

  it('writes tables that another reader takes apart into as many rows', async () => {
    for (const [name, content] of [
      ['envelope.csv', envelopeTable(entries)],
      ['console.csv', consoleTable(entries)],
      ['envelope.tsv', envelopeTable(entries, '\t')],
      ['console.tsv', consoleTable(entries, { separator: '\t' })],
    ] as const) {
      expect(await rowsOf(name, content, 'read_csv'), name).toHaveLength(entries.length);
    }
    const rows = await rowsOf('again.csv', envelopeTable(entries), 'read_csv');
    expect(rows[3]).toMatchObject({ logId: entries[3]?.logId, body: JSON.stringify(entries[3]?.body) });
  });

  it('shows times in the Console as the wall time of the zone', () => {
    const noon = Date.parse('2026-07-01T12:00:00.999Z');
    expect(localTime(noon, 'America/New_York')).toBe('2026-07-01 08:00:00');
    expect(localTime(noon, 'UTC')).toBe('2026-07-01 12:00:00');
  });

  it('writes Parquet and Arrow with the same rows', async () => {
    const expected = entries.map(({ body, ...envelope }) => ({ ...envelope, body: JSON.stringify(body) }));
    expect(await parquetRows(await parquet(entries))).toEqual(expected);
    for (const framing of ['file', 'stream'] as const) {
      const rows = tableFromIPC(arrow(entries, framing))
        .toArray()
        .map((row) => row.toJSON());
      expect(rows).toEqual(expected);
    }
  });

  it('writes gzip, and Zstandard frames that two other readers accept, also beyond one block', async () => {
    const text = ndjson(entries);
    expect(gunzipSync(gzip(text)).toString()).toBe(text);
    for (const size of [0, 1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 300_000]) {
      const content = 'x'.repeat(size);
      expect(Buffer.from(decompress(zstd(content))).toString() === content, String(size)).toBe(true);
    }
    const many = ndjson(Array.from({ length: 400 }, () => entries).flat());
    expect(await rowsOf('many.ndjson.zst', zstd(many), 'read_ndjson_objects')).toHaveLength(400 * entries.length);
  });

  it('writes callbacks for what has one, with the request id in a header', () => {
    const created = firstOf('conversation.created');
    expect(callbackRequests([created])[0]).toMatchObject({
      headers: { 'twilio-request-id': created.requestId },
      body: { eventType: 'CONVERSATION_CREATED', data: created.body },
    });
    expect(callbackRequests([{ ...created, eventType: 'conversation.deleted' }])).toEqual([]);
  });

  it('writes alerts as page, CLI output, form and CloudEvent', () => {
    expect(JSON.parse(alertsPage(alerts)).alerts).toHaveLength(2);
    expect(JSON.parse(cliJson(alerts))[0]).toMatchObject({
      sid: alerts[0]?.sid,
      dateCreated: '2026-09-14T09:00:00.000Z',
    });
    expect(() => JSON.parse(cliStreamedJson([alerts, alerts]))).toThrow();
    expect(cliTsv(alerts, -6).split('\n')[1]).toBe(
      'Sep 14 2026 03:00:00 GMT-0600\twarning\t11200\tHTTP retrieval failure',
    );
    const form = new URLSearchParams(webhookForms(alerts).split('\n')[0]);
    expect(JSON.parse(form.get('Payload') ?? '')).toMatchObject({ error_code: '11200' });
    expect(JSON.parse(cloudEvents(alerts).split('\n')[0] ?? '').data.error_code).toBe('11200');
  });
});

function firstOf(eventType: string): Entry {
  const found = entries.find((entry) => entry.eventType === eventType);
  if (found === undefined) throw new Error(`no ${eventType} in the world`);
  return found;
}
