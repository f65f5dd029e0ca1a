import stringWidth from 'string-width';
import { typeOfId } from '../trace/id-type.ts';
import type { StoryEvent } from '../trace/story.ts';
import type { Style } from './style.ts';
import { clip, count, formatDuration, placeText, wrap } from './text.ts';
import { type Cut, cutStory } from './trace-cut.ts';

export type TimelineOptions = {
  readonly width: number;
  readonly paint: Style;
  readonly all: boolean;
  /** A short form of an id that stands in full elsewhere in the report. */
  readonly tailOf: (id: string) => string;
  /** The mark of a finding in this report: `1`. */
  readonly markOf: (fingerprint: string) => string | undefined;
  /** Several conversations are in the story, so events say which. */
  readonly namesConversation: boolean;
  /** Likewise requests. */
  readonly namesRequest: boolean;
  /** Some events do not name the id themselves, so those that do are marked. */
  readonly marksOwn: boolean;
};

const longestType = 42;
const shownReason = 3;

/** Every event of a story on a line of its own, with the time since the one before it; what repeats itself is cut and counted. */
export function timelineLines(events: readonly StoryEvent[], options: TimelineOptions): string[] {
  const { width, paint } = options;
  const items = cutStory(events, options.all);
  const told = items.flatMap((item) => (isCut(item) ? [] : [item]));
  const typeWidth = Math.max(0, ...told.map(({ eventType }) => stringWidth(clip(eventType, longestType))));
  const gapWidth = Math.max(0, ...told.map((event) => stringWidth(gapText(event))));
  let day = '';
  return items.flatMap((item) => {
    if (isCut(item)) return cutLines(item, width, paint);
    const lines: string[] = [];
    if (item.gapStandsOut && item.gapMs !== null) {
      lines.push(`  ${paint.heading(`── ${formatDuration(item.gapMs)} without an event ──`)}`);
    }
    if (dayOf(item) !== day) {
      day = dayOf(item);
      lines.push(`  ${paint.quiet(day)}`);
    }
    return [...lines, ...eventLines(item, typeWidth, gapWidth, options)];
  });
}

function isCut(item: StoryEvent | Cut): item is Cut {
  return 'cut' in item;
}

function dayOf({ eventTime }: StoryEvent): string {
  return eventTime.slice(0, eventTime.indexOf('T'));
}

function timeOf({ eventTime }: StoryEvent): string {
  return eventTime.slice(eventTime.indexOf('T') + 1);
}

/** A gap that stands out has a line of its own. */
function gapText({ gapMs, gapStandsOut }: StoryEvent): string {
  return gapMs === null || gapStandsOut ? '' : `+${formatDuration(gapMs)}`;
}

function eventLines(event: StoryEvent, typeWidth: number, gapWidth: number, options: TimelineOptions): string[] {
  const { width, paint } = options;
  const own = options.marksOwn ? (event.reason === 'id' ? '• ' : '  ') : '';
  const gap = gapText(event);
  const lead = `  ${own}${timeOf(event)}  ${gapWidth === 0 ? '' : `${' '.repeat(gapWidth - stringWidth(gap))}${gap}  `}`;
  const type = clip(event.eventType, longestType);
  const loud =
    event.level === 'ERROR' ? paint.severity.error : event.level === 'WARNING' ? paint.severity.warning : null;
  const head = `${lead}${loud === null ? type : loud(type)}`;
  const place = placeText({ file: clip(event.file, 400), line: event.line });
  const marks = event.findings.flatMap((fingerprint) => options.markOf(fingerprint) ?? []).map((mark) => `[${mark}]`);
  const details = detailsOf(event, options);
  const [first = '', ...others] = details;
  const column = stringWidth(lead) + typeWidth;
  // What does not fit goes below, under the type or, where there is little room, further to the left: paths are long.
  const below = ' '.repeat(stringWidth(lead) + 2 > width / 2 ? 6 : stringWidth(lead) + 2);
  const parts: readonly Part[] = [
    { text: first === '' ? '' : `${' '.repeat(Math.max(0, column - stringWidth(lead) - stringWidth(type)))}${first}` },
    ...others.map((text) => ({ text })),
    ...(event.errorReason === null
      ? []
      : wrap(event.errorReason, width - below.length, shownReason).map((text) => ({ text, alone: true }))),
    ...marks.map((text) => ({ text, shown: paint.heading(text) })),
    { text: place, shown: paint.quiet(place) },
  ];
  return packed(`${lead}${type}`, head, parts, below, width);
}

