import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Fields, type SideRow, sideTables } from '../../src/ingest/entry.ts';
import { recogniseSide } from '../../src/ingest/side/index.ts';
import {
  account,
  began,
  communication,
  configuration,
  conversation,
  participant,
  profile,
  record,
  sideSamples,
  store,
} from './samples.ts';
import { typeId } from './type-id.ts';

function project(fields: Fields, timezone = 'UTC'): readonly SideRow[] | { readonly reason: string } {
  const shape = recogniseSide(record(fields));
  if (shape === null) throw new Error('not recognised');
  return shape.project(record(fields), { timezone, zonelessTime() {} });
}

function rowsOf(fields: Fields, timezone = 'UTC'): readonly SideRow[] {
  const rows = project(fields, timezone);
  if ('reason' in rows) throw new Error(rows.reason);
  return rows;
}

function sample(shape: string, variant = 'resource'): Fields {
  const fields = sideSamples[shape]?.[variant];
  if (fields === undefined) throw new Error(`no sample ${shape} ${variant}`);
  return fields;
}

const request = '4cc248bf-330b-49e6-9257-c9756e34c267';

describe('side records', () => {
  it('fill exactly the columns of their tables', () => {
    const sql = readFileSync(new URL('../../src/ingest/side-tables.sql', import.meta.url), 'utf8');
    const rows = Object.values(sideSamples).flatMap((variants) =>
      Object.values(variants).flatMap((fields) => rowsOf(fields)),
    );
    for (const { table, row } of rows) {
      const columns = new RegExp(`CREATE TABLE ${table} \\(([^;]*)\\);`).exec(sql)?.[1] ?? '';
      const names = columns
        .replaceAll(/STRUCT\([^)]*\)/g, 'STRUCT')
        .split(',')
        .map((column) => column.trim().split(' ')[0] ?? '');
      const expected = names
        .filter((name) => name !== 'file_id' && name !== 'line')
        .map((name) => (name === 'text_hash' ? 'text' : name));
      expect(Object.keys(row).sort()).toEqual(expected.sort());
    }
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(sideTables));
  });

  it('of configurations: one row each for it, its channels and its capture rules, joined by the snapshot', () => {
    const [first, ...rest] = rowsOf(sample('configurations'));
    const key = {
      account_id: account,
      configuration_id: configuration,
      snapshot_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    };
    expect(first).toEqual({
      table: 'configurations',
      row: {
        ...key,
        display_name: 'support',
        grouping_type: 'GROUP_BY_PROFILE',
        memory_store_id: store,
        memory_extraction_enabled: true,
        intelligence_configuration_ids: [typeId('intelligence_configuration', began)],
        version: 3,
        created_at: '2026-09-13T08:00:00.120Z',
        updated_at: '2026-09-14T07:00:00.120Z',
        recorded_at: '2026-09-14T07:00:00.120Z',
      },
    });
    const rule = { ...key, call_type: null, chat_service: null };
    expect(rest).toEqual([
      {
        table: 'channel_settings',
        row: { ...key, channel: 'SMS', has_timeouts: true, inactive_after: '10 minutes', closed_after: '15 minutes' },
      },
      {
        table: 'capture_rules',
        row: { ...rule, channel: 'SMS', position: 1, from_address: '+15550100002', to_address: '*' },
      },
      {
        table: 'capture_rules',
        row: { ...rule, channel: 'SMS', position: 2, from_address: '*', to_address: '+15550100002' },
      },
      {
        table: 'channel_settings',
        row: { ...key, channel: 'VOICE', has_timeouts: false, inactive_after: null, closed_after: null },
      },
      {
        table: 'capture_rules',
        row: { ...rule, channel: 'VOICE', position: 1, from_address: '*', to_address: 'agent-1', call_type: 'CLIENT' },
      },
      {
        table: 'channel_settings',
        row: { ...key, channel: 'CHAT', has_timeouts: false, inactive_after: null, closed_after: null },
      },
      {
        table: 'capture_rules',
        row: {
          ...rule,
          channel: 'CHAT',
          position: 1,
          from_address: '*',
          to_address: '*',
          chat_service: 'IS00000000000000000000000000000000',
        },
      },
    ]);
  });

  it('of configurations: the same content is the same snapshot, other content another', () => {
    const snapshot = (fields: Fields) => rowsOf(fields)[0]?.row.snapshot_id;
    const fields = sample('configurations');
    expect(snapshot(Object.fromEntries(Object.entries(fields).reverse()))).toBe(snapshot(fields));
    expect(snapshot({ ...fields, version: 4 })).not.toBe(snapshot(fields));
  });

  it('of configurations: what is not set is empty', () => {
    const rows = rowsOf({
      id: configuration,
      conversationGroupingType: 'GROUP_BY_PROFILE',
      intelligenceConfigurationIds: null,
      channelSettings: {},
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).toMatchObject({
      memory_extraction_enabled: null,
      intelligence_configuration_ids: [],
      version: null,
      recorded_at: null,
    });
  });

  it('of operations: both ways to name the result', () => {
    expect(rowsOf(sample('operations', 'related'))[0]?.row).toEqual({
      account_id: null,
      operation_id: typeId('proc_job', began),
      status: 'FAILED',
      created_at: '2026-09-14T08:00:00.120Z',
      completed_at: '2026-09-14T08:00:02.120Z',
      error_title: 'Invalid phone number',
      error_detail: '+1555 is not E.164',
      error_status: 400,
      result_id: null,
      related_ids: [configuration],
      recorded_at: '2026-09-14T08:00:02.120Z',
    });
    expect(rowsOf(sample('operations', 'result'))[0]?.row).toMatchObject({
      status: 'COMPLETED',
      result_id: store,
      related_ids: [],
      error_title: null,
    });
    expect(rowsOf({ ...sample('operations', 'result'), error: 'boom', related: null })[0]?.row).toMatchObject({
      error_title: 'boom',
      related_ids: [],
    });
  });

  it('of stores and intelligence configurations', () => {
    expect(rowsOf(sample('stores'))[0]?.row).toEqual({
      account_id: null,
      store_id: store,
      display_name: 'main',
      status: 'ACTIVE',
      recorded_at: '2026-09-13T07:00:00.120Z',
    });
    const [configured, rule] = rowsOf(sample('intelligence-configurations'));
    expect(configured?.row).toMatchObject({ display_name: 'quality', version: 2, recorded_at: null });
    expect(rule).toEqual({
      table: 'intelligence_rules',
      row: {
        account_id: account,
        intelligence_configuration_id: typeId('intelligence_configuration', began),
        snapshot_id: configured?.row.snapshot_id,
        position: 1,
        operator_ids: [typeId('intelligence_operator', began)],
        triggers: ['CONVERSATION_END', 'COMMUNICATION'],
      },
    });
  });

  it('of messages: from the API and from CSV, with the channel of the addresses', () => {
    expect(rowsOf(sample('messages', 'api'))[0]?.row).toEqual({
      account_id: account,
      message_id: 'SM00000000000000000000000000000001',
      from_address: 'whatsapp:+15550100001',
      to_address: 'whatsapp:+15550100002',
      channel: 'WHATSAPP',
      direction: 'inbound',
      status: 'received',
      created_at: '2026-09-14T08:00:00Z',
      sent_at: '2026-09-14T08:00:01Z',
      error_code: null,
    });
    expect(rowsOf(sample('messages', 'csv'))[0]?.row).toMatchObject({
      channel: 'SMS',
      created_at: '2026-09-14T08:00:00Z',
      sent_at: '2026-09-14T08:00:00Z',
      error_code: null,
    });
  });

  it('of calls: with their type', () => {
    expect(rowsOf(sample('calls', 'api'))[0]?.row).toEqual({
      account_id: account,
      call_id: 'CA00000000000000000000000000000001',
      from_address: 'client:alice',
      to_address: '+15550100002',
      call_type: 'CLIENT',
      direction: 'inbound',
      status: 'completed',
      started_at: '2026-09-14T08:00:00Z',
      ended_at: '2026-09-14T08:01:00Z',
      duration_seconds: 60,
    });
    expect(rowsOf(sample('calls', 'csv'))[0]?.row).toMatchObject({
      call_type: 'PUBLIC_SIP',
      direction: 'inbound',
      status: 'completed',
      duration_seconds: 30,
      started_at: '2026-09-14T08:00:00Z',
    });
    expect(rowsOf({ ...sample('calls', 'api'), from: '+15550100001' })[0]?.row.call_type).toBe('PSTN');
    expect(
      rowsOf({ ...sample('calls', 'api'), from: '+15550100001', to: 'SIP:bob@example.com' })[0]?.row.call_type,
    ).toBe('PUBLIC_SIP');
  });

  it('of API errors: in both forms, bare or with their request', () => {
    const nothing = {
      account_id: null,
      occurred_at: null,
      request_id: null,
      method: null,
      path: null,
      more_info: null,
      user_error: null,
      params: null,
      conflicting_id: null,
    };
    expect(rowsOf(sample('api-errors', 'documented'))[0]?.row).toEqual({
      ...nothing,
      code: 20003,
      http_status: 401,
      message: 'Terms of service have not been accepted.',
      user_error: true,
      params: { field: 'termsOfService', value: 'not_accepted' },
    });
    expect(rowsOf(sample('api-errors', 'specified'))[0]?.row).toEqual({
      ...nothing,
      code: 21614,
      http_status: 400,
      message: "'To' number is not a valid mobile number",
      more_info: 'https://www.twilio.com/docs/errors/21614',
    });
    expect(rowsOf(sample('api-errors', 'wrapped'))[0]?.row).toEqual({
      ...nothing,
      account_id: account,
      occurred_at: '2026-09-14T08:00:00.120Z',
      request_id: request,
      method: 'POST',
      path: '/v2/Conversations',
      code: 400,
      http_status: 409,
      message: `Address mapping already exists on conversation ${conversation}.`,
    });
    expect(rowsOf(sample('api-errors', 'wrapped with headers'))[0]?.row).toEqual({
      ...nothing,
      account_id: account,
      occurred_at: '2026-09-14T08:00:00.120Z',
      request_id: request,
      method: 'GET',
      path: `/2010-04-01/Accounts/${account}/Calls.json`,
      code: null,
      http_status: 503,
      message: null,
    });
  });

  it('of snapshots: resources as the API returns them', () => {
    const times = {
      created_at: '2026-09-14T08:00:00.121Z',
      updated_at: '2026-09-14T08:00:00.121Z',
      recorded_at: '2026-09-14T08:00:00.121Z',
    };
    const participantRow = {
      account_id: account,
      participant_id: participant,
      conversation_id: conversation,
      participant_type: 'CUSTOMER',
      name: 'Ada',
      profile_id: profile,
      addresses: [{ channel: 'SMS', address: '+15550100001', channel_id: null }],
      embedded: false,
      ...times,
    };
    expect(rowsOf(sample('participant-snapshots'))).toEqual([{ table: 'participant_snapshots', row: participantRow }]);
    const [conversationRow, ...participants] = rowsOf(sample('conversation-snapshots', 'with participants'));
    expect(conversationRow?.row).toMatchObject({
      conversation_id: conversation,
      configuration_id: configuration,
      status: 'ACTIVE',
      account_id: account,
    });
    expect(participants).toEqual([{ table: 'participant_snapshots', row: { ...participantRow, embedded: true } }]);
    expect(rowsOf(sample('communication-snapshots'))[0]?.row).toMatchObject({
      communication_id: communication,
      conversation_id: conversation,
      participant_id: participant,
      channel: 'SMS',
      address: '+15550100001',
      channel_id: 'SM00000000000000000000000000000001',
      text: 'Hello, is anybody there?',
      created_at: '2026-09-14T08:00:03.120Z',
      recorded_at: '2026-09-14T08:00:03.220Z',
    });
    expect(rowsOf(sample('observation-snapshots'))[0]?.row).toEqual({
      account_id: account,
      observation_id: typeId('mem_observation', began + 600_000),
      profile_id: profile,
      conversation_ids: [conversation],
      store_id: null,
      created_at: '2026-09-14T08:10:00.120Z',
      recorded_at: '2026-09-14T08:10:00.120Z',
    });
  });

  it('are rejected where a time cannot be read, and kept where it is missing', () => {
    expect(project({ ...sample('stores'), createdAt: 'long ago' })).toEqual({
      reason: 'createdAt is not a time: "long ago"',
    });
    expect(rowsOf({ ...sample('stores'), createdAt: '' })[0]?.row.recorded_at).toBeNull();
    expect(
      rowsOf({ ...sample('calls', 'csv'), 'Start Time': '2026-09-14 08:00:00' }, 'Europe/Berlin')[0]?.row.started_at,
    ).toBe('2026-09-14T06:00:00Z');
  });
});
