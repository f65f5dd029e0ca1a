import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { fetchKnown, type KnownValue } from '../redact/known.ts';
import { typeOfId } from '../trace/id-type.ts';
import type { EventForm } from './event-forms.ts';
import { createFreeText, type Mentionable } from './free-text.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';
import { caseTime } from './times.ts';

const text = z.string().nullable();

const row = z.object({
  event_key: z.bigint(),
  time: z.number(),
  source: z.string(),
  event_type: z.string(),
  level: text,
  error_code: z.number().nullable(),
  error_reason: text,
  request_id: text,
  correlation_id: text,
  conversation_id: text,
  participant_id: text,
  communication_id: text,
  resource_id: text,
  status: text,
  participant_type: text,
  profile_id: text,
  channel: text,
  address: text,
  channel_id: text,
  configuration_id: text,
  name: text,
  several_addresses: z.array(z.object({ channel: text, address: text, channelId: text })).nullable(),
  recipients: z.array(z.object({ channel: text, address: text, participantId: text, deliveryStatus: text })).nullable(),
  store_id: text,
  text_hash: text,
  shows_times: z.boolean(),
  shows_profile: z.boolean(),
});
type Row = z.infer<typeof row>;

/** What an export tells of a subject, as a case would say it: other names, numbers, texts and ids, times from its first event. */
export type RetoldEvents = {
  readonly events: readonly EventForm[];
  /** The name of the subject in them. */
  readonly subject: string;
  readonly asOf: string;
  readonly lean: boolean;
};

/**
 * The events of the story that `followId` has found in an account, retold in short form. Of their payloads it keeps what the short form has a word for.
 * @param asOf where the export of the account ends
 */
export async function retellEvents(
  session: Session,
  { subject, account, asOf }: { readonly subject: string; readonly account: string; readonly asOf: Date },
): Promise<RetoldEvents> {
  const rows = await session.rows(row, await sqlFile(import.meta.url, './subject-events.sql'), { account });
  const start = Math.floor((rows[0]?.time ?? asOf.getTime()) / 1000) * 1000;
  const called = createCallers(rows);
  const people = createPseudonyms();
  const reasons = rows.flatMap(({ error_reason }) => error_reason ?? []);
  const free = createFreeText(called, people, mentionable(rows, await fetchKnown(session, reasons)));
  const lean = rows.every((each) => !each.shows_times);
  const before = new Map<string, EventForm>();
  const homes: Homes = new Map();
  const events = rows.map((each): EventForm => {
    const form = shortForm(each, { called, people, free, subject, start, rows, lean });
    const entity = each.event_type.split('.')[0] ?? '';
    const id = idOf(each, entity);
    const known = id === null ? undefined : before.get(id);
    if (entity === 'participant' && id !== null && form.address !== undefined) {
      homes.set(called(id), { channel: form.channel, address: form.address });
    }
    if (id !== null) before.set(id, { ...known, ...form });
    const told = entity === 'communication' ? withoutHomes(form, homes) : form;
    return known === undefined ? told : withoutRepeats(told, known);
  });
  return { events, subject: called(subject), asOf: caseTime(asOf.getTime(), start), lean };
}

type Call = (id: string) => string;

/** Names by kind, in the order in which they occur: `conversation`, `conversation-2`, `customer`, `agent`, … */
function createCallers(rows: readonly Row[]): Call {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const types = new Map(
    rows.flatMap(({ participant_id, participant_type }) =>
      participant_id === null || participant_type === null ? [] : [[participant_id, participant_type] as const],
    ),
  );
  return (id) => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const word = wordOf(id, types.get(id));
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    // `request-2` is the request of the second event where that names none.
    const name = count === 1 ? word : word === 'request' ? `request-no-${count}` : `${word}-${count}`;
    names.set(id, name);
    return name;
  };
}

function wordOf(id: string, participantType: string | undefined): string {
  if (participantType !== undefined)
    return participantType === 'CUSTOMER' ? 'customer' : participantType.toLowerCase().replaceAll('_', '-');
  const type = typeOfId(id);
  return type === 'resource' ? 'request' : type;
}

/** What a reason can name: all that the story tells of, and whoever else the export knows. */
function mentionable(rows: readonly Row[], known: readonly KnownValue[]): Mentionable {
  const ids = rows.flatMap((each) => [
    each.conversation_id,
    each.participant_id,
    each.communication_id,
    each.resource_id,
    each.profile_id,
    each.channel_id,
    each.configuration_id,
    each.store_id,
    ...(each.several_addresses ?? []).map(({ channelId }) => channelId),
    ...(each.recipients ?? []).map(({ participantId }) => participantId),
  ]);
  const requests = rows.flatMap(({ request_id, correlation_id }) => [request_id, correlation_id]);
  const addresses = rows.flatMap((each) => [
    each.address,
    ...(each.several_addresses ?? []).map(({ address }) => address),
    ...(each.recipients ?? []).map(({ address }) => address),
  ]);
  const isThere = (value: string | null) => value !== null;
  return {
    ids: ids.filter(isThere),
    requests: requests.filter(isThere),
    names: [...rows.flatMap(({ name }) => name ?? []), ...known.flatMap(({ text, isName }) => (isName ? [text] : []))],
    addresses: [...addresses.filter(isThere), ...known.flatMap(({ text, isName }) => (isName ? [] : [text]))],
  };
}

