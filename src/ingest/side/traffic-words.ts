import { text } from '../fields.ts';

/** A status of a message or call as the API writes it: the Console's `No Answer` is `no-answer`. */
export function statusOf(value: unknown): string | null {
  return (
    text(value)
      ?.trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/g, '-') ?? null
  );
}

/** A direction as the API writes it: `inbound`, `outbound-api`, …; the Console says incoming and outgoing. */
export function directionOf(value: unknown): string | null {
  return (
    statusOf(value)
      ?.replace(/^incoming/, 'inbound')
      .replace(/^outgoing/, 'outbound') ?? null
  );
}
