/** One record of every shape: made up, with ids that look like Twilio's. Other tests make theirs by changing these. */
import type { Fields, InputRecord } from '../../src/ingest/entry.ts';
import { typeId } from './type-id.ts';

export const began = Date.UTC(2026, 8, 14, 8, 0, 0, 120);
export const account = 'AC00000000000000000000000000000001';
export const conversation = typeId('conv_conversation', began);
export const participant = typeId('conv_participant', began, 1);
export const communication = typeId('conv_communication', began + 3000, 2);
export const configuration = typeId('conv_configuration', began - 86_400_000);
export const profile = typeId('mem_profile', began - 5000);
export const store = typeId('mem_store', began - 90_000_000);
const request = '4cc248bf-330b-49e6-9257-c9756e34c267';

const time = (offset: number) => new Date(began + offset).toISOString();

export const conversationResource = {
  id: conversation,
  accountId: account,
  configurationId: configuration,
  status: 'ACTIVE',
  name: 'Support',
  createdAt: time(0),
  updatedAt: time(0),
} as const satisfies Fields;

export const participantResource = {
  id: participant,
  conversationId: conversation,
  accountId: account,
  name: 'Ada',
  type: 'CUSTOMER',
  profileId: profile,
  addresses: [{ channel: 'SMS', address: '+15550100001', channelId: null }],
  createdAt: time(1),
  updatedAt: time(1),
} as const satisfies Fields;

export const communicationResource = {
  id: communication,
  conversationId: conversation,
  accountId: account,
  author: { address: '+15550100001', channel: 'SMS', participantId: participant },
  content: { type: 'TEXT', text: 'Hello, is anybody there?' },
  recipients: [{ address: '+15550100002', channel: 'SMS', participantId: null, deliveryStatus: 'DELIVERED' }],
  channelId: 'SM00000000000000000000000000000001',
  resourceId: 'SM00000000000000000000000000000001',
  createdAt: time(3100),
  updatedAt: time(3100),
  occurredAt: time(3000),
} as const satisfies Fields;

function logEntry(eventType: string, body: Fields, offset = 0): Fields {
  return {
    logId: `${began + offset}-67cbb62a`,
    eventTime: `${time(offset).slice(0, 19)}Z`,
    source: 'conversation-orchestrator',
    eventType,
    level: 'INFO',
    errorCode: 0,
    errorReason: null,
    requestId: request,
    correlationId: request,
    body,
  };
}