type Telling = {
  readonly called: Call;
  readonly people: Pseudonyms;
  readonly free: (text: string) => string;
  /** A request that the case is about is named, though one event alone may be of it. */
  readonly subject: string;
  readonly start: number;
  readonly rows: readonly Row[];
  readonly lean: boolean;
};

function shortForm(each: Row, { called, people, free, subject, start, rows, lean }: Telling): EventForm {
  const entity = each.event_type.split('.')[0] ?? '';
  const isShared = (id: string) =>
    id === subject ||
    rows.some(
      (other) =>
        (other !== each && (other.request_id === id || other.correlation_id === id)) ||
        other.error_reason?.includes(id) === true,
    );
  const name = (id: string | null) => (id === null ? undefined : called(id));
  const address = (value: string | null) => (value === null ? undefined : people.address(value));
  const isEntity = entity === 'conversation' || entity === 'participant' || entity === 'communication';
  const several = each.several_addresses?.flatMap((one) =>
    one.address === null
      ? []
      : [
          {
            channel: one.channel ?? 'SMS',
            address: people.address(one.address),
            ...(one.channelId === null ? {} : { channelId: called(one.channelId) }),
          },
        ],
  );
  const form: { readonly [key in keyof EventForm]: EventForm[key] } = {
    type: each.event_type,
    at: caseTime(each.time, start),
    ...(isEntity && !lean && !each.shows_times ? { lean: true } : {}),
    conversation: entity === 'diagnostic' ? undefined : name(each.conversation_id),
    participant: entity === 'diagnostic' ? undefined : name(each.participant_id),
    communication: name(each.communication_id),
    about: entity === 'diagnostic' ? name(each.resource_id ?? each.participant_id) : undefined,
    configuration: name(each.configuration_id),
    participantType: each.participant_type ?? undefined,
    // Full exports show that somebody has no profile, and that is what the short form takes for granted.
    profile:
      name(each.profile_id) ?? (entity === 'participant' && each.shows_profile && !each.shows_times ? null : undefined),
    store: isEntity ? undefined : name(each.store_id),
    status: each.status ?? undefined,
    name: each.name === null ? undefined : people.name(each.name),
    ...(several === undefined
      ? {
          channel: each.channel ?? undefined,
          address: address(each.address),
          channelId: name(each.channel_id),
        }
      : { addresses: several }),
    text: each.text_hash === null ? undefined : people.text(each.text_hash),
    resourceId: entity === 'communication' ? name(each.resource_id) : undefined,
    recipients: each.recipients?.map((one) => ({
      ...(one.participantId === null ? {} : { participant: called(one.participantId) }),
      ...(one.address === null ? {} : { address: people.address(one.address) }),
      ...(one.channel === null ? {} : { channel: one.channel }),
      ...(one.deliveryStatus === null ? {} : { deliveryStatus: one.deliveryStatus }),
    })),
    errorCode: each.error_code ?? undefined,
    errorReason: each.error_reason === null ? undefined : free(each.error_reason),
    level:
      each.level === 'INFO' || each.error_code !== null ? undefined : each.level === 'WARNING' ? 'WARNING' : 'ERROR',
    request: each.request_id === null ? null : isShared(each.request_id) ? called(each.request_id) : undefined,
    correlation:
      each.correlation_id === each.request_id || each.correlation_id === null ? undefined : called(each.correlation_id),
  };
  const told = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));
  return { type: each.event_type, ...told };
}

/** Channel and address of participants, by name. */
type Homes = Map<string, Pick<EventForm, 'channel' | 'address'>>;

/** Where the author and the recipients write from is known from their own events. */
function withoutHomes(form: EventForm, homes: Homes): EventForm {
  const isAtHome = (name: string | undefined, one: Pick<EventForm, 'channel' | 'address'>) => {
    const home = name === undefined ? undefined : homes.get(name);
    return home !== undefined && home.channel === one.channel && home.address === one.address;
  };
  const { channel, address, recipients, ...rest } = form;
  return {
    ...rest,
    ...(isAtHome(form.participant, form) ? {} : { channel, address }),
    ...(recipients === undefined
      ? {}
      : {
          recipients: recipients.map(({ deliveryStatus, ...one }) => ({
            ...(isAtHome(one.participant, one) ? { participant: one.participant } : one),
            ...(deliveryStatus === 'DELIVERED' ? {} : { deliveryStatus }),
          })),
        }),
  };
}

function idOf(each: Row, entity: string): string | null {
  if (entity === 'conversation') return each.conversation_id;
  if (entity === 'participant') return each.participant_id;
  return entity === 'communication' ? each.communication_id : null;
}

/** What an earlier event of the same says already, later ones carry by themselves. */
function withoutRepeats(form: EventForm, before: EventForm): EventForm {
  const always = new Set([
    'type',
    'at',
    'conversation',
    'participant',
    'communication',
    'request',
    'correlation',
    'lean',
  ]);
  const earlier = new Map(Object.entries(before));
  const left = Object.entries(form).filter(
    ([key, value]) => always.has(key) || JSON.stringify(value) !== JSON.stringify(earlier.get(key)),
  );
  return { type: form.type, ...Object.fromEntries(left) };
}
