import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/ingest/content-hash.ts';
import type { Fields, LogEntry } from '../../src/ingest/entry.ts';
import { recogniseEntry } from '../../src/ingest/shapes/index.ts';
import {
  account,
  began,
  communication,
  communicationResource,
  configuration,
  conversation,
  conversationResource,
  entrySamples,
  participant,
  participantResource,
  profile,
  record,
  store,
} from './samples.ts';

function project(fields: Fields, timezone = 'UTC'): LogEntry | { readonly reason: string } {
  const shape = recogniseEntry(record(fields));
  if (shape === null) throw new Error('not recognised');
  return shape.project(record(fields), { timezone, zonelessTime() {} });
}

function entryOf(fields: Fields, timezone = 'UTC'): LogEntry {
  const entry = project(fields, timezone);
  if ('reason' in entry) throw new Error(entry.reason);
  return entry;
}

function sample(shape: string, variant: string): Fields {
  const fields = entrySamples[shape]?.[variant];
  if (fields === undefined) throw new Error(`no sample ${shape} ${variant}`);
  return fields;
}

const empty = {
  logId: null,
  errorCode: null,
  errorReason: null,
  requestId: null,
  correlationId: null,
  accountId: null,
  conversationId: null,
  conversationIds: null,
  participantId: null,
  communicationId: null,
  resourceId: null,
  status: null,
  participantType: null,
  profileId: null,
  configurationId: null,
  storeId: null,
  name: null,
  addresses: [],
  recipients: [],
  channelId: null,
  text: null,
  resourceCreatedAt: null,
  showsProfile: false,
  body: null,
};
const request = '4cc248bf-330b-49e6-9257-c9756e34c267';
const orchestrator = { source: 'conversation-orchestrator', level: 'INFO' };

