/**
 * A large log for measurements: `node --import jiti/register test/generate/bench-data.ts --events 2000000 --out FILE`.
 * Conversations over SMS, WhatsApp and voice begin about every 1.5 s, lie interleaved and roughly in the order of time; one in 500 holds an incident, each
 * kind in turn. The same options give the same bytes. Lines are put together from text, since making objects of them would take longer than reading them.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accountSid } from './ids.ts';
import { firstNames, lastNames } from './names.ts';
import { createRandom, intBelow, intBetween, type Random } from './random.ts';

export type BenchOptions = {
  readonly events: number;
  readonly accounts: number;
  readonly seed: string;
};

export const incidents = [
  'shared-profile',
  'shared-address',
  'multiple-customers',
  'request-spans-conversations',
  'profile-merged-upstream',
  'silent-call',
  'stuck-active',
  'unresolved-customer',
  'unknown-participant',
  'lookup-failed',
  'creation-failed',
  'resolution-skipped',
  'duplicate-risk',
  'store-outage',
] as const;
export type Incident = (typeof incidents)[number];

const start = Date.parse('2026-09-14T06:00:00Z');
const meanSpacing = 1500;
const conversationsPerIncident = 500;
/** How many conversations in a row a store outage hits: two more than the rule asks for. */
const outageLength = 7;

/** `options.events` lines, each with its line end. */
export function* benchLines(options: BenchOptions): Generator<string> {
  const writer = createWriter(options.seed);
  const { random } = writer;
  const accounts = Array.from({ length: options.accounts }, (_, index) => accountSid(index + 1));
  const configurations = accounts.map(() => writer.id('conv_configuration', start - 86_400_000));
  const ownAddresses = accounts.map((_, index) => `+1555${String(firstOwnNumber + index).padStart(7, '0')}`);

  let left = options.events;
  let now = start;
  let flushed = Math.floor(start / 1000);
  let hitByOutage = 0;
  let incidentCount = 0;
  for (let count = 1; left > 0; count++) {
    now += intBetween(random, 1, 2 * meanSpacing - 1);
    let incident: Incident | null = null;
    if (count % conversationsPerIncident === 0) incident = incidents[incidentCount++ % incidents.length] ?? null;
    if (incident === 'store-outage') hitByOutage = outageLength;
    if (hitByOutage > 0) {
      hitByOutage--;
      incident = 'store-outage';
    }
    // An outage is one account's: its conversations all belong to the first.
    const account = incident === 'store-outage' ? 0 : intBelow(random, accounts.length);
    tellConversation(
      writer,
      now,
      accounts[account] ?? '',
      configurations[account] ?? '',
      ownAddresses[account] ?? '',
      incident,
    );

    const second = Math.floor(now / 1000);
    for (; flushed < second && left > 0; flushed++) {
      for (const line of writer.takeSecond(flushed)) {
        if (left === 0) return;
        left--;
        yield line();
      }
    }
  }
}

type Writer = ReturnType<typeof createWriter>;

/**
 * Makes ids and lines. A line is put together only when its time has come: text that waits for an hour, ten thousand lines of it, keeps the
 * garbage collector busier than everything else together.
 */
function createWriter(seed: string) {
  const random = createRandom(seed);
  const seconds = new Map<number, (() => string)[]>();
  const id = cheapIds(random);
  const eightDigits = () => {
    const bits = random();
    return `${hexWords[bits >>> 16]}${hexWords[bits & 0xffff]}`;
  };
  const uuid = () => {
    const [second, third] = [eightDigits(), eightDigits()];
    return `${eightDigits()}-${second.slice(0, 4)}-4${second.slice(5)}-a${third.slice(1, 4)}-${third.slice(4)}${eightDigits()}`;
  };
  return {
    random,
    id,
    uuid,
    sid: (letters: string) => letters + eightDigits() + eightDigits() + eightDigits() + eightDigits(),
    /** One log entry; `kind` is JSON of the envelope from source to error reason, `body` makes its JSON. Without a request it is one of its own. */
    line(time: number, kind: string, request: string | null, body: () => string): void {
      const second = Math.floor(time / 1000);
      const render = () => {
        const requestId = request ?? uuid();
        return `{"logId":"${time}-${eightDigits()}","eventTime":"${isoSeconds(time)}Z",${kind},"requestId":"${requestId}","correlationId":"${requestId}","body":${body()}}\n`;
      };
      const lines = seconds.get(second);
      if (lines === undefined) seconds.set(second, [render]);
      else lines.push(render);
    },
    takeSecond(second: number): readonly (() => string)[] {
      const lines = seconds.get(second) ?? [];
      seconds.delete(second);
      return lines;
    },
  };
}

