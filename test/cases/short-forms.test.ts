import { describe, expect, it } from 'vitest';
import type { EventForm } from '../../src/cases/event-forms.ts';
import { logEntries } from '../../src/cases/log-entries.ts';
import { createNames } from '../../src/cases/names.ts';
import { CaseError } from '../../src/cases/placeholders.ts';
import { sideRecords } from '../../src/cases/side-records.ts';

const start = Date.parse('2026-09-14T08:00:00Z');
const accountId = 'AC00000000000000000000000000000007';

function told(events: readonly EventForm[], lean = false) {
  const names = createNames({ number: 7, sid: accountId }, start);
  return { names, entries: logEntries(events, { names, accountId, number: 7, start, lean }) };
}

const arrival: readonly EventForm[] = [
  { type: 'conversation.created', conversation: 'talk', configuration: 'desk' },
  {
    type: 'participant.created',
    at: '+5s',
    conversation: 'talk',
    participant: 'ann',
    participantType: 'CUSTOMER',
    channel: 'SMS',
    address: '+15550100001',
  },
];

describe('an event in short form', () => {
  it('becomes the entry that a full export has', () => {
    const { names, entries } = told(arrival);
    const talk = names.id('conversation', 'talk');
    expect(talk).toMatch(/^conv_conversation_[0-7][0-9a-hjkmnp-tv-z]{25}$/u);
    expect(entries[1]).toMatchObject({
      eventTime: '2026-09-14T08:00:05.000Z',
      source: 'conversation-orchestrator',
      eventType: 'participant.created',
      level: 'INFO',
      errorCode: 0,
      accountId,
      body: {
        id: names.id('participant', 'ann'),
        conversationId: talk,
        type: 'CUSTOMER',
        profileId: null,
        name: '+15550100001',
        addresses: [{ channel: 'SMS', address: '+15550100001', channelId: null }],
        createdAt: '2026-09-14T08:00:05.000Z',
      },
    });
  });

  it('has the time of the one before it, and a log id behind that of the one before it', () => {
    const { entries } = told([...arrival, { type: 'conversation.updated', conversation: 'talk', status: 'CLOSED' }]);
    expect(entries[2]?.eventTime).toBe('2026-09-14T08:00:05.000Z');
    expect(entries.map(({ logId }) => logId)).toEqual(entries.map(({ logId }) => logId).toSorted());
  });

  it('carries what was said of the same before, as updates carry the whole resource', () => {
    const { names, entries } = told([
      ...arrival,
      { type: 'participant.updated', at: '+9s', participant: 'ann', profile: 'anns' },
      { type: 'participant.updated', at: '+10s', participant: 'ann', name: 'Ann' },
      { type: 'participant.updated', at: '+11s', participant: 'ann', profile: null },
    ]);
    const profileId = names.id('profile', 'anns');
    expect(entries[3]?.body).toMatchObject({
      conversationId: names.id('conversation', 'talk'),
      type: 'CUSTOMER',
      profileId,
      name: 'Ann',
      createdAt: '2026-09-14T08:00:05.000Z',
      updatedAt: '2026-09-14T08:00:10.000Z',
    });
    expect(entries[4]?.body).toMatchObject({ profileId: null, name: 'Ann' });
  });

  it('knows from where its author and its recipients write', () => {
    const { entries } = told([
      ...arrival,
      { type: 'communication.created', conversation: 'talk', participant: 'ann', text: 'Hi', channelId: 'sms' },
      { type: 'communication.created', conversation: 'talk', participant: 'bot', channel: 'VOICE', channelId: 'phone' },
    ]);
    expect(entries[2]?.body).toMatchObject({
      author: { channel: 'SMS', address: '+15550100001' },
      content: { type: 'TEXT', text: 'Hi' },
      channelId: expect.stringMatching(/^SM[0-9a-f]{32}$/u),
    });
    expect(entries[3]?.body).toMatchObject({ channelId: expect.stringMatching(/^CA[0-9a-f]{32}$/u) });
  });

  it('of a lean export has only what can be queried', () => {
    const { names, entries } = told(arrival, true);
    expect(entries[1]?.body).toEqual({
      id: names.id('participant', 'ann'),
      conversationId: names.id('conversation', 'talk'),
      participantType: 'CUSTOMER',
    });
  });

  it('of a code has its level, and a diagnostic is about whom it names', () => {
    const { names, entries } = told([
      ...arrival,
      { type: 'diagnostic', about: 'ann', errorCode: 530004, errorReason: '503' },
      { type: 'diagnostic', about: 'talk', errorCode: 530001 },
      { type: 'diagnostic', about: 'ann', errorCode: 530004, level: 'WARNING' },
    ]);
    expect(entries.slice(2).map(({ level }) => level)).toEqual(['ERROR', 'WARNING', 'WARNING']);
    expect(entries[2]?.body).toMatchObject({ resourceSid: names.id('participant', 'ann') });
    expect(entries[3]?.body).toMatchObject({ resourceSid: names.id('conversation', 'talk') });
  });

  it('has a request of its own, unless it says so', () => {
    const { names, entries } = told([
      { type: 'conversation.created', conversation: 'talk' },
      { type: 'conversation.updated', conversation: 'talk', request: 'closing', correlation: 'cleanup' },
      { type: 'conversation.updated', conversation: 'talk', request: null },
      { type: 'conversation.updated', conversation: 'talk', request: null, correlation: 'cleanup' },
    ]);
    const cleanup = names.id('request', 'cleanup');
    expect(entries[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/u);
    expect(entries[0]?.correlationId).toBe(entries[0]?.requestId);
    expect(entries[1]).toMatchObject({ requestId: names.id('request', 'closing'), correlationId: cleanup });
    expect(entries[2]).toMatchObject({ requestId: null, correlationId: null });
    expect(entries[3]).toMatchObject({ requestId: null, correlationId: cleanup });
  });

  it('has ids for names in its reason, and braces of other meaning as they are', () => {
    const { names, entries } = told([
      ...arrival,
      { type: 'diagnostic', about: 'ann', errorReason: '503 of {store:crm} for {ann}: {nobody} {step:1} {"a":1}' },
    ]);
    expect(entries[2]?.errorReason).toBe(
      `503 of ${names.id('store', 'crm')} for ${names.id('participant', 'ann')}: {nobody} {step:1} {"a":1}`,
    );
  });

  it('of another product is written as that writes', () => {
    const { names, entries } = told([
      {
        type: 'com.twilio.memory.profiles.merged',
        profile: 'left',
        store: 'memory',
        body: { merged_profile_ids: ['{profile:gone}'] },
      },
    ]);
    expect(entries[0]).toMatchObject({
      source: 'conversation-memory',
      body: { profile_id: names.id('profile', 'left'), merged_profile_ids: [names.id('profile', 'gone')] },
    });
  });
});

describe('names', () => {
  it('are put in the place of ids wherever these stand in a text', () => {
    const { names } = told(arrival);
    expect(
      names.named(`${names.id('participant', 'ann')} of ${accountId} in ${names.id('conversation', 'talk')}.`),
    ).toBe('ann of account in talk.');
  });

  it('stand for ids in the same order, whatever the account and the time', () => {
    const order = (number: number, begin: number) => {
      const names = createNames({ number, sid: accountId }, begin);
      const ids = ['zoe', 'ann', 'mia'].map((name) => names.id('participant', name));
      return ids.toSorted().map((id) => names.named(id));
    };
    expect(order(1, start)).toEqual(['zoe', 'ann', 'mia']);
    expect(order(99_999, start + 365 * 86_400_000)).toEqual(['zoe', 'ann', 'mia']);
  });

  it('that are ids stand for themselves', () => {
    const { names } = told([]);
    expect(names.id('store', 'mem_store_112')).toBe('mem_store_112');
  });

  it('that nothing has are refused where a text wants them', () => {
    expect(() => told([...arrival, { type: 'diagnostic', about: 'ann', body: { more: '{anne}' } }])).toThrow(
      new CaseError('{anne} names nothing of this case: did you mean "ann"?'),
    );
  });
});

it('side records have ids and times in the places where the API has them', () => {
  const { names } = told(arrival);
  const records = sideRecords(
    {
      configurations: [{ id: 'desk', memoryStoreId: 'memory', updatedAt: '-1h' }],
      operations: [{ operationId: 'slow', status: 'PENDING', related: { configurationId: 'desk' } }],
      messages: [{ sid: 'hello', from: '+15550100001', to: '+15550100100', date_created: '+5s' }],
      apiErrors: [
        { timestamp: '+1s', requestId: 'asking', path: '/v2/Conversations/{talk}', response: { status: 404 } },
      ],
    },
    { names, accountId, start },
  );
  expect(records.get('configurations')?.[0]).toMatchObject({
    id: names.id('configuration', 'desk'),
    accountId,
    memoryStoreId: names.id('store', 'memory'),
    createdAt: '2026-09-13T08:00:00.000Z',
    updatedAt: '2026-09-14T07:00:00.000Z',
  });
  expect(records.get('operations')?.[0]).toMatchObject({
    operationId: names.id('operation', 'slow'),
    related: { configurationId: names.id('configuration', 'desk') },
  });
  expect(records.get('messages')?.[0]).toMatchObject({
    sid: names.id('message', 'hello'),
    account_sid: accountId,
    date_created: '2026-09-14T08:00:05.000Z',
  });
  expect(records.get('apiErrors')?.[0]).toMatchObject({
    requestId: names.id('request', 'asking'),
    path: `/v2/Conversations/${names.id('conversation', 'talk')}`,
    response: { status: 404 },
  });
});