describe('a Debugger log entry', () => {
  it('tells a conversation', () => {
    expect(entryOf(sample('debugger-log', 'conversation'))).toEqual({
      ...empty,
      ...orchestrator,
      logId: `${began}-67cbb62a`,
      eventTime: '2026-09-14T08:00:00.120Z',
      eventType: 'conversation.created',
      requestId: request,
      correlationId: request,
      accountId: account,
      conversationId: conversation,
      status: 'ACTIVE',
      configurationId: configuration,
      name: 'Support',
      resourceCreatedAt: '2026-09-14T08:00:00.120Z',
      body: conversationResource,
    });
  });

  it('tells a participant', () => {
    expect(entryOf(sample('debugger-log', 'participant'))).toEqual({
      ...empty,
      ...orchestrator,
      logId: `${began + 1}-67cbb62a`,
      eventTime: '2026-09-14T08:00:00.121Z',
      eventType: 'participant.created',
      requestId: request,
      correlationId: request,
      accountId: account,
      conversationId: conversation,
      participantId: participant,
      participantType: 'CUSTOMER',
      profileId: profile,
      showsProfile: true,
      name: 'Ada',
      addresses: [{ channel: 'SMS', address: '+15550100001', channelId: null }],
      resourceCreatedAt: '2026-09-14T08:00:00.121Z',
      body: participantResource,
    });
  });

  it('tells a communication with its author as participant and address, and when it occurred', () => {
    expect(entryOf(sample('debugger-log', 'communication'))).toEqual({
      ...empty,
      ...orchestrator,
      logId: `${began + 3100}-67cbb62a`,
      eventTime: '2026-09-14T08:00:03.220Z',
      eventType: 'communication.created',
      requestId: request,
      correlationId: request,
      accountId: account,
      conversationId: conversation,
      participantId: participant,
      communicationId: communication,
      resourceId: 'SM00000000000000000000000000000001',
      channelId: 'SM00000000000000000000000000000001',
      addresses: [{ channel: 'SMS', address: '+15550100001', channelId: null }],
      recipients: [{ channel: 'SMS', address: '+15550100002', participantId: null, deliveryStatus: 'DELIVERED' }],
      text: 'Hello, is anybody there?',
      resourceCreatedAt: '2026-09-14T08:00:03.120Z',
      body: communicationResource,
    });
  });

  it('tells a diagnostic with what it is about', () => {
    expect(entryOf(sample('debugger-log', 'diagnostic'))).toMatchObject({
      eventType: 'diagnostic',
      level: 'ERROR',
      errorCode: 530004,
      errorReason: 'HTTP 503 from profile service: upstream timeout',
      resourceId: participant,
      participantId: participant,
      conversationId: null,
      status: 'FAILED',
    });
  });

  it('never takes the account of somebody else', () => {
    expect(entryOf(sample('debugger-log', 'memory'))).toMatchObject({
      source: 'conversation-memory',
      eventType: 'com.twilio.memory.store.created',
      storeId: store,
      accountId: null,
    });
    const fields = sample('debugger-log', 'lean');
    expect(
      entryOf({ ...fields, ParentAccountSid: account, master_account_sid: account, created_by: account }).accountId,
    ).toBeNull();
    for (const name of ['accountId', 'account_sid', 'AccountSid', 'Account SID', 'account-id']) {
      expect(entryOf({ ...fields, [name]: account }).accountId).toBe(account);
    }
    expect(entryOf({ ...fields, account_id: 'unknown' }).accountId).toBeNull();
  });

  it('is the same whether its fields stand in the body, beside it, or in log properties', () => {
    const { logId, eventTime, source, eventType, level, requestId } = sample('debugger-log', 'lean');
    const envelope = { logId, eventTime, source, eventType, level, requestId };
    const resource = { id: conversation, status: 'CLOSED' };
    const expected = { ...entryOf({ ...envelope, body: resource }), body: null };
    const places: readonly Fields[] = [
      { ...envelope, ...resource },
      { ...envelope, body: JSON.stringify(resource) },
      { ...envelope, body: JSON.stringify(JSON.stringify(resource)) },
      { ...envelope, 'Log properties': resource },
      { ...envelope, logProperties: JSON.stringify(resource) },
      { ...envelope, log_properties: JSON.stringify({ body: resource }) },
      { ...envelope, body: null, 'Log properties': JSON.stringify(resource) },
    ];
    for (const fields of places) expect({ ...entryOf(fields), body: null }).toEqual(expected);
    expect(expected).toMatchObject({ conversationId: conversation, status: 'CLOSED' });
  });

  it('asks the body first, then the entry, then the log properties', () => {
    const fields = sample('debugger-log', 'lean');
    expect(entryOf({ ...fields, body: { status: 'INACTIVE' } }).status).toBe('INACTIVE');
    expect(entryOf({ ...fields, body: { status: '' } }).status).toBe('CLOSED');
    expect(entryOf({ ...fields, body: { status: null } }).status).toBe('CLOSED');
    expect(entryOf({ ...fields, logProperties: { status: 'ACTIVE', name: 'x' } })).toMatchObject({
      status: 'CLOSED',
      name: 'x',
    });
    expect(entryOf({ ...fields, errorCode: 530001, body: { error_code: 0 } }).errorCode).toBe(530001);
  });

  it('knows a lean communication by its flat or nested author', () => {
    const fields = {
      ...sample('debugger-log', 'lean'),
      eventType: 'communication.created',
      id: communication,
      conversationId: conversation,
    };
    for (const author of [
      { author: { participantId: participant } },
      { author: JSON.stringify({ participant_id: participant }) },
      { 'author.participantId': participant },
      { author_participant_id: participant },
      { participantId: participant },
    ]) {
      expect(entryOf({ ...fields, ...author })).toMatchObject({
        communicationId: communication,
        conversationId: conversation,
        participantId: participant,
        addresses: [],
      });
    }
  });

  it('does not take the id of something else for its own', () => {
    const fields = { ...sample('debugger-log', 'lean'), id: 'evt_1', conversationId: conversation };
    expect(entryOf(fields).conversationId).toBe(conversation);
    expect(entryOf({ ...fields, id: 'CHtest', conversationId: undefined }).conversationId).toBe('CHtest');
  });

  it.each([
    [{ profileId: null }, true],
    [{ profile_id: '' }, true],
    [{ body: { profileId: null } }, true],
    [{ 'Log properties': '{"profileId":null}' }, true],
    [{ body: { profileId: profile } }, true],
    [{ body: { type: 'CUSTOMER' } }, false],
    [{ body: { author: { profileId: profile } } }, false],
  ])('of %j: the export shows profile ids is %s', (more, expected) => {
    expect(entryOf({ ...sample('debugger-log', 'lean'), eventType: 'participant.created', ...more }).showsProfile).toBe(
      expected,
    );
  });

  it('reads rows of the own table, where an empty cell shows nothing', () => {
    const fields = sample('debugger-log', 'own table');
    expect(entryOf(fields)).toEqual({
      ...empty,
      ...orchestrator,
      logId: `${began}-00000002`,
      eventTime: '2026-09-14T08:00:00.120Z',
      eventType: 'participant.created',
      requestId: request,
      accountId: account,
      conversationId: conversation,
      participantId: participant,
      participantType: 'CUSTOMER',
      addresses: [{ channel: 'SMS', address: '+15550100001', channelId: null }],
    });
    expect(entryOf({ ...fields, profile_id: profile }).showsProfile).toBe(true);
    expect(entryOf({ ...fields, shows_profile: true }).showsProfile).toBe(true);
    expect(entryOf({ ...fields, body: JSON.stringify(participantResource) })).toMatchObject({
      profileId: profile,
      showsProfile: true,
    });
  });

  it.each([
    ['conversation.created', 'conversation.created'],
    ['CONVERSATION_CREATED', 'conversation.created'],
    ['CONVERSATION_UPDATED', 'conversation.updated'],
    ['PARTICIPANT_ADDED', 'participant.created'],
    ['PARTICIPANT_UPDATED', 'participant.updated'],
    ['PARTICIPANT_REMOVED', 'participant.removed'],
    ['COMMUNICATION_CREATED', 'communication.created'],
    ['participant.added', 'participant.created'],
    ['Conversation.Deleted', 'conversation.deleted'],
    ['com.twilio.conversation-orchestrator.conversation.updated', 'conversation.updated'],
    ['com.twilio.orchestrator.v2.communication.created', 'communication.created'],
    ['com.twilio.orchestrator.diagnostic', 'diagnostic'],
    ['Diagnostic', 'diagnostic'],
    ['com.twilio.memory.store.created', 'com.twilio.memory.store.created'],
    ['com.twilio.memory.conversation.created', 'com.twilio.memory.conversation.created'],
    ['com.twilio.intelligence.participant.updated', 'com.twilio.intelligence.participant.updated'],
    ['com.twilio.knowledge.communication.created', 'com.twilio.knowledge.communication.created'],
    ['com.twilio.messaging.message.sent', 'com.twilio.messaging.message.sent'],
    ['conversation.exploded', 'conversation.exploded'],
    ['ACCOUNT_CREATED', 'ACCOUNT_CREATED'],
  ])('calls %s %s', (given, expected) => {
    expect(entryOf({ ...sample('debugger-log', 'lean'), eventType: given }).eventType).toBe(expected);
  });

  it.each([
    ['INFO', 0, 'INFO'],
    ['notice', 0, 'INFO'],
    ['DEBUG', 530001, 'INFO'],
    ['Warn', 0, 'WARNING'],
    ['Warning', 0, 'WARNING'],
    ['Error', 0, 'ERROR'],
    ['CRITICAL', 0, 'ERROR'],
    ['fatal', 0, 'ERROR'],
    [null, 0, 'INFO'],
    ['', 530001, 'WARNING'],
    ['loud', 530001, 'WARNING'],
    ['loud', 0, 'INFO'],
  ])('level %j with code %i is %s', (level, errorCode, expected) => {
    expect(entryOf({ ...sample('debugger-log', 'lean'), level, errorCode }).level).toBe(expected);
  });

  it.each([
    [530001, 530001],
    ['530001', 530001],
    [' 530001 ', 530001],
    ['530001.0', 530001],
    [530001n, 530001],
    [0, null],
    ['0', null],
    ['', null],
    [null, null],
    ['-', null],
    [1.5, null],
    ['0x10', null],
    [2_147_483_648, null],
    ['99999999999999999999', null],
    [true, null],
    [{}, null],
  ])('error code %s is %s', (errorCode, expected) => {
    expect(entryOf({ ...sample('debugger-log', 'lean'), errorCode }).errorCode).toBe(expected);
  });

  it.each(['', 'null', null, '0', 0, undefined])('has no request id where it says %j', (id) => {
    const entry = entryOf({ ...sample('debugger-log', 'lean'), requestId: id, correlationId: id });
    expect(entry).toMatchObject({ requestId: null, correlationId: null });
  });

  it('takes a description for the reason of errors only', () => {
    const fields = sample('debugger-log', 'lean');
    expect(entryOf({ ...fields, description: 'Conversation updated' }).errorReason).toBeNull();
    expect(entryOf({ ...fields, level: 'ERROR', description: 'Store is gone' }).errorReason).toBe('Store is gone');
    expect(entryOf({ ...fields, errorCode: 520042, body: { description: 'Store is gone' } }).errorReason).toBe(
      'Store is gone',
    );
    expect(entryOf({ ...fields, level: 'ERROR', errorReason: 'HTTP 404', description: 'x' }).errorReason).toBe(
      'HTTP 404',
    );
  });

  it('says why it cannot be one', () => {
    const fields = sample('debugger-log', 'lean');
    expect(project({ ...fields, eventTime: 'yesterday' })).toEqual({ reason: 'eventTime is not a time: "yesterday"' });
    expect(project({ ...fields, eventTime: null })).toEqual({ reason: 'eventTime is missing' });
    expect(project({ ...fields, eventTime: undefined })).toEqual({ reason: 'eventTime is missing' });
    expect(project({ ...fields, eventType: '' })).toEqual({ reason: 'eventType is missing' });
    expect(project({ ...fields, eventTime: { $date: 1 } })).toEqual({ reason: 'eventTime is not a time: {"$date":1}' });
  });
});