function kindOf(
  eventType: string,
  problem = '"level":"INFO","errorCode":0,"errorReason":null',
  source = 'conversation-orchestrator',
): string {
  return `"source":"${source}","eventType":"${eventType}",${problem}`;
}

const kinds = {
  opened: kindOf('conversation.created'),
  changed: kindOf('conversation.updated'),
  joined: kindOf('participant.created'),
  resolved: kindOf('participant.updated'),
  said: kindOf('communication.created'),
  merged: kindOf('com.twilio.memory.profiles.merged', undefined, 'conversation-memory'),
} as const;

const hexWords = Array.from({ length: 65_536 }, (_, word) => word.toString(16).padStart(4, '0'));

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';
const threeDigits = Array.from(
  { length: 32_768 },
  (_, value) => crockford.charAt(value >> 10) + crockford.charAt((value >> 5) & 31) + crockford.charAt(value & 31),
);

/** The ids of `ids.ts` by looking three digits up at a time. */
function cheapIds(random: Random): (prefix: string, time: number) => string {
  let cachedHigh = -1;
  let cachedDigits = '';
  return (prefix, time) => {
    const high = Math.floor(time / 32_768);
    if (high !== cachedHigh) {
      cachedHigh = high;
      cachedDigits = '';
      for (let rest = high; cachedDigits.length < 7; rest = Math.floor(rest / 32)) {
        cachedDigits = crockford.charAt(rest % 32) + cachedDigits;
      }
    }
    const first = random();
    const second = random();
    const third = random();
    // Version 7 and one random bit; two random digits; variant 10 between random bits; twelve random digits.
    const version = threeDigits[(14 << 10) | (first & 0x7ff)] ?? '';
    const variant = crockford.charAt(8 | ((first >>> 11) & 3) | (((first >>> 13) & 1) << 4));
    const tail =
      (threeDigits[second & 0x7fff] ?? '') +
      (threeDigits[(second >>> 15) & 0x7fff] ?? '') +
      (threeDigits[third & 0x7fff] ?? '') +
      (threeDigits[(third >>> 15) & 0x7fff] ?? '');
    return `${prefix}_${cachedDigits}${threeDigits[time % 32_768] ?? ''}${version}${variant}${tail}`;
  };
}

const secondsOfDay = Array.from({ length: 86_400 }, (_, second) => new Date(second * 1000).toISOString().slice(10, 19));
const milliseconds = Array.from({ length: 1000 }, (_, part) => `.${String(part).padStart(3, '0')}Z`);
const dayLength = 86_400_000;
let lastDay = -1;
let lastDate = '';

/** ISO 8601 in UTC to the second, without its zone. */
function isoSeconds(time: number): string {
  const day = Math.floor(time / dayLength);
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(time).toISOString().slice(0, 10);
  }
  return lastDate + secondsOfDay[Math.floor((time % dayLength) / 1000)];
}

function iso(time: number): string {
  return isoSeconds(time) + milliseconds[time % 1000];
}

type BenchChannel = 'SMS' | 'WHATSAPP' | 'VOICE';

type Party = {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly address: string;
  readonly joined: number;
};

type Scene = {
  readonly writer: Writer;
  readonly account: string;
  readonly configuration: string;
  readonly ownAddress: string;
  readonly channel: BenchChannel;
  readonly conversation: string;
  readonly begun: number;
  readonly callId: string | null;
  /** The request that opened the conversation. */
  readonly opening: string;
};

