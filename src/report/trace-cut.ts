import type { StoryEvent } from '../trace/story.ts';

/** A run of events that is not told one by one. */
export type Cut = { readonly cut: readonly StoryEvent[] };

/** So many events are always told. */
const toldWhole = 40;
/** Of a longer story its two ends, … */
const atEnds = 3;
/** … the first and last of each kind, … */
const ofKind = 2;
/** … more of those that say more, … */
const ofSpeaking = 6;
/** A log can make up as many kinds as it likes. */
const mostKinds = 40;
/** … and both sides of the longest silences. */
const silences = 12;

/**
 * What is told of a story that has thousands of events: its two ends, the first and last events of each kind, errors,
 * warnings, events that findings cite and those of conversations themselves more often, and both sides of the longest
 * silences. What lies between is cut, never a single event alone.
 */
export function cutStory(events: readonly StoryEvent[], all: boolean): readonly (StoryEvent | Cut)[] {
  if (all || events.length <= toldWhole) return events;
  const told = new Set<number>();
  const tell = (at: number) => {
    if (at >= 0 && at < events.length) told.add(at);
  };
  for (let at = 0; at < atEnds; at++) {
    tell(at);
    tell(events.length - 1 - at);
  }
  const kinds = new Map<string, { readonly places: number[]; readonly speaks: boolean }>();
  for (const [at, event] of events.entries()) {
    const speaks = event.level !== 'INFO' || event.findings.length > 0 || event.eventType.startsWith('conversation.');
    const key = [event.eventType, event.level, event.errorCode, event.status, speaks].join('\n');
    const kind = kinds.get(key) ?? { places: [], speaks };
    kinds.set(key, kind);
    kind.places.push(at);
  }
  for (const { places, speaks } of [...kinds.values()].slice(0, mostKinds)) {
    for (const at of places.slice(0, speaks ? ofSpeaking : ofKind)) tell(at);
    for (const at of places.slice(-(speaks ? ofKind : 1))) tell(at);
  }
  const longest = [...events.keys()]
    .filter((at) => events[at]?.gapStandsOut)
    .sort((a, b) => (events[b]?.gapMs ?? 0) - (events[a]?.gapMs ?? 0) || a - b)
    .slice(0, silences);
  for (const at of longest) {
    tell(at - 1);
    tell(at);
  }

  const items: (StoryEvent | Cut)[] = [];
  let waiting: StoryEvent[] = [];
  const release = () => {
    // A line that says that one event is missing is no shorter than the event.
    if (waiting.length === 1) items.push(...waiting);
    else if (waiting.length > 1) items.push({ cut: waiting });
    waiting = [];
  };
  for (const [at, event] of events.entries()) {
    if (!told.has(at)) {
      waiting.push(event);
      continue;
    }
    release();
    items.push(event);
  }
  release();
  return items;
}