describe('the other shapes', () => {
  it('reads a row of the Console in the zone of the person', () => {
    expect(entryOf(sample('console-table', 'row'), 'Europe/Berlin')).toEqual({
      ...empty,
      source: 'conversation-orchestrator',
      level: 'ERROR',
      eventTime: '2026-09-14T08:00:00Z',
      eventType: 'diagnostic',
      errorCode: 530004,
      errorReason: 'Profile creation failed',
      requestId: request,
      accountId: account,
      participantId: participant,
      resourceId: participant,
      status: 'FAILED',
      body: { resourceSid: participant, status: 'FAILED', requestId: request, accountSid: account },
    });
  });

  it('gives a row of the Console without a type the type of its code', () => {
    const row = { ...sample('console-table', 'row'), 'Event type': '' };
    expect(entryOf(row).eventType).toBe('diagnostic');
    expect(entryOf({ ...row, 'Error code': '11200' }).eventType).toBe('com.twilio.error-logs.error.logged');
  });

  it('reads a logged error of Event Streams, whose time can stand in the wrong place', () => {
    const fields = sample('cloud-event', 'error logged');
    expect(entryOf(fields)).toMatchObject({
      logId: 'NO00000000000000000000000000000001',
      eventTime: '2026-09-14T08:00:00Z',
      eventType: 'com.twilio.error-logs.error.logged',
      source: 'event-streams',
      level: 'ERROR',
      errorCode: 93101,
      errorReason: 'Error delivering event to webhook: 500 Internal Server Error',
      requestId: 'RQ00000000000000000000000000000001',
      accountId: account,
    });
    const { sid: _sid, date_created: _date, ...data } = Object(fields.data);
    expect(entryOf({ ...fields, data })).toMatchObject({
      logId: 'NO00000000000000000000000001',
      eventTime: '2026-09-14T08:00:02.363Z',
    });
    const ofOrchestrator = {
      ...data,
      error_code: '530003',
      payload: { error_code: 530003, resource_sid: participant },
    };
    expect(entryOf({ ...fields, data: ofOrchestrator })).toMatchObject({
      eventType: 'diagnostic',
      source: 'conversation-orchestrator',
      participantId: participant,
      resourceId: participant,
    });
  });

  it('reads a resource or a log entry in a CloudEvent', () => {
    const fields = sample('cloud-event', 'resource');
    expect(entryOf(fields)).toMatchObject({
      logId: 'EZ00000000000000000000000000000001',
      eventType: 'participant.created',
      source: 'conversation-orchestrator',
      participantId: participant,
      participantType: 'CUSTOMER',
      accountId: account,
      resourceId: null,
      body: participantResource,
    });
    const log = sample('debugger-log', 'participant');
    expect(entryOf({ ...fields, data: log })).toEqual(entryOf(log));
  });

  it('reads alerts of the API and the CLI', () => {
    expect(entryOf(sample('monitor-alert', 'api'))).toMatchObject({
      logId: 'NO00000000000000000000000000000002',
      eventTime: '2026-09-14T08:00:00Z',
      eventType: 'diagnostic',
      source: 'conversation-orchestrator',
      level: 'WARNING',
      errorCode: 530003,
      errorReason: 'Profile lookup failed: HTTP 503',
      accountId: account,
      resourceId: 'CA00000000000000000000000000000001',
    });
    expect(entryOf(sample('monitor-alert', 'cli json'))).toMatchObject({
      eventType: 'com.twilio.error-logs.error.logged',
      source: 'debugger',
      level: 'ERROR',
      errorCode: 11200,
      errorReason: 'HTTP retrieval failure',
    });
    expect(entryOf(sample('monitor-alert', 'cli tsv'))).toMatchObject({
      logId: null,
      eventTime: '2026-09-14T08:00:00Z',
      eventType: 'diagnostic',
      level: 'WARNING',
      errorReason: 'Profile resolution skipped',
    });
  });

  it('reads a Debugger webhook as form or JSON', () => {
    const form = sample('debugger-webhook', 'form');
    const entry = entryOf(form);
    expect(entry).toMatchObject({
      logId: 'NO00000000000000000000000000000004',
      eventTime: '2026-09-14T08:00:00Z',
      eventType: 'com.twilio.error-logs.error.logged',
      level: 'ERROR',
      errorCode: 11200,
      errorReason: 'Got HTTP 404 response',
      accountId: account,
      resourceId: 'CA00000000000000000000000000000001',
    });
    expect(entryOf({ ...form, Payload: JSON.parse(String(form.Payload)) })).toEqual(entry);
    const encoded = new URLSearchParams(
      Object.fromEntries(Object.entries(form).map(([key, value]) => [key, String(value)])),
    ).toString();
    expect(entryOf({ headers: {}, body: encoded })).toEqual(entry);
    const { Timestamp, ...rest } = form;
    expect(entryOf({ ...rest, TimeStamp: Timestamp })).toEqual(entry);
  });

  it('reads status callbacks, bare or as requests with their request id', () => {
    expect(entryOf(sample('status-callback', 'bare'))).toEqual({
      ...entryOf(sample('debugger-log', 'participant')),
      logId: null,
      requestId: null,
      correlationId: null,
      eventTime: '2026-09-14T08:00:00.121Z',
    });
    expect(entryOf(sample('status-callback', 'request'))).toMatchObject({
      logId: null,
      eventType: 'communication.created',
      requestId: request,
      communicationId: communication,
      text: 'Hello, is anybody there?',
    });
  });

  it('finds the request id in headers of any form, and a time where the callback has none', () => {
    const body = { eventType: 'CONVERSATION_CREATED', data: conversationResource };
    const headers: readonly unknown[] = [
      { 'twilio-request-id': 'a' },
      { 'X-Twilio-Request-Id': ['a'] },
      { 'X-Request-ID': 'b', 'X-Twilio-Request-Id': 'a' },
      { 'X-Request-Id': 'a' },
      [['Twilio-Request-Id', 'a']],
      [{ name: 'Twilio-Request-Id', value: 'a' }],
      JSON.stringify({ 'twilio-request-id': 'a' }),
      { 'X-Request-Id': 'a', 'Twilio-Request-Id': '0' },
    ];
    for (const each of headers) expect(entryOf({ headers: each, body }).requestId).toBe('a');
    expect(entryOf({ headers: { 'i-twilio-idempotency-token': 'x' }, body })).toMatchObject({
      requestId: null,
      logId: null,
    });
    expect(entryOf({ receivedAt: '2026-09-14T09:00:00Z', headers: {}, body }).eventTime).toBe('2026-09-14T09:00:00Z');
    expect(entryOf({ headers: {}, body }).eventTime).toBe('2026-09-14T08:00:00.120Z');
    expect(project({ ...body, timestamp: 'soon' })).toEqual({ reason: 'timestamp is not a time: "soon"' });
    expect(project({ ...body, data: { id: conversation } })).toEqual({ reason: 'timestamp is missing' });
  });
});

