/** Well-formed log entries, of which cases spoil single ones. */
import { gzipSync } from 'node:zlib';

const account = 'AC00000000000000000000000000000001';

/** An id in the way of Orchestrator: 26 characters behind the name of its kind. */
export function idOf(kind: 'conversation' | 'participant' | 'communication', number: number): string {
  return `conv_${kind}_01hostile${String(number).padStart(17, '0')}`;
}

/** The fields of a `conversation.created` entry; the same number is the same entry. */
export function entry(
  number: number,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    logId: `hostile-${number}`,
    eventTime: `2026-09-14T10:${String(number % 60).padStart(2, '0')}:00.000Z`,
    source: 'conversation-orchestrator',
    eventType: 'conversation.created',
    level: 'INFO',
    requestId: `request-${number}`,
    correlationId: `request-${number}`,
    body: {
      id: idOf('conversation', number),
      accountId: account,
      status: 'ACTIVE',
      createdAt: '2026-09-14T10:00:00.000Z',
    },
    ...changes,
  };
}

/** Entries from a number on, as NDJSON. */
export function lines(count: number, from = 1): string {
  return Array.from({ length: count }, (_, at) => `${line(from + at)}\n`).join('');
}

/** One entry as a line without its end. */
export function line(number: number, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(entry(number, changes));
}

/** An entry as a line in which a field is a piece of JSON as it is written, whatever `JSON.stringify` would make of it. */
export function lineWith(number: number, field: string, json: string): string {
  return line(number, { [field]: '@json' }).replace('"@json"', () => json);
}

/** As `lineWith`, of a field of the body. */
export function lineWithBody(number: number, field: string, json: string): string {
  return line(number, { body: { ...Object(entry(number).body), [field]: '@json' } }).replace('"@json"', () => json);
}

/**
 * Lines as they are, which DuckDB may read itself, and compressed, which Node reads: they are the same entries, so the second file
 * consists of duplicates if both ways read the same.
 */
export function bothWays(...entries: readonly string[]): Readonly<Record<string, string | Uint8Array>> {
  const text = entries.map((each) => `${each}\n`).join('');
  return { 'a.ndjson': text, 'b.ndjson.gz': gzipSync(text) };
}

/** The counts of files of `bothWays`. */
export function countsOfBoth(rows: number, rejected = 0) {
  return { 'a.ndjson': { rows, rejected }, 'b.ndjson.gz': { duplicates: rows, rejected } };
}