function tellConversation(
  writer: Writer,
  begun: number,
  account: string,
  configuration: string,
  ownAddress: string,
  incident: Incident | null,
): void {
  const { random } = writer;
  const isSilent = incident === 'silent-call' || incident === 'stuck-active';
  const ordinary = channels[random() & 3] ?? 'SMS';
  const channel = isSilent ? 'VOICE' : incident === null ? ordinary : 'SMS';
  const scene: Scene = {
    writer,
    account,
    configuration,
    ownAddress,
    channel,
    conversation: writer.id('conv_conversation', begun),
    begun,
    callId: channel === 'VOICE' ? writer.sid('CA') : null,
    opening: writer.uuid(),
  };

  conversationEvent(scene, begun, 'ACTIVE', scene.opening);
  const agent = party(scene, begun + 1, scene.callId === null ? 'HUMAN_AGENT' : 'AGENT', '', ownAddress);
  participantEvent(scene, begun + 1, agent, null, scene.opening);
  const profile = writer.id('mem_profile', begun);
  const customer = resolveCustomer(scene, begun + 1, profile, incident);

  if (isSilent) {
    // Closed by hand a quarter of an hour later, or never.
    if (incident === 'silent-call') conversationEvent(scene, begun + 900_000, 'CLOSED', null);
    return;
  }

  let last = begun + 2;
  let other = customer;
  // Between two and ten, and rather few than many.
  const turns = Math.min(intBetween(random, 2, 10), intBetween(random, 2, 10));
  const joinsAt = turns >> 1;
  for (let turn = 0; turn < turns; turn++) {
    if (turn > 0) last += intBetween(random, 5_000, 60_000);
    if (turn === joinsAt) other = secondCustomer(scene, last, customer, profile, incident) ?? other;
    const [author, to] = turn % 2 === 0 ? [other, agent] : [agent, other];
    communicationEvent(scene, last, author, to, turn, turn === 0 ? scene.opening : null);
  }
  conversationEvent(scene, last + (scene.callId === null ? 600_000 : 300_000), 'INACTIVE', null);
  conversationEvent(scene, last + (scene.callId === null ? 3_600_000 : 1_800_000), 'CLOSED', null);
}

/** The customer joins, with a profile at once, a few seconds later, or with what the incident makes of it. */
function resolveCustomer(scene: Scene, time: number, profile: string, incident: Incident | null): Party {
  const { writer } = scene;
  const type = incident === 'unknown-participant' ? 'UNKNOWN' : 'CUSTOMER';
  const customer = party(scene, time, type, somebody(writer.random), phone(writer.random));
  const created = (profileId: string | null) => participantEvent(scene, time, customer, profileId, scene.opening);
  const arrives = (after: number) => participantEvent(scene, time + after, customer, profile, scene.opening);
  const fails = (after: number, code: 530001 | 530003 | 530004, reason: string) =>
    diagnosticEvent(scene, time + after, customer, code, reason);

  switch (incident) {
    case 'unknown-participant':
      created(null);
      break;
    case 'unresolved-customer':
    case 'store-outage':
      created(null);
      fails(2_000, 530003, '503 Service Unavailable');
      fails(4_000, 530004, '503 Service Unavailable');
      break;
    case 'creation-failed':
      created(null);
      fails(400, 530004, '404 Not Found: memory store is not accessible');
      break;
    case 'lookup-failed':
      created(null);
      fails(400, 530003, '400 Bad Request: malformed lookup');
      break;
    case 'duplicate-risk':
      created(null);
      fails(2_000, 530003, '504 Gateway Timeout');
      arrives(3_500);
      break;
    case 'resolution-skipped':
      created(null);
      fails(300, 530001, 'address cannot be mapped to an identifier');
      break;
    default:
      if ((writer.random() & 1) === 0) created(profile);
      else {
        created(null);
        arrives(intBetween(writer.random, 800, 5_000));
      }
  }
  return customer;
}

