import { gapsOf } from '../../../trace/gaps.ts';
import type { TimelineEvent } from '../page-data.ts';

const lanes = [
  { id: 'requests', label: 'Requests' },
  { id: 'conversation', label: 'Conversation' },
  { id: 'participants', label: 'Participants' },
  { id: 'communications', label: 'Communications' },
  { id: 'diagnostics', label: 'Diagnostics' },
  { id: 'other', label: 'Other sources' },
] as const;
export type LaneId = (typeof lanes)[number]['id'];

/** A silence that stands out, drawn narrow so that what lies around it has room. */
export type Gap = { readonly x: number; readonly width: number; readonly ms: number; readonly before: string };
export type Mark = { readonly at: number; readonly event: TimelineEvent; readonly x: number; readonly y: number };
export type Span = {
  readonly requestId: string;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly events: number;
};
export type Lane = { readonly id: LaneId; readonly label: string; readonly top: number; readonly height: number };
export type Tick = { readonly x: number; readonly time: number };

export type Layout = {
  readonly lanes: readonly Lane[];
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
  readonly gaps: readonly Gap[];
  readonly ticks: readonly Tick[];
  readonly left: number;
  readonly height: number;
};

export const labelWidth = 112;
const right = 14;
const top = 18;
const bottom = 20;
const widestGap = 56;
/** Many silences are no silences any more, and all of them together take so much of the drawing. */
const mostGaps = 8;
const gapShare = 0.3;
/** What is shorter than this part of the whole would be hardly seen without being drawn narrow. */
const leastPart = 1 / 30;
const step = 13;
const markWidth = 12;
const mostSteps = 6;
const tickWidth = 62;

/** Where everything of a timeline stands in a drawing of some width. Events come in the order of time. */
export function layOut(events: readonly TimelineEvent[], width: number): Layout {
  const scale = scaleOf(events, labelWidth + 10, width - right);
  const placed: { readonly lane: LaneId; readonly at: number; readonly event: TimelineEvent; readonly x: number }[] =
    events.map((event, at) => ({ lane: laneOf(event), at, event, x: scale.xOf(at) }));
  const spans = spansOf(placed);

  const drawn: Lane[] = [];
  const marks: Mark[] = [];
  const drawnSpans: Span[] = [];
  let y = top;
  for (const { id, label } of lanes) {
    const own = id === 'requests' ? [] : placed.filter(({ lane }) => lane === id);
    const bars = id === 'requests' ? spans : [];
    if (own.length + bars.length === 0) continue;
    const pile = piles();
    for (const { at, event, x } of own) marks.push({ at, event, x, y: y + step * pile(x, x) + step });
    for (const bar of bars) drawnSpans.push({ ...bar, y: y + step * pile(bar.x, bar.x + bar.width) + step });
    const height = step * (pile.height() + 1);
    drawn.push({ id, label, top: y, height });
    y += height;
  }
  marks.sort((a, b) => a.at - b.at);
  return {
    lanes: drawn,
    marks,
    spans: drawnSpans,
    gaps: scale.gaps,
    ticks: scale.ticks,
    left: labelWidth,
    height: y + bottom,
  };
}

function laneOf({ eventType }: TimelineEvent): LaneId {
  if (eventType.startsWith('conversation.')) return 'conversation';
  if (eventType.startsWith('participant.')) return 'participants';
  if (eventType.startsWith('communication.')) return 'communications';
  return eventType === 'diagnostic' ? 'diagnostics' : 'other';
}

/** Time runs evenly between silences that stand out; those are all drawn with the same width. */
function scaleOf(events: readonly TimelineEvent[], from: number, to: number) {
  const times = events.map(({ eventTime }) => Date.parse(eventTime));
  const gaps = gapsOf(events.map(({ requestId }, at) => ({ time: times[at] ?? 0, requestId })));
  const whole = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const breaks = gaps
    .flatMap(({ ms, standsOut }, at) => (ms !== null && standsOut && ms >= whole * leastPart ? [{ at, ms }] : []))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, mostGaps)
    .sort((a, b) => a.at - b.at);
  const gapWidth = Math.min(widestGap, ((to - from) * gapShare) / Math.max(1, breaks.length));
  const starts = [0, ...breaks.map(({ at }) => at)];
  const segments = starts.map((start, segment) => {
    const end = (starts[segment + 1] ?? times.length) - 1;
    const [begin, until] = [times[start] ?? 0, times[end] ?? 0];
    const moments = new Set(times.slice(start, end + 1)).size;
    // Neither a long quiet stretch nor many events of one moment take all the room.
    return {
      start,
      end,
      begin,
      ms: until - begin,
      weight: 1 + Math.sqrt(moments) + Math.log10(1 + (until - begin)) / 3,
    };
  });
  const room = Math.max(to - from - breaks.length * gapWidth, 60);
  const weights = segments.reduce((sum, { weight }) => sum + weight, 0);
  const xs: number[] = [];
  const drawnGaps: Gap[] = [];
  const ticks: Tick[] = [];
  let x = from;
  for (const [at, segment] of segments.entries()) {
    const span = (room * segment.weight) / weights;
    const inner = segment.ms === 0 ? 0 : span - markWidth;
    for (let event = segment.start; event <= segment.end; event++) {
      const share = segment.ms === 0 ? 0 : ((times[event] ?? 0) - segment.begin) / segment.ms;
      xs[event] = x + markWidth / 2 + share * inner;
    }
    const many = Math.max(1, Math.floor(span / tickWidth));
    for (let tick = 0; tick < many; tick++) {
      const share = many === 1 ? 0 : tick / (many - 0.4);
      const place = x + markWidth / 2 + share * inner;
      if (place - (ticks.at(-1)?.x ?? Number.NEGATIVE_INFINITY) < tickWidth) continue;
      if (tick > 0 && segment.ms * share < 1) continue;
      ticks.push({ x: place, time: segment.begin + share * segment.ms });
    }
    x += span;
    const gap = breaks[at];
    if (gap !== undefined) {
      drawnGaps.push({ x, width: gapWidth, ms: gap.ms, before: events[gap.at]?.eventTime ?? '' });
      x += gapWidth;
    }
  }
  return { xOf: (at: number) => xs[at] ?? from, gaps: drawnGaps, ticks };
}

/** A request is drawn from its first to its last event. */
function spansOf(placed: readonly { readonly event: TimelineEvent; readonly x: number }[]): readonly Omit<Span, 'y'>[] {
  const byRequest = new Map<string, { from: number; to: number; events: number }>();
  for (const { event, x } of placed) {
    if (event.requestId === null) continue;
    const there = byRequest.get(event.requestId);
    if (there === undefined) byRequest.set(event.requestId, { from: x, to: x, events: 1 });
    else {
      there.to = x;
      there.events += 1;
    }
  }
  return [...byRequest].map(([requestId, { from, to, events }]) => ({
    requestId,
    x: from - 4,
    width: to - from + 8,
    events,
  }));
}

/** On which step things of one lane stand that would cover each other. */
function piles() {
  const ends: number[] = [];
  const place = (from: number, to: number): number => {
    let at = ends.findIndex((end) => end <= from);
    if (at < 0) at = ends.length < mostSteps ? ends.length : ends.indexOf(Math.min(...ends));
    ends[at] = to + markWidth;
    return at;
  };
  return Object.assign(place, { height: () => Math.max(1, ends.length) });
}
