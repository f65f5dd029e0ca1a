import { errorCode } from '../model/error-dictionary.ts';
import type { EventForm } from './event-forms.ts';
import type { Names } from './names.ts';
import { filled, filledText } from './placeholders.ts';
import { parseCaseTime } from './times.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A log entry as the Debugger exports it. */
export type CaseEntry = Fields & { readonly logId: string; readonly eventTime: string };

type Resource = Fields & { readonly id: string };

/**
 * The log entries of a case, in the order in which they are written.
 * @throws CaseError for a `{name}` that the case does not know
 */
export function logEntries(
  events: readonly EventForm[],
  world: {
    readonly names: Names;
    readonly accountId: string;
    /** Tells the accounts of a run apart. */
    readonly number: number;
    readonly start: number;
    readonly lean: boolean;
  },
): readonly CaseEntry[] {
  const { names, accountId, number, start } = world;
  const known = new Map<string, Resource>();
  let now = start;

  return events.map((form, place) => {
    now = form.at === undefined ? now : (parseCaseTime(form.at, start) ?? now);
    const time = now;
    const iso = new Date(time).toISOString();
    const entity = form.type.split('.')[0] ?? '';
    // As real ones: milliseconds, and what tells entries of the same millisecond apart. Ties break in the order in which they are written.
    const logId = `${time}-${hex(place, 4)}${hex(number, 8)}`;
    names.call(logId, `event-${place + 1}`);
    const requestId = form.request === null ? null : names.id('request', form.request ?? `request-${place + 1}`);
    const correlation = form.correlation === undefined ? form.request : form.correlation;
    const resource = bodyOf(entity);
    const body = (form.lean ?? world.lean) ? queryable(entity, resource) : resource;
    return {
      logId,
      eventTime: iso,
      source: form.source ?? sourceOf(form.type),
      eventType: form.type,
      level: form.level ?? levelOf(form.errorCode),
      errorCode: form.errorCode ?? 0,
      errorReason: form.errorReason === undefined ? null : filledText(form.errorReason, names),
      requestId,
      correlationId: correlation === undefined ? requestId : correlation && names.id('request', correlation),
      accountId,
      body: { ...without(body, form.omit ?? []), ...filledFields(form.body ?? {}) },
    };

    function bodyOf(of: string): Fields {
      switch (of) {
        case 'conversation':
          return remembered(conversation());
        case 'participant':
          return remembered(participant());
        case 'communication':
          return remembered(communication());
        case 'diagnostic':
          return diagnostic();
        default:
          return neighbour();
      }
    }

    function remembered(resource: Resource): Resource {
      known.set(resource.id, resource);
      return resource;
    }

    function times(before: Resource | undefined): Fields {
      const created = form.createdAt === undefined ? null : parseCaseTime(form.createdAt, start);
      const createdAt = created === null ? (before?.createdAt ?? iso) : new Date(created).toISOString();
      return { accountId, createdAt, updatedAt: iso };
    }

    function idOf(
      kind: 'conversation' | 'participant' | 'communication' | 'configuration' | 'store' | 'profile',
    ): string | undefined {
      const name = form[kind];
      return name === undefined || name === null ? undefined : names.id(kind, name);
    }

    function conversation(): Resource {
      const id = names.id('conversation', form.conversation ?? 'conversation');
      const before = known.get(id);
      return {
        id,
        ...times(before),
        configurationId: idOf('configuration') ?? before?.configurationId ?? null,
        status: form.status ?? before?.status ?? 'ACTIVE',
        name: form.name === undefined ? (before?.name ?? null) : form.name,
      };
    }

    function participant(): Resource {
      const id = names.id('participant', form.participant ?? 'participant');
      const before = known.get(id);
      const given = addressesOf();
      const profile = form.profile === undefined ? (before?.profileId ?? null) : (idOf('profile') ?? null);
      const addresses = given ?? before?.addresses ?? [];
      return {
        id,
        conversationId: idOf('conversation') ?? before?.conversationId ?? null,
        ...times(before),
        name: form.name === undefined ? (before?.name ?? given?.[0]?.address ?? null) : form.name,
        type: form.participantType ?? before?.type ?? null,
        profileId: profile,
        addresses,
      };
    }

    function communication(): Resource {
      const id = names.id('communication', form.communication ?? `communication-${place + 1}`);
      const before = known.get(id);
      const authorId = idOf('participant') ?? field(before?.author, 'participantId');
      const own = addressOf(authorId);
      const channel = form.channel ?? field(before?.author, 'channel') ?? field(own, 'channel') ?? null;
      const isSpoken = channel === 'VOICE';
      const channelId =
        form.channelId === undefined
          ? (before?.channelId ?? null)
          : form.channelId === null
            ? null
            : names.id(isSpoken ? 'call' : 'message', form.channelId);
      return {
        id,
        conversationId: idOf('conversation') ?? before?.conversationId ?? null,
        ...times(before),
        author: {
          participantId: authorId ?? null,
          channel,
          address: form.address ?? field(before?.author, 'address') ?? field(own, 'address') ?? null,
        },
        content:
          form.text === undefined
            ? (before?.content ?? null)
            : { type: isSpoken ? 'TRANSCRIPTION' : 'TEXT', text: form.text },
        recipients: form.recipients?.map(recipient) ?? before?.recipients ?? [],
        channelId,
        resourceId: form.resourceId === undefined ? (before?.resourceId ?? null) : resourceId(isSpoken),
        occurredAt: before?.occurredAt ?? (form.createdAt === undefined ? iso : times(before).createdAt),
      };
    }

    /** On voice the id of a piece of transcription; elsewhere the message. */
    function resourceId(isSpoken: boolean): string | null {
      if (form.resourceId === undefined || form.resourceId === null || isSpoken) return form.resourceId ?? null;
      return names.id('message', form.resourceId);
    }

    function recipient(given: NonNullable<EventForm['recipients']>[number]): Fields {
      const id = given.participant === undefined ? undefined : names.id('participant', given.participant);
      const own = addressOf(id);
      return {
        participantId: id ?? null,
        channel: given.channel ?? field(own, 'channel') ?? null,
        address: given.address ?? field(own, 'address') ?? null,
        deliveryStatus: given.deliveryStatus ?? 'DELIVERED',
      };
    }

    function diagnostic(): Fields {
      const name = form.about ?? form.participant ?? form.conversation ?? 'participant';
      const isConversation =
        form.about === undefined
          ? form.participant === undefined && form.conversation !== undefined
          : names.idsOf(form.about).has('conversation') && !names.idsOf(form.about).has('participant');
      return {
        resourceSid: names.id(isConversation ? 'conversation' : 'participant', name),
        errorCode: form.errorCode ?? 0,
        status: form.status ?? statuses.get(form.errorCode ?? 0) ?? null,
        accountId,
      };
    }

    /** Products beside the orchestrator write snake_case. */
    function neighbour(): Fields {
      const ids = {
        conversation_id: idOf('conversation'),
        participant_id: idOf('participant'),
        profile_id: idOf('profile'),
        store_id: idOf('store'),
      };
      return {
        account_id: accountId,
        ...Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined)),
        error_code: form.errorCode ?? null,
      };
    }

    function addressesOf() {
      if (form.addresses !== undefined) {
        return form.addresses.map(({ channel, address, channelId }) => ({
          channel,
          address,
          channelId: channelIdOf(channel, channelId),
        }));
      }
      if (form.address === undefined && form.channel === undefined && form.channelId === undefined) return undefined;
      const channel = form.channel ?? 'SMS';
      return [{ channel, address: form.address ?? null, channelId: channelIdOf(channel, form.channelId) }];
    }

    function channelIdOf(channel: string, name: string | null | undefined): string | null {
      return name === undefined || name === null ? null : names.id(channel === 'VOICE' ? 'call' : 'message', name);
    }

    function addressOf(participantId: string | undefined): unknown {
      const addresses = participantId === undefined ? undefined : known.get(participantId)?.addresses;
      if (!Array.isArray(addresses)) return undefined;
      const on = addresses.find((each) => field(each, 'channel') === form.channel);
      return on ?? addresses[0];
    }

    function filledFields(fields: Fields): Fields {
      return filled(fields, names);
    }
  });
}

const statuses: ReadonlyMap<number, string> = new Map([
  [530001, 'SKIPPED'],
  [530003, 'FAILED'],
  [530004, 'FAILED'],
]);

function levelOf(code: number | undefined): string {
  return code === undefined || code === 0 ? 'INFO' : (errorCode(code)?.level ?? 'ERROR');
}

function sourceOf(type: string): string {
  const [, , product] = type.split('.');
  if (!type.startsWith('com.twilio.')) return 'conversation-orchestrator';
  return product === 'knowledge' ? 'knowledge' : `conversation-${product}`;
}

/** What the Debugger documents as queryable; lean exports hold nothing else. */
function queryable(entity: string, body: Fields): Fields {
  switch (entity) {
    case 'conversation':
      return { id: body.id, status: body.status };
    case 'participant':
      return { id: body.id, conversationId: body.conversationId, participantType: body.type };
    case 'communication':
      return {
        id: body.id,
        conversationId: body.conversationId,
        author: { participantId: field(body.author, 'participantId') },
      };
    case 'diagnostic':
      return { resourceSid: body.resourceSid, errorCode: body.errorCode, status: body.status };
    default:
      return body;
  }
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}

function field(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof found === 'string' ? found : undefined;
}
