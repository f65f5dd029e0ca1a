import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openSession, quoted, type Session } from '../../src/engine/session.ts';
import { sqlFile } from '../../src/engine/sql-file.ts';
import type { Fields } from '../../src/ingest/entry.ts';
import { readDirectly } from '../../src/ingest/read-directly.ts';
import { debuggerLog } from '../../src/ingest/shapes/debugger-log.ts';
import {
  communicationResource,
  conversation,
  entrySamples,
  participant,
  participantResource,
  record,
} from './samples.ts';

let session: Session;

beforeAll(async () => {
  session = await openSession();
  for (const file of ['event-log.sql', 'macros.sql']) {
    await session.run(await sqlFile(new URL('../../src/ingest/', import.meta.url).href, file));
  }
});
afterAll(() => session.close());

const samples = entrySamples['debugger-log'] ?? {};
const of = (variant: string, more: Fields = {}, body: Fields = {}): Fields => {
  const entry = samples[variant] ?? {};
  return { ...entry, ...more, body: { ...Object(entry.body), ...body } };
};

/** Entries that DuckDB reads itself. */
const plain: readonly Fields[] = [
  of('conversation'),
  of('participant'),
  of('communication'),
  of('diagnostic'),
  of('memory'),
  of('conversation', { logId: '1789372800500-a', eventTime: '2026-09-14T08:00:00Z' }),
  of('conversation', { logId: '17893728005001-a' }),
  of('conversation', { logId: 'x', eventTime: '2026-09-14T08:00:00.123456Z', requestId: '0', correlationId: 'null' }),
  of('diagnostic', { logId: 'd1', errorCode: '530001' }, { errorCode: 0, resourceSid: conversation }),
  of('diagnostic', { logId: 'd2', errorReason: null }, { errorCode: null, resourceSid: communicationResource.id }),
  of(
    'diagnostic',
    { logId: 'd3', errorReason: '' },
    { resourceSid: participant, conversationId: conversation, errorReason: 'in the body' },
  ),
  of('participant', { logId: 'p1' }, { profileId: 'null', type: undefined, participantType: 'UNKNOWN', addresses: [] }),
  of('participant', { logId: 'p2' }, { addresses: [{ channel: 'VOICE', address: '', channelId: 'CA1' }] }),
  of('communication', { logId: 'c1' }, { content: { type: 'TEXT', text: '' }, recipients: [], occurredAt: null }),
  of('communication', { logId: 'c2' }, { content: null, author: null, recipients: null }),
  of('memory', { logId: 'm1' }, { conversation_id: conversation, profile_id: participantResource.profileId }),
  of('memory', { logId: 'm3' }, { conversation_ids: [conversation] }),
  of('memory', { logId: 'm4' }, { conversationIds: [conversation, `${conversation.slice(0, -1)}0`] }),
  of('memory', { logId: 'm5' }, { conversation_ids: [], profile_id: null }),
  of('memory', { logId: 'm2', level: 'ERROR', errorCode: 520042, errorReason: 'Store is not active' }),
];