/** `text` is what a part takes of the line, `shown` how it is painted; `alone` keeps it off lines with others. */
export type Part = { readonly text: string; readonly shown?: string; readonly alone?: boolean };

/** Parts one after the other on as few lines as they need; none is broken, for ids and places are there to be copied. */
export function packed(bare: string, painted: string, parts: readonly Part[], below: string, width: number): string[] {
  const lines: string[] = [];
  let line = painted;
  let used = stringWidth(bare);
  let closed = false;
  for (const { text, shown = text, alone = false } of parts) {
    if (text === '') continue;
    if (closed || alone || used + 2 + stringWidth(text) > width) {
      lines.push(line);
      line = `${below}${shown.trimStart()}`;
      used = below.length + stringWidth(text.trimStart());
    } else {
      line += `  ${shown}`;
      used += 2 + stringWidth(text);
    }
    closed = alone;
  }
  return [...lines, line];
}

/** What an event says, the most telling first; what the type says already is left out. */
function detailsOf(event: StoryEvent, { tailOf, namesConversation, namesRequest }: TimelineOptions): string[] {
  const kind = event.eventType.split('.')[0];
  const level = event.level === null || event.level === 'INFO' ? [] : [event.level];
  const code = event.errorCode === null ? [] : [String(event.errorCode)];
  const status = event.status === null ? [] : [clip(event.status, 30)];
  const who = [event.participantType, event.name === event.address ? null : event.name]
    .flatMap((text) => (text === null ? [] : clip(text, 40)))
    .join(' ');
  const where = [event.channel, event.address].flatMap((text) => (text === null ? [] : clip(text, 60))).join(' ');
  const called = (type: string, id: string | null) => (id === null ? [] : [`${type} ${tailOf(id)}`]);
  const resource =
    event.resourceId !== null &&
    event.resourceId !== event.channelId &&
    event.resourceId !== event.participantId &&
    event.resourceId !== event.conversationId
      ? [tailOf(event.resourceId)]
      : [];
  return [
    [...level, ...code, ...status].join(' '),
    who,
    where,
    ...(kind === 'communication' ? called('communication', event.communicationId) : []),
    ...called(kind === 'communication' ? 'by participant' : 'participant', event.participantId),
    ...called('profile', event.profileId),
    ...called(event.channelId === null ? '' : typeOfId(event.channelId), event.channelId),
    ...resource,
    ...(namesConversation ? called('conversation', event.conversationId) : []),
    ...(namesRequest ? called('request', event.requestId) : []),
  ].filter((text) => text !== '');
}

function cutLines({ cut }: Cut, width: number, paint: Style): string[] {
  const types = new Map<string, number>();
  for (const { eventType } of cut) types.set(eventType, (types.get(eventType) ?? 0) + 1);
  const named = [...types]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([type, n]) => `${n} ${clip(type, longestType)}`);
  const rest = types.size - named.length;
  const [first] = cut;
  const last = cut.at(-1);
  if (first === undefined || last === undefined) return [];
  const span = Date.parse(last.eventTime) - Date.parse(first.eventTime);
  const told = `… ${count(cut.length, 'more event')} within ${formatDuration(span)}: ${named.join(', ')}${rest > 0 ? `, and ${count(rest, 'more type')}` : ''}`;
  return wrap(told, width - 6, 3).map((line, at) => `${at === 0 ? '  ' : '    '}${paint.quiet(line)}`);
}

/** The short form of ids: their last characters, as many as tell them apart. */
export function tailsOf(ids: Iterable<string>): (id: string) => string {
  const distinct = [...new Set(ids)];
  let length = 6;
  while (length < 24 && new Set(distinct.map((id) => id.slice(-length))).size < distinct.length) length += 2;
  return (id) => (id.length <= length + 2 ? clip(id, 40) : `…${clip(id.slice(-length), length)}`);
}
