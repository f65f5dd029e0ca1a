import { formatProblem, type Position, type Problem } from '../../src/rules/position.ts';

/** Something that takes bytes from outside, and what it promises whatever the bytes are. */
export type Target = {
  readonly name: string;
  /** How much of the time it gets, against the others. */
  readonly share: number;
  /** What stands in the bytes, where it is known: changes keep to it part of the time. */
  readonly kind: 'json' | 'yaml' | 'text';
  /** Bytes to begin with, besides those of the corpus. */
  seeds(): Promise<readonly Buffer[]>;
  /** @param folder for its files; it is empty, and goes afterwards */
  open(folder: string): Promise<Trial>;
};

export type Trial = {
  /** Throws where the promise is not kept, whatever it throws. */
  check(bytes: Buffer): Promise<void>;
  /** Less of it of many at once, where that is far quicker. */
  checkAll?(all: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
};

/** A promise that was not kept. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

export function promise(isKept: boolean, what: string, details?: unknown): asserts isKept {
  if (!isKept) throw new BrokenPromise(details === undefined ? what : `${what}: ${shown(details)}`);
}

function shown(details: unknown): string {
  const text =
    JSON.stringify(details, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? '';
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}

/** A message for people is one line and no longer than somebody reads. */
export function promiseMessage(message: string): void {
  promise(message !== '' && message.length < 4000 && !/[\n\r]/.test(message), 'a message is one line', message);
}

/** What is wrong with a text is told on one line, and at a place that the text has. */
export function promiseProblem(text: string, problem: Problem): void {
  promiseMessage(formatProblem(problem));
  promisePlace(text, problem);
}

/** A place is one that the text has. */
export function promisePlace(text: string, place: Position): void {
  const line = text.split('\n')[place.line - 1];
  promise(
    line !== undefined && place.column >= 1 && place.column <= [...line].length + 1,
    'a problem is told at a place of the text',
    place,
  );
}
