import { createRandom, hex, intBelow, type Random, uuid } from './random.ts';

export type Level = 'INFO' | 'WARNING' | 'ERROR';
export type Body = Readonly<Record<string, unknown>>;

/** One log entry in the documented envelope of the Debugger. */
export type Entry = {
  /** Epoch milliseconds and eight hexadecimal digits. */
  readonly logId: string;
  /** ISO 8601 in UTC to the second, as documented; the milliseconds are in `logId`. */
  readonly eventTime: string;
  readonly source: string;
  readonly eventType: string;
  readonly level: Level;
  /** 0 where nothing went wrong. */
  readonly errorCode: number;
  readonly errorReason: string | null;
  readonly requestId: string;
  readonly correlationId: string;
  readonly body: Body;
};

/** A message of the account, whether a conversation captured it or not. */
export type Message = {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly time: number;
};

export type Call = {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-dial';
  readonly time: number;
  /** NULL while it goes on. */
  readonly seconds: number | null;
};

/** One account and its log while a story is told. Everything random comes from the seed, every time from the clock. */
export type World = {
  readonly accountId: string;
  readonly random: Random;
  /** The virtual clock, epoch milliseconds. It may go back, to tell another thread of the same day. */
  now: number;
  /** The request being handled, which its events share; without one every event has a request of its own. */
  request: { readonly requestId: string; readonly correlationId: string } | null;
  readonly entries: Entry[];
  readonly messages: Message[];
  readonly calls: Call[];
};

export function createWorld(options: {
  readonly seed: string;
  readonly accountId: string;
  readonly start: string;
}): World {
  return {
    accountId: options.accountId,
    random: createRandom(options.seed),
    now: Date.parse(options.start),
    request: null,
    entries: [],
    messages: [],
    calls: [],
  };
}

/** Sets the clock: a time of day such as `09:15:00` (UTC, on the day the clock shows), or a full ISO time. */
export function at(world: World, time: string): void {
  const iso = time.includes('T') ? time : `${isoTime(world.now).slice(0, 10)}T${time}Z`;
  world.now = Date.parse(iso);
  if (Number.isNaN(world.now)) throw new Error(`not a time: ${time}`);
}

export function wait(world: World, seconds: number): void {
  world.now += Math.round(seconds * 1000);
}

/** ISO 8601 in UTC with milliseconds. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

/**
 * Whatever happens in `handle` belongs to one request: the one being handled already, or a new one. A `correlationId` ties a new one
 * to the request that caused it.
 */
export function inRequest<Result>(world: World, handle: () => Result, correlationId?: string): Result {
  if (world.request !== null) return handle();
  const requestId = uuid(world.random);
  world.request = { requestId, correlationId: correlationId ?? requestId };
  try {
    return handle();
  } finally {
    world.request = null;
  }
}

/** Writes one log entry at the present moment; the clock moves on by 0 to 2 ms, as within a request. */
export function emit(
  world: World,
  event: {
    readonly source?: string;
    readonly eventType: string;
    readonly level?: Level;
    readonly errorCode?: number;
    readonly errorReason?: string;
    readonly body: Body;
  },
): Entry {
  const requestId = world.request?.requestId ?? uuid(world.random);
  const entry: Entry = {
    logId: `${world.now}-${hex(world.random, 8)}`,
    eventTime: `${isoTime(world.now).slice(0, 19)}Z`,
    source: event.source ?? 'conversation-orchestrator',
    eventType: event.eventType,
    level: event.level ?? 'INFO',
    errorCode: event.errorCode ?? 0,
    errorReason: event.errorReason ?? null,
    requestId,
    correlationId: world.request?.correlationId ?? requestId,
    body: event.body,
  };
  world.entries.push(entry);
  world.now += intBelow(world.random, 3);
  return entry;
}

/** Epoch milliseconds of an entry. */
export function timeOf(entry: Entry): number {
  return Number.parseInt(entry.logId, 10);
}

/** The log as an export gives it: in the order of time. */
export function exported(world: World): readonly Entry[] {
  return world.entries.toSorted((a, b) => timeOf(a) - timeOf(b) || (a.logId < b.logId ? -1 : 1));
}

/** The entries that `act` writes. */
export function emitted(world: World, act: () => unknown): readonly Entry[] {
  const before = world.entries.length;
  act();
  return world.entries.slice(before);
}
