import { computed, signal } from '@preact/signals';
import type { Head } from '../page-data.ts';
import { detailsOf, overview } from './blocks.ts';
import { isComplete, isFiltered, type View, view } from './state.ts';

const { findings } = overview;
const times = findings.map(({ firstSeen }) => Date.parse(firstSeen));

/** What a search looks through, by place: everything that the page says of a finding, in small letters. */
const haystacks: string[] = [];

function haystackOf(place: number): string {
  const there = haystacks[place];
  if (there !== undefined) return there;
  const head = findings[place];
  if (head === undefined) return '';
  const details = detailsOf(place);
  const parts = [
    ...textsOf(head),
    ...(details === null
      ? []
      : [
          details.fix,
          details.reference,
          ...details.related.map(({ id }) => id),
          ...details.requestIds,
          ...details.correlationIds,
          ...details.evidence.flatMap(({ logId, eventType, errorCode, errorReason, status, file, line }) => [
            logId,
            eventType,
            errorCode ?? '',
            errorReason ?? '',
            status ?? '',
            `${file}:${line ?? ''}`,
          ]),
          JSON.stringify(details.data),
        ]),
  ];
  const haystack = parts.join('\n').toLowerCase();
  // What is searched before the browser has read the whole file is searched again afterwards.
  if (details !== null) haystacks[place] = haystack;
  return haystack;
}

function textsOf(head: Head): readonly string[] {
  const { fingerprint, severity, certainty, ruleId, title, cause, accountId, subject, message, firstSeen } = head;
  return [
    fingerprint,
    severity,
    certainty,
    ruleId,
    title,
    cause,
    accountId,
    subject.type,
    subject.id,
    message,
    firstSeen,
  ];
}

/** Prepares searching while nothing else is to be done, so that the first one is as quick as the others. */
export function prepareSearch(): void {
  let place = 0;
  const work = (deadline: IdleDeadline) => {
    while (place < findings.length && deadline.timeRemaining() > 2) haystackOf(place++);
    if (place < findings.length) requestIdleCallback(work);
  };
  if (typeof requestIdleCallback === 'function') requestIdleCallback(work);
}

type Dimension = 'severities' | 'certainties' | 'rules' | 'accounts' | 'time';

/** Whether a finding is to be shown; `but` leaves one filter out, which is how its own choices are counted. */
function matches(place: number, wanted: View, words: readonly string[], but?: Dimension): boolean {
  const finding = findings[place];
  const time = times[place] ?? 0;
  if (finding === undefined) return false;
  if (but !== 'severities' && wanted.severities.size > 0 && !wanted.severities.has(finding.severity)) return false;
  if (but !== 'certainties' && wanted.certainties.size > 0 && !wanted.certainties.has(finding.certainty)) return false;
  if (but !== 'rules' && wanted.rules.size > 0 && !wanted.rules.has(finding.ruleId)) return false;
  if (but !== 'accounts' && wanted.accounts.size > 0 && !wanted.accounts.has(finding.accountId)) return false;
  if (but !== 'time' && wanted.from !== null && time < wanted.from) return false;
  if (but !== 'time' && wanted.to !== null && time >= wanted.to) return false;
  if (words.length === 0) return true;
  const haystack = haystackOf(place);
  return words.every((word) => haystack.includes(word));
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** What narrows the list, without what only changes how it is shown. */
const wanted = computed(() => {
  isComplete.value;
  return view.value;
});

/** Whether each finding is to be shown, by place. */
export const matched = computed((): readonly boolean[] => {
  const words = wordsOf(wanted.value.text);
  return findings.map((_, place) => matches(place, wanted.value, words));
});

export const matchedCount = computed(() => matched.value.reduce((n, is) => n + (is ? 1 : 0), 0));

/** Places of the findings that every filter but one lets through. */
export function matchedBut(but: Dimension): readonly number[] {
  const words = wordsOf(wanted.value.text);
  return findings.flatMap((_, place) => (matches(place, wanted.value, words, but) ? [place] : []));
}

export type Row = {
  readonly place: number;
  readonly depth: number;
  /** False: it is here only because something below it matches. */
  readonly matches: boolean;
  /** Matching findings below it. */
  readonly below: number;
  readonly isOpen: boolean;
  /** Its place among its siblings, from 1, and how many they are. */
  readonly at: number;
  readonly of: number;
};

/** A short list is shown opened. */
const openedWhole = 60;

/** Places of the findings whose children somebody showed or hid against what is usual. */
export const turned = signal<ReadonlySet<number>>(new Set());

export const opensByItself = computed(() => isFiltered.value || findings.length <= openedWhole);

/** The rows of the list, of which those are drawn that are in sight. */
export const rows = computed((): readonly Row[] => {
  const is = matched.value;
  if (view.value.order === 'time') return inTime(is);
  const below = new Array<number>(findings.length).fill(0);
  for (let place = findings.length - 1; place >= 0; place--) {
    const parent = findings[place]?.parent ?? null;
    if (parent !== null) below[parent] = (below[parent] ?? 0) + (below[place] ?? 0) + (is[place] === true ? 1 : 0);
  }
  const isThere = (place: number) => is[place] === true || (below[place] ?? 0) > 0;
  const siblings = new Map<number | null, number>();
  for (const [place, { parent }] of findings.entries()) {
    if (isThere(place)) siblings.set(parent, (siblings.get(parent) ?? 0) + 1);
  }
  const seen = new Map<number | null, number>();
  const all: Row[] = [];
  // Below a closed finding everything is passed over that is deeper than it.
  let closed = Number.POSITIVE_INFINITY;
  for (const [place, { parent, depth }] of findings.entries()) {
    if (depth > closed) continue;
    closed = Number.POSITIVE_INFINITY;
    if (!isThere(place)) continue;
    const at = (seen.get(parent) ?? 0) + 1;
    seen.set(parent, at);
    const isOpen = (below[place] ?? 0) > 0 && opensByItself.value !== turned.value.has(place);
    if (!isOpen) closed = depth;
    all.push({
      place,
      depth,
      matches: is[place] === true,
      below: below[place] ?? 0,
      isOpen,
      at,
      of: siblings.get(parent) ?? 0,
    });
  }
  return all;
});

function inTime(is: readonly boolean[]): readonly Row[] {
  const found = findings.flatMap((_, place) => (is[place] === true ? [place] : []));
  found.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  return found.map((place, at) => ({
    place,
    depth: 0,
    matches: true,
    below: 0,
    isOpen: false,
    at: at + 1,
    of: found.length,
  }));
}

/** Shows a finding in the list: opens everything above it. */
export function reveal(place: number): void {
  const next = new Set(turned.value);
  for (let parent = findings[place]?.parent ?? null; parent !== null; parent = findings[parent]?.parent ?? null) {
    if (opensByItself.value) next.delete(parent);
    else next.add(parent);
  }
  turned.value = next;
}
