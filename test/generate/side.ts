/** Records that stand beside the logs: what the APIs of Conversation Orchestrator and its neighbours return. */
import { typeId } from './ids.ts';
import type { Channel } from './orchestrator.ts';
import { type Body, type Call, isoTime, type Message, type World } from './world.ts';

export type GroupingType =
  | 'GROUP_BY_PROFILE'
  | 'GROUP_BY_PARTICIPANT_ADDRESSES'
  | 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE';

/** Minutes from the last communication. */
export type Timeouts = { readonly inactive?: number; readonly closed: number };

export type CaptureRule = {
  readonly from: string;
  readonly to: string;
  readonly metadata?: Readonly<Record<string, string>>;
};

export type ChannelSettings = Partial<
  Record<Channel, { readonly statusTimeouts: Timeouts | null; readonly captureRules: readonly CaptureRule[] }>
>;

export type Configuration = {
  readonly id: string;
  readonly accountId: string;
  readonly displayName: string;
  readonly description: string;
  readonly conversationGroupingType: GroupingType;
  readonly memoryStoreId: string;
  readonly channelSettings: ChannelSettings;
  readonly statusCallbacks: readonly { readonly url: string; readonly method: 'POST' | 'GET' }[];
  readonly intelligenceConfigurationIds: readonly string[];
  readonly memoryExtractionEnabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
};

/** A configuration that is set up as it should be, made at the present moment: extraction on, an intelligence configuration named. */
export function configuration(
  world: World,
  options: {
    readonly displayName: string;
    readonly grouping: GroupingType;
    readonly storeId: string;
    readonly channelSettings: ChannelSettings;
    readonly intelligenceConfigurationIds?: readonly string[];
  },
): Configuration {
  return {
    id: typeId(world.random, 'conv_configuration', world.now),
    accountId: world.accountId,
    displayName: options.displayName,
    description: 'Made up for an example',
    conversationGroupingType: options.grouping,
    memoryStoreId: options.storeId,
    channelSettings: options.channelSettings,
    statusCallbacks: [{ url: 'https://desk.example/callbacks', method: 'POST' }],
    intelligenceConfigurationIds: options.intelligenceConfigurationIds ?? [
      typeId(world.random, 'intelligence_configuration', world.now),
    ],
    memoryExtractionEnabled: true,
    createdAt: isoTime(world.now),
    updatedAt: isoTime(world.now),
    version: 1,
  };
}

/** Capture rules in both directions, as the documentation asks for. */
export function bothWays(own: string): readonly CaptureRule[] {
  return [
    { from: '*', to: own },
    { from: own, to: '*' },
  ];
}

export function store(id: string, options: { readonly status?: string } = {}): Body {
  return { id, displayName: 'Customers', description: 'Made up for an example', status: options.status ?? 'ACTIVE' };
}

export type Trigger = 'COMMUNICATION' | 'CONVERSATION_END' | 'CONVERSATION_INACTIVE';

export function intelligenceConfiguration(world: World, id: string, triggers: readonly Trigger[]): Body {
  return {
    id,
    accountId: world.accountId,
    displayName: 'Sentiment and summary',
    version: 1,
    rules: triggers.map((on) => ({
      operators: [{ id: typeId(world.random, 'intelligence_operator', world.now), version: 1 }],
      triggers: [{ on }],
      actions: [{ type: 'WEBHOOK', method: 'POST', url: 'https://desk.example/results' }],
    })),
  };
}

/** An asynchronous operation, made at the present moment and finished 1.2 s later where it is finished. */
export function operation(
  world: World,
  options: {
    readonly status: 'PENDING' | 'RUNNING' | 'CANCELLED' | 'COMPLETED' | 'FAILED';
    readonly related?: Body;
    readonly error?: Body;
  },
): Body {
  const operationId = typeId(world.random, 'proc_job', world.now);
  const finished = options.status !== 'PENDING' && options.status !== 'RUNNING';
  return {
    operationId,
    accountId: world.accountId,
    status: options.status,
    createdAt: isoTime(world.now),
    completedAt: finished ? isoTime(world.now + 1200) : null,
    statusUrl: `https://conversations.twilio.com/v2/ControlPlane/Operations/${operationId}`,
    error: options.error ?? null,
    related: options.related ?? null,
  };
}

export function observation(
  world: World,
  options: {
    readonly storeId: string;
    readonly profileId: string;
    readonly conversationIds: readonly string[];
    readonly content: string;
  },
): Body {
  return {
    id: typeId(world.random, 'mem_observation', world.now),
    accountId: world.accountId,
    storeId: options.storeId,
    profileId: options.profileId,
    conversationIds: options.conversationIds,
    content: options.content,
    source: 'conversation',
    createdAt: isoTime(world.now),
    updatedAt: isoTime(world.now),
  };
}

/** An error response together with the request that it answers. */
export function apiError(
  world: World,
  options: { readonly requestId: string; readonly method: string; readonly path: string; readonly response: Body },
): Body {
  return {
    timestamp: isoTime(world.now),
    requestId: options.requestId,
    accountSid: world.accountId,
    method: options.method,
    path: options.path,
    response: options.response,
  };
}

/** A complete page of a v2 list: the rows under the resource's name, and nothing after it. */
export function listPage(key: string, rows: readonly unknown[]): Body {
  return { [key]: rows, meta: { key, pageSize: 50, nextToken: null, previousToken: null } };
}

/** A complete page of the classic message list; times in RFC 2822. */
export function messagePage(world: World, messages: readonly Message[]): Body {
  return classicPage(
    world,
    'Messages',
    'messages',
    messages.map((message) => ({
      sid: message.sid,
      account_sid: world.accountId,
      from: message.from,
      to: message.to,
      direction: message.direction,
      status: message.direction === 'inbound' ? 'received' : 'delivered',
      date_created: rfc2822(message.time),
      date_sent: rfc2822(message.time),
      date_updated: rfc2822(message.time),
      error_code: null,
    })),
  );
}

/** A complete page of the classic call list. A call that goes on has neither end nor duration. */
export function callPage(world: World, calls: readonly Call[]): Body {
  return classicPage(
    world,
    'Calls',
    'calls',
    calls.map((call) => ({
      sid: call.sid,
      account_sid: world.accountId,
      from: call.from,
      to: call.to,
      direction: call.direction,
      status: call.seconds === null ? 'in-progress' : 'completed',
      start_time: rfc2822(call.time),
      end_time: call.seconds === null ? null : rfc2822(call.time + call.seconds * 1000),
      duration: call.seconds === null ? null : String(call.seconds),
    })),
  );
}

function classicPage(world: World, resource: string, key: string, rows: readonly Body[]): Body {
  return {
    [key]: rows,
    first_page_uri: `/2010-04-01/Accounts/${world.accountId}/${resource}.json?PageSize=1000&Page=0`,
    next_page_uri: null,
    previous_page_uri: null,
    page: 0,
    page_size: 1000,
  };
}

/** `Mon, 14 Sep 2026 08:00:00 +0000` */
export function rfc2822(time: number): string {
  return new Date(time).toUTCString().replace('GMT', '+0000');
}