/** By the name of the shape, then by what is special about the record. */
export const entrySamples: Readonly<Record<string, Readonly<Record<string, Fields>>>> = {
  'debugger-log': {
    conversation: logEntry('conversation.created', conversationResource),
    participant: logEntry('participant.created', participantResource, 1),
    communication: logEntry('communication.created', communicationResource, 3100),
    diagnostic: {
      ...logEntry('diagnostic', { resourceSid: participant, errorCode: 530004, status: 'FAILED' }, 900),
      level: 'ERROR',
      errorReason: 'HTTP 503 from profile service: upstream timeout',
    },
    memory: {
      ...logEntry(
        'com.twilio.memory.store.created',
        { created_by: account, error_code: null, latency_ms: 251, store_id: store },
        -60_000,
      ),
      source: 'conversation-memory',
    },
    lean: {
      logId: `${began}-00000001`,
      eventTime: time(0),
      source: 'conversation-orchestrator',
      eventType: 'conversation.updated',
      level: 'INFO',
      requestId: request,
      id: conversation,
      status: 'CLOSED',
    },
    'own table': {
      event_key: 7n,
      account_id: account,
      log_id: `${began}-00000002`,
      event_time: new Date(began),
      source: 'conversation-orchestrator',
      event_type: 'participant.created',
      level: 'INFO',
      error_code: null,
      error_reason: null,
      request_id: request,
      correlation_id: null,
      trace_id: 3n,
      conversation_id: conversation,
      participant_id: participant,
      communication_id: null,
      resource_id: null,
      status: null,
      participant_type: 'CUSTOMER',
      profile_id: null,
      channel: 'SMS',
      address: '+15550100001',
      configuration_id: null,
      body: null,
      file: 'a.ndjson',
      format: 'debugger-log',
    },
  },
  'console-table': {
    row: {
      'Timestamp (local)': '2026-09-14 10:00:00',
      Level: 'Error',
      'Error code': '530004',
      Source: 'conversation-orchestrator',
      'Event type': 'diagnostic',
      Description: 'Profile creation failed',
      'Log properties': JSON.stringify({
        resourceSid: participant,
        status: 'FAILED',
        requestId: request,
        accountSid: account,
      }),
    },
  },
  'cloud-event': {
    'error logged': {
      specversion: '1.0',
      type: 'com.twilio.error-logs.error.logged',
      source: 'AB00000000000000000000000001',
      id: 'NO00000000000000000000000001',
      dataschema: 'https://events-schemas.twilio.com/ErrorLogs.Error/2',
      datacontenttype: '2026-09-14T08:00:02.363Z',
      data: {
        sid: 'NO00000000000000000000000000000001',
        account_sid: account,
        date_created: '2026-09-14T08:00:00.000Z',
        level: 'ERROR',
        master_account_sid: 'AC00000000000000000000000000000009',
        request_sid: 'RQ00000000000000000000000000000001',
        product_name: 'Event Streams',
        error_code: '93101',
        payload: '{"error_code":93101,"message":"Error delivering event to webhook: 500 Internal Server Error"}',
      },
    },
    resource: {
      specversion: '1.0',
      type: 'com.twilio.conversation-orchestrator.participant.created',
      source: '/v2/Participants',
      id: 'EZ00000000000000000000000000000001',
      time: time(1),
      datacontenttype: 'application/json',
      data: participantResource,
    },
  },
  'monitor-alert': {
    api: {
      account_sid: account,
      alert_text: 'Msg=Profile+lookup+failed%3A+HTTP+503&ErrorCode=530003',
      api_version: '2010-04-01',
      date_created: '2026-09-14T08:00:01Z',
      date_generated: '2026-09-14T08:00:00Z',
      date_updated: '2026-09-14T08:00:01Z',
      error_code: '530003',
      log_level: 'warning',
      more_info: 'https://www.twilio.com/docs/errors/530003',
      request_method: null,
      request_url: null,
      resource_sid: 'CA00000000000000000000000000000001',
      sid: 'NO00000000000000000000000000000002',
      url: 'https://monitor.twilio.com/v1/Alerts/NO00000000000000000000000000000002',
      service_sid: null,
    },
    'cli json': {
      accountSid: account,
      alertText: 'HTTP retrieval failure',
      apiVersion: '2010-04-01',
      dateCreated: '2026-09-14T08:00:01.000Z',
      dateGenerated: '2026-09-14T08:00:00.000Z',
      dateUpdated: '2026-09-14T08:00:01.000Z',
      errorCode: '11200',
      logLevel: 'error',
      moreInfo: 'https://www.twilio.com/docs/errors/11200',
      requestMethod: 'POST',
      requestUrl: 'https://example.com/voice',
      resourceSid: 'CA00000000000000000000000000000001',
      sid: 'NO00000000000000000000000000000003',
      url: 'https://monitor.twilio.com/v1/Alerts/NO00000000000000000000000000000003',
      serviceSid: null,
    },
    'cli tsv': {
      dateCreated: 'Sep 14 2026 02:00:00 GMT-0600',
      logLevel: 'warning',
      errorCode: '530001',
      alertText: 'Profile resolution skipped',
    },
  },
  'debugger-webhook': {
    form: {
      Sid: 'NO00000000000000000000000000000004',
      AccountSid: account,
      ParentAccountSid: 'AC00000000000000000000000000000009',
      Timestamp: '2026-09-14T08:00:00Z',
      Level: 'Error',
      PayloadType: 'application/json',
      Payload: JSON.stringify({
        resource_sid: 'CA00000000000000000000000000000001',
        service_sid: null,
        error_code: '11200',
        more_info: { Msg: 'Got HTTP 404 response', ErrorCode: '11200' },
        webhook: { type: 'application/json', request: { url: 'https://example.com', method: 'POST' } },
      }),
    },
  },
  'status-callback': {
    bare: { eventType: 'PARTICIPANT_ADDED', timestamp: time(1), data: participantResource },
    request: {
      receivedAt: time(500),
      headers: {
        'Content-Type': 'application/json',
        'I-Twilio-Idempotency-Token': '1b671a64-40d5-491e-99b0-da01ff1f3341',
        'X-Request-Id': 'of-the-proxy',
        'Twilio-Request-Id': request,
      },
      body: JSON.stringify({ eventType: 'COMMUNICATION_CREATED', timestamp: time(3100), data: communicationResource }),
    },
  },
};