const samples = Object.entries(entrySamples).flatMap(([shape, variants]) =>
  Object.entries(variants).map(([variant, fields]) => ({ name: `${shape} (${variant})`, fields })),
);

describe('an entry without a log id', () => {
  it('has the same content hash in any order of keys, as CSV, and on any line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.integer({ min: 0, max: 10_000 }), ({ fields }, seed) => {
        const entry = entryOf(fields);
        const shuffled = entryOf(shuffle(fields, seed));
        expect(shuffled).toEqual(entry);
        expect(contentHash(shuffled)).toBe(contentHash(entry));
        if (fields.event_key !== undefined) return;
        const row = entryOf(asCsvRow(fields));
        expect(row).toEqual(entry);
        expect(contentHash(row)).toBe(contentHash(entry));
      }),
    );
  });

  it('has another hash where any field differs', () => {
    const entry = entryOf(sample('status-callback', 'bare'));
    const others: readonly LogEntry[] = [
      { ...entry, eventTime: '2026-09-14T08:00:00.122Z' },
      { ...entry, status: 'x' },
      { ...entry, addresses: [] },
      { ...entry, body: { ...participantResource, name: 'Eve' } },
      { ...entry, name: 'a', requestId: 'b' },
      { ...entry, name: 'b', requestId: 'a' },
    ];
    const hashes = [entry, ...others].map(contentHash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes.every((hash) => /^content-[0-9a-f]{16}$/.test(hash))).toBe(true);
    // It stands in stores and reports: another one would make known events new.
    expect(contentHash(entry)).toBe('content-eaad1c235d314dec');
  });

  it('survives content of any depth', () => {
    let body: unknown = 'deep';
    for (let depth = 0; depth < 50_000; depth++) body = [body];
    expect(contentHash({ ...entryOf(sample('status-callback', 'bare')), body })).toMatch(/^content-/);
  });
});

/** The same content with its keys in another order, at every depth. */
function shuffle(value: Fields, seed: number): Fields {
  const rank = (key: string) => [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0) + seed) % 9973, seed);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([key, member]) => [key, isPlain(member) ? shuffle(member, seed) : member]),
  );
}

function isPlain(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** As a table shows it: text in every cell, JSON where JSON has more than text. */
function asCsvRow(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}