it('DuckDB and the shape say the same of every entry that DuckDB vouches for', async () => {
  const rest = await load('plain', plain);
  expect(rest).toEqual([]);
  const rows = await session.rows(
    z.record(z.string(), z.unknown()),
    `SELECT * EXCLUDE (event_key, event_time, resource_created_at, body, file_id, line, text_hash, correlates_itself)
         REPLACE (source_of(source) AS source, correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id),
       strftime(event_time, '%Y-%m-%dT%H:%M:%S.%fZ') AS event_time, epoch_ms(resource_created_at)::DOUBLE AS resource_created_at,
       text_hash IS NOT NULL AS has_text
     FROM event_log`,
  );
  expect(rows.length).toBe(plain.length);
  const byId = new Map(rows.map((row) => [row.log_id, row]));
  for (const fields of plain) {
    const entry = debuggerLog.project(record(fields), { timezone: 'UTC', zonelessTime() {} });
    if ('reason' in entry) throw new Error(entry.reason);
    const isCommunication = entry.eventType.startsWith('communication.');
    const row = byId.get(entry.logId);
    expect(row).toMatchObject({
      account_id: entry.accountId,
      source: entry.source,
      event_type: entry.eventType,
      level: entry.level,
      error_code: entry.errorCode,
      error_reason: entry.errorReason,
      request_id: entry.requestId,
      correlation_id: entry.correlationId,
      conversation_id: entry.conversationId,
      participant_id: entry.participantId,
      communication_id: entry.communicationId,
      resource_id: entry.resourceId,
      status: entry.status,
      participant_type: entry.participantType,
      profile_id: entry.profileId,
      configuration_id: entry.configurationId,
      store_id: entry.storeId,
      name: entry.name,
      channel_id: isCommunication ? entry.channelId : (entry.addresses[0]?.channelId ?? null),
      channel: entry.addresses[0]?.channel ?? null,
      address: entry.addresses[0]?.address ?? null,
      has_text: entry.text !== null,
      resource_created_at: entry.resourceCreatedAt === null ? null : Date.parse(entry.resourceCreatedAt),
    });
    expect(Date.parse(String(row?.event_time))).toBe(Date.parse(entry.eventTime));
    expect(meaningful(row?.recipients)).toEqual(entry.recipients);
    expect(row?.several_conversations).toEqual(entry.conversationIds);
    expect(meaningful(row?.several_addresses)).toEqual(
      isCommunication || entry.addresses.length < 2 ? [] : entry.addresses,
    );
  }
});

it.each([
  [
    'another spelling',
    {
      log_id: 'x',
      event_time: '2026-09-14T08:00:00Z',
      event_type: 'conversation.created',
      source: 'conversation-orchestrator',
    },
  ],
  ['a lean entry', samples.lean ?? {}],
  ['a time without a zone', of('conversation', { eventTime: '2026-09-14T08:00:00' })],
  ['no log id', of('conversation', { logId: undefined })],
  ['an error in other words', of('memory', { level: 'ERROR', errorReason: null }, { description: 'Store is gone' })],
  ['a level in other words', of('conversation', { level: 'notice' })],
  ['a time in the year 3000', of('conversation', { eventTime: '3000-01-01T00:00:00Z' })],
  ['a resource made at `infinity`', of('conversation', {}, { createdAt: 'infinity' })],
  ['a resource made at a time without a zone', of('conversation', {}, { createdAt: '2026-09-14T08:00:00' })],
  ['an object as log id', of('conversation', { logId: { a: 1 } })],
  ['an error code that is no whole number', of('diagnostic', { errorCode: 530003.5 })],
  ['an error code beside the payload in another spelling', of('diagnostic', { error_code: 530003 })],
  ['an error reason in another spelling', of('diagnostic', { error_reason: '503' })],
  ['a correlation id in another spelling', of('diagnostic', { correlation_id: 'c' })],
  ['an error code in hexadecimal', of('diagnostic', {}, { errorCode: '0x81643' })],
])('DuckDB leaves to the shape a file with %s', async (_, fields) => {
  const before = await session.rows(z.object({ n: z.bigint() }), 'SELECT count(*) AS n FROM event_log');
  expect(await load('odd', [plain[0] ?? {}, fields])).toHaveLength(1);
  expect(await session.rows(z.object({ n: z.bigint() }), 'SELECT count(*) AS n FROM event_log')).toEqual(before);
});

let files = 0;

async function load(name: string, entries: readonly Fields[]) {
  const fileId = ++files;
  const path = join(session.spillDir, `${name}-${fileId}.ndjson`);
  await writeFile(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  await session.run(
    `INSERT INTO input_files (file_id, path, read_path) VALUES (${fileId}, ${quoted(path)}, ${quoted(path)})`,
  );
  return readDirectly(session, [{ fileId, path, readPath: path }], { keepBody: false, keepSaid: true });
}

/** Lists are loaded as they are; what is empty in them is taken out where the model looks at them. */
function meaningful(list: unknown): unknown {
  const rows = z.array(z.record(z.string(), z.string().nullable())).nullable().parse(list) ?? [];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === '' ? null : value])),
  );
}