/** By the name of the shape, then by what is special about the record. */
export const sideSamples: Readonly<Record<string, Readonly<Record<string, Fields>>>> = {
  configurations: {
    resource: {
      id: configuration,
      accountId: account,
      displayName: 'support',
      description: '',
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId: store,
      channelSettings: {
        SMS: {
          statusTimeouts: { inactive: 10, closed: 15 },
          captureRules: [
            { from: '+15550100002', to: '*', metadata: {} },
            { from: '*', to: '+15550100002', metadata: {} },
          ],
        },
        VOICE: { statusTimeouts: null, captureRules: [{ from: '*', to: 'agent-1', metadata: { callType: 'CLIENT' } }] },
        CHAT: {
          captureRules: [{ from: '*', to: '*', metadata: { chatService: 'IS00000000000000000000000000000000' } }],
        },
      },
      statusCallbacks: [{ url: 'https://example.com/callback', method: 'POST' }],
      intelligenceConfigurationIds: [typeId('intelligence_configuration', began)],
      memoryExtractionEnabled: true,
      createdAt: time(-86_400_000),
      updatedAt: time(-3_600_000),
      version: 3,
    },
  },
  stores: {
    resource: {
      id: store,
      displayName: 'main',
      description: 'All customers',
      status: 'ACTIVE',
      createdAt: time(-90_000_000),
    },
  },
  operations: {
    related: {
      operationId: typeId('proc_job', began),
      status: 'FAILED',
      statusUrl: 'https://conversations.twilio.com/v2/ControlPlane/Operations/1',
      createdAt: time(0),
      completedAt: time(2000),
      error: {
        type: 'about:blank',
        title: 'Invalid phone number',
        status: 400,
        detail: '+1555 is not E.164',
        instance: '/1',
      },
      related: { configurationId: configuration },
    },
    result: {
      operationId: typeId('proc_job', began, 1),
      status: 'COMPLETED',
      result: { id: store, type: 'RESOURCE_ID' },
    },
  },
  'intelligence-configurations': {
    resource: {
      id: typeId('intelligence_configuration', began),
      accountId: account,
      displayName: 'quality',
      version: 2,
      rules: [
        {
          operators: [{ id: typeId('intelligence_operator', began), version: 1 }],
          triggers: [{ on: 'CONVERSATION_END' }, { on: 'COMMUNICATION', parameters: { count: 3 } }],
          actions: [{ type: 'WEBHOOK', method: 'POST', url: 'https://example.com/results' }],
        },
      ],
    },
  },
  messages: {
    api: {
      sid: 'SM00000000000000000000000000000001',
      account_sid: account,
      from: 'whatsapp:+15550100001',
      to: 'whatsapp:+15550100002',
      body: 'Hello',
      direction: 'inbound',
      status: 'received',
      error_code: null,
      date_created: 'Mon, 14 Sep 2026 08:00:00 +0000',
      date_sent: 'Mon, 14 Sep 2026 08:00:01 +0000',
    },
    csv: {
      From: '+15550100001',
      To: '+15550100002',
      Body: 'Hello',
      Status: 'delivered',
      SentDate: '2026-09-14 08:00:00 UTC',
      ErrorCode: '0',
      AccountSid: account,
      Sid: 'MM00000000000000000000000000000001',
      Direction: 'outbound-api',
    },
  },
  calls: {
    api: {
      sid: 'CA00000000000000000000000000000001',
      account_sid: account,
      from: 'client:alice',
      to: '+15550100002',
      direction: 'inbound',
      status: 'completed',
      date_created: 'Mon, 14 Sep 2026 07:59:58 +0000',
      start_time: 'Mon, 14 Sep 2026 08:00:00 +0000',
      end_time: 'Mon, 14 Sep 2026 08:01:00 +0000',
      duration: '60',
    },
    csv: {
      'Call Sid': 'CA00000000000000000000000000000002',
      From: 'sip:bob@example.com',
      To: '+15550100002',
      Status: 'Completed',
      Direction: 'Incoming',
      'Start Time': '2026-09-14 08:00:00 UTC',
      'End Time': '2026-09-14 08:00:30 UTC',
      'Duration (seconds)': '30',
    },
  },
  'api-errors': {
    documented: {
      code: 20003,
      httpStatusCode: 401,
      message: 'Terms of service have not been accepted.',
      userError: true,
      params: { field: 'termsOfService', value: 'not_accepted' },
    },
    specified: {
      code: 21614,
      message: "'To' number is not a valid mobile number",
      more_info: 'https://www.twilio.com/docs/errors/21614',
      status: 400,
    },
    wrapped: {
      timestamp: time(0),
      requestId: request,
      accountSid: account,
      method: 'post',
      path: '/v2/Conversations',
      response: { code: 400, status: 409, message: `Address mapping already exists on conversation ${conversation}.` },
    },
    'wrapped with headers': {
      Timestamp: time(0),
      Method: 'GET',
      Url: `https://api.twilio.com/2010-04-01/Accounts/${account}/Calls.json`,
      Response: { status: 503, headers: { 'Twilio-Request-Id': request }, body: '<html>down</html>' },
    },
  },
  'conversation-snapshots': {
    resource: conversationResource,
    'with participants': {
      ...conversationResource,
      participants: [participantResource],
      configuration: { displayName: 'support' },
    },
  },
  'participant-snapshots': { resource: participantResource },
  'communication-snapshots': { resource: communicationResource },
  'observation-snapshots': {
    resource: {
      id: typeId('mem_observation', began + 600_000),
      accountId: account,
      profileId: profile,
      content: 'Prefers to be called in the morning.',
      conversationIds: [conversation],
      createdAt: time(600_000),
    },
  },
};

export function record(fields: Fields, line = 1, listKey: string | null = null): InputRecord {
  return { fields, line, listKey };
}