/** Whoever does not belong into the conversation; NULL where nothing of the kind happens. */
function secondCustomer(
  scene: Scene,
  time: number,
  first: Party,
  profile: string,
  incident: Incident | null,
): Party | null {
  const { writer, account } = scene;
  const joins = (address: string, profileId: string) => {
    const second = party(scene, time - 900, 'CUSTOMER', somebodyElse(writer.random, first.name), address);
    participantEvent(scene, time - 900, second, profileId, null);
    return second;
  };
  switch (incident) {
    case 'shared-profile':
      return joins(phone(writer.random), profile);
    case 'shared-address':
      return joins(first.address, writer.id('mem_profile', time));
    case 'multiple-customers':
      return joins(phone(writer.random), writer.id('mem_profile', time));
    case 'profile-merged-upstream': {
      const merged = writer.id('mem_profile', time - 5_000);
      const body = `{"created_by":"${account}","error_code":null,"interface_type":"API","latency_ms":120,"profile_id":"${profile}","merged_profile_ids":["${merged}"]}`;
      writer.line(scene.begun, kinds.merged, null, () => body);
      return joins(phone(writer.random), profile);
    }
    case 'request-spans-conversations': {
      const elsewhere = { ...scene, conversation: writer.id('conv_conversation', scene.begun) };
      conversationEvent(elsewhere, scene.begun + 1, 'ACTIVE', scene.opening);
      const stranger = party(elsewhere, scene.begun + 2, 'CUSTOMER', somebody(writer.random), phone(writer.random));
      participantEvent(elsewhere, scene.begun + 2, stranger, writer.id('mem_profile', scene.begun), scene.opening);
      communicationEvent(elsewhere, scene.begun + 3, stranger, first, 0, scene.opening);
      conversationEvent(elsewhere, scene.begun + 3_600_000, 'CLOSED', null);
      return null;
    }
    default:
      return null;
  }
}

const channels: readonly BenchChannel[] = ['SMS', 'SMS', 'WHATSAPP', 'VOICE'];
/** Each account has a number of its own, below those of customers. */
const firstOwnNumber = 100_100;

function phone(random: Random): string {
  return `+1555${String(2_000_000 + intBelow(random, 7_999_999))}`;
}

function party(scene: Scene, joined: number, type: string, name: string, givenAddress: string): Party {
  const isComplete = scene.channel !== 'WHATSAPP' || givenAddress.startsWith('whatsapp:');
  const address = isComplete ? givenAddress : `whatsapp:${givenAddress}`;
  return {
    id: scene.writer.id('conv_participant', joined),
    type,
    name: name === '' ? address : name,
    address,
    joined,
  };
}

function conversationEvent(
  scene: Scene,
  time: number,
  status: 'ACTIVE' | 'INACTIVE' | 'CLOSED',
  request: string | null,
): void {
  const kind = status === 'ACTIVE' ? kinds.opened : kinds.changed;
  scene.writer.line(time, kind, request, () => {
    const { conversation, account, configuration, begun } = scene;
    return `{"id":"${conversation}","accountId":"${account}","configurationId":"${configuration}","status":"${status}","createdAt":"${iso(begun)}","updatedAt":"${iso(time)}"}`;
  });
}

/** Joins the conversation, or is updated later than it joined. */
function participantEvent(
  scene: Scene,
  time: number,
  who: Party,
  profileId: string | null,
  request: string | null,
): void {
  const kind = time === who.joined ? kinds.joined : kinds.resolved;
  scene.writer.line(time, kind, request, () => {
    const place = `"addresses":[{"channel":"${scene.channel}","address":"${who.address}","channelId":${orNull(scene.callId)}}]`;
    return `{"id":"${who.id}",${belonging(scene)},"name":"${who.name}","type":"${who.type}","profileId":${orNull(profileId)},${place},"createdAt":"${iso(who.joined)}","updatedAt":"${iso(time)}"}`;
  });
}

