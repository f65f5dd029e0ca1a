import type { StoryRecord, Touched } from '../trace/story.ts';
import { clip, count, formatTime } from './text.ts';

/*
 * What records and entities say, in a line: the columns that matter to somebody who follows an id. Their values come from
 * files of strangers, so nothing is taken for granted about them.
 */

type Data = Readonly<Record<string, unknown>>;

/** A short form of an id that stands in full elsewhere in the report. */
type TailOf = (id: string) => string;

/** What the export tells of something that events name; empty where there is nothing but its id. */
export function toldOfEntity({ type, data }: Touched, tailOf: TailOf): string {
  if (type === 'conversation') return joined(conversation(data));
  if (type === 'participant') return joined(participant(data, tailOf));
  return '';
}

function conversation(data: Data): readonly string[] {
  const begun = textOf(data.created_at);
  const numbers = [
    counted(data.participants, 'participant'),
    counted(data.communications, 'communication'),
    listOf(data.channels).join(', '),
  ];
  return [
    textOf(data.status),
    begun === '' ? '' : `created ${formatTime(begun)}${data.seen_begin === true ? '' : ', before the export'}`,
    timed('inactive', data.inactive_at),
    timed('closed', data.closed_at),
    timed('deleted', data.deleted_at),
    ...numbers,
  ];
}

function participant(data: Data, tailOf: TailOf): readonly string[] {
  const addresses = Array.isArray(data.addresses) ? data.addresses : [];
  const name = textOf(data.name);
  const places = addresses.map((each: unknown) =>
    isData(each) ? [textOf(each.channel), textOf(each.address)].filter((text) => text !== '').join(' ') : '',
  );
  return [
    textOf(data.participant_type),
    // Where nobody has a name, the address stands for it.
    places.some((place) => place.endsWith(` ${name}`)) ? '' : name,
    ...places,
    textOf(data.profile_id) === '' ? '' : `profile ${tailOf(textOf(data.profile_id))}`,
    timed('removed', data.removed_at),
  ];
}

/** What a record says, besides its id and time. */
export function toldOfRecord({ type, data }: StoryRecord, tailOf: TailOf): string {
  switch (type) {
    case 'operation':
      return joined([
        textOf(data.status),
        timed('completed', data.completed_at),
        textOf(data.error_title),
        textOf(data.error_detail),
        listOf(data.related_ids).length === 0 ? '' : `for ${listOf(data.related_ids).map(tailOf).join(', ')}`,
      ]);
    case 'message':
      return joined([
        `${textOf(data.from_address)} → ${textOf(data.to_address)}`,
        textOf(data.direction),
        textOf(data.status),
        textOf(data.error_code) === '' ? '' : `error ${textOf(data.error_code)}`,
      ]);
    case 'call':
      return joined([
        `${textOf(data.from_address)} → ${textOf(data.to_address)}`,
        textOf(data.call_type),
        textOf(data.direction),
        textOf(data.status),
        typeof data.duration_seconds === 'number' ? counted(data.duration_seconds, 'second') : '',
        timed('until', data.ended_at),
      ]);
    case 'api-error':
      return joined([
        `${textOf(data.method)} ${textOf(data.path)}`.trim(),
        [textOf(data.http_status) === '' ? '' : `HTTP ${textOf(data.http_status)}`, textOf(data.code)]
          .filter((text) => text !== '')
          .join(', code '),
        textOf(data.message),
      ]);
    case 'configuration':
      return joined(configuration(data));
    case 'store':
      return joined([textOf(data.display_name), textOf(data.status)]);
    case 'intelligence-configuration':
      return joined([textOf(data.display_name), counted(listLength(data.rules), 'rule')]);
    case 'conversation-snapshot':
      return joined([textOf(data.status), textOf(data.name)]);
    case 'participant-snapshot':
      return joined(participant(data, tailOf));
    case 'communication-snapshot':
      return joined([textOf(data.channel), textOf(data.address), textOf(data.channel_id)]);
    case 'observation':
      return joined([
        ...(textOf(data.profile_id) === '' ? [] : [`of profile ${tailOf(textOf(data.profile_id))}`]),
        ...listOf(data.conversation_ids).map((each) => `from conversation ${tailOf(each)}`),
      ]);
  }
}

function configuration(data: Data): readonly string[] {
  const since = textOf(data.valid_from);
  const until = textOf(data.valid_until);
  const span = `${since === '' ? '' : ` since ${formatTime(since)}`}${until === '' ? '' : ` until ${formatTime(until)}`}`;
  const force =
    data.in_force === true
      ? `in force${span}`
      : data.in_force === false
        ? `not in force then, but${span || ' later'}`
        : '';
  const channels = (Array.isArray(data.channels) ? data.channels : []).map((each: unknown) =>
    isData(each) ? `${textOf(each.channel)} ${timeouts(each)}` : '',
  );
  return [
    textOf(data.display_name),
    force,
    textOf(data.grouping_type),
    textOf(data.memory_store_id) === '' ? 'no memory store' : '',
    data.memory_extraction_enabled === true ? 'memory extraction on' : 'memory extraction off',
    channels.length === 0 ? 'no channels' : `timeouts in minutes: ${channels.join(', ')}`,
  ];
}

function timeouts(channel: Data): string {
  if (channel.has_timeouts !== true) return 'none';
  const inactive = textOf(channel.inactive_minutes);
  const closed = textOf(channel.closed_minutes);
  return [...(inactive === '' ? [] : [`inactive ${inactive}`]), ...(closed === '' ? [] : [`closed ${closed}`])].join(
    '/',
  );
}

function joined(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => clip(part, 300))
    .join(', ');
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((each: unknown) => (typeof each === 'string' ? [each] : [])) : [];
}

function listLength(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function counted(value: unknown, one: string): string {
  return typeof value === 'number' && value > 0 ? count(value, one) : '';
}

function timed(word: string, value: unknown): string {
  const time = textOf(value);
  return time === '' ? '' : `${word} ${formatTime(time)}`;
}
