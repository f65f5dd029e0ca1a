import { formatTime, placeText } from '../../text.ts';
import type { Head, TimelineEvent } from '../page-data.ts';

export { count, formatDuration, formatTime, grouped, placeText } from '../../text.ts';

/** `2026-09-14 08:00:00Z`: without milliseconds, where a list shows many. */
export function briefTime(iso: string): string {
  return formatTime(iso).replace(/\.\d+Z$/u, 'Z');
}

/** The end of an id, which tells most of them apart. */
export function tail(id: string, length = 8): string {
  return id.length <= length + 4 ? id : `…${id.slice(-length)}`;
}

export function timeSpan({ firstSeen, lastSeen, ongoing }: Pick<Head, 'firstSeen' | 'lastSeen' | 'ongoing'>): string {
  if (ongoing) return `since ${formatTime(firstSeen)}, still going on when the export ends`;
  return firstSeen === lastSeen
    ? `at ${formatTime(firstSeen)}`
    : `from ${formatTime(firstSeen)} to ${formatTime(lastSeen)}`;
}

/** Only the addresses of pages: everything else stays text. */
export function linkOf(reference: string): string | null {
  return /^https?:\/\/[^\s]+$/u.test(reference) ? reference : null;
}

/** What an event says besides its type and time, the most telling first. */
export function eventFacts(event: TimelineEvent): readonly (readonly [name: string, value: string])[] {
  const facts: readonly (readonly [string, string | number | null])[] = [
    ['level', event.level],
    ['code', event.errorCode],
    ['reason', event.errorReason],
    ['status', event.status],
    ['participant type', event.participantType],
    ['name', event.name],
    ['channel', event.channel],
    ['address', event.address],
    ['profile', event.profileId],
    ['conversation', event.conversationId],
    ['participant', event.participantId],
    ['communication', event.communicationId],
    ['resource', event.resourceId],
    ['request', event.requestId],
    ['source', event.source],
    ['log', event.logId],
    ['in', placeText(event)],
  ];
  return facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, String(value)] as const]));
}