function communicationEvent(
  scene: Scene,
  time: number,
  author: Party,
  to: Party,
  turn: number,
  request: string | null,
): void {
  const { writer, channel, callId } = scene;
  writer.line(time, kinds.said, request, () => {
    const text = sentences[(turn + (writer.random() % 5) * 10) % sentences.length] ?? '';
    const content =
      callId === null
        ? `{"type":"TEXT","text":"${text}"}`
        : `{"type":"TRANSCRIPTION","text":"${text}","transcription":{"channel":${turn % 2},"confidence":0.94}}`;
    const channelId = callId ?? writer.sid('SM');
    const resourceId = callId === null ? channelId : `${callId}-${turn}`;
    const at = iso(time);
    return `{"id":"${writer.id('conv_communication', time)}",${belonging(scene)},"author":{"address":"${author.address}","channel":"${channel}","participantId":"${author.id}"},"content":${content},"recipients":[{"address":"${to.address}","channel":"${channel}","participantId":"${to.id}","deliveryStatus":"DELIVERED"}],"channelId":"${channelId}","resourceId":"${resourceId}","createdAt":"${at}","updatedAt":"${at}"}`;
  });
}

function belonging({ conversation, account }: Scene): string {
  return `"conversationId":"${conversation}","accountId":"${account}"`;
}

function diagnosticEvent(
  scene: Scene,
  time: number,
  about: Party,
  code: 530001 | 530003 | 530004,
  reason: string,
): void {
  const level = code === 530004 ? 'ERROR' : 'WARNING';
  const status = code === 530001 ? 'SKIPPED' : 'FAILED';
  const kind = kindOf('diagnostic', `"level":"${level}","errorCode":${code},"errorReason":"${reason}"`);
  const body = `{"resourceSid":"${about.id}","errorCode":${code},"status":"${status}","accountId":"${scene.account}"}`;
  scene.writer.line(time, kind, scene.opening, () => body);
}

function orNull(text: string | null): string {
  return text === null ? 'null' : `"${text}"`;
}

function somebody(random: Random): string {
  return `${firstNames[random() % firstNames.length]} ${lastNames[random() % lastNames.length]}`;
}

function somebodyElse(random: Random, than: string): string {
  for (;;) {
    const name = somebody(random);
    if (name !== than) return name;
  }
}

const sentences = Array.from({ length: 50 }, (_, index) => {
  const things = ['my order', 'the invoice', 'your appointment', 'the delivery', 'this parcel'];
  const verbs = [
    'has arrived',
    'is on its way',
    'was moved to Friday',
    'needs a signature',
    'can be changed online',
    'is not what I asked for',
    'will be ready at noon',
    'was paid last week',
    'was sent back',
    'is waiting at the counter',
  ];
  return `Hello, ${things[Math.floor(index / 10)]} ${verbs[index % 10]}, thank you.`;
});

/** Writes the lines to a file and returns how many bytes they are. */
export function writeBenchData(path: string, options: BenchOptions): number {
  return writeLines(path, benchLines(options));
}

/** Writes lines of ASCII to a file as they come, and returns how many bytes they are. */
export function writeLines(path: string, lines: Iterable<string>): number {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  const buffer = Buffer.alloc(1 << 22);
  const longestLine = 4096;
  let bytes = 0;
  let used = 0;
  for (const line of lines) {
    used += buffer.write(line, used, 'latin1');
    if (used < buffer.length - longestLine) continue;
    bytes += writeSync(file, buffer, 0, used);
    used = 0;
  }
  bytes += writeSync(file, buffer, 0, used);
  closeSync(file);
  return bytes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '2000000' },
      accounts: { type: 'string', default: '1' },
      seed: { type: 'string', default: 'bench' },
      out: { type: 'string', default: fileURLToPath(new URL('../bench/data/events.ndjson', import.meta.url)) },
    },
  });
  const began = performance.now();
  const options = { events: Number(values.events), accounts: Number(values.accounts), seed: values.seed };
  const bytes = writeBenchData(values.out, options);
  const seconds = (performance.now() - began) / 1000;
  console.error(
    `${values.out}: ${options.events} events, ${bytes} bytes, ${Math.round(options.events / seconds)} events/s`,
  );
}
