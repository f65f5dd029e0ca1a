import { isThenable, kindOf, type LoadedPredicate, lineIn } from './load-predicate.ts';

/** What a predicate said about one row: a verdict, of which nobody has looked at more than its kind, or what went wrong, and in which line of its file. */
export type Answer = { readonly verdict: unknown } | { readonly wrong: string; readonly line?: number | undefined };

/** A row, and the events it rests on where the predicate asks for them. */
export type Question = { readonly row: unknown; readonly events?: unknown };

/** Asks a predicate about one row. Never throws. */
export function answerTo(predicate: LoadedPredicate, { row, events }: Question, params: unknown): Answer {
  let verdict: unknown;
  try {
    // What it changes it has to return: a row that it wrote into would be another candidate.
    Object.freeze(row);
    verdict = predicate.decide(row, predicate.events ? { params, events } : { params });
    if (verdict === true || verdict === false) return { verdict };
    if (isThenable(verdict)) {
      // Nobody waits for it, and a rejection that nobody handles would end the thread.
      verdict.then(undefined, () => {});
      return { wrong: 'returned a promise: it has to decide at once' };
    }
    if (typeof verdict === 'object' && verdict !== null && !Array.isArray(verdict)) return { verdict };
    return { wrong: `returned ${kindOf(verdict)}: it must be true, false or what to change` };
  } catch (thrown) {
    return { wrong: `threw: ${textOf(thrown)}`, line: lineOf(predicate.file, thrown) };
  }
}

function lineOf(file: string, thrown: unknown): number | undefined {
  try {
    return lineIn(file, thrown);
  } catch {
    // Its stack is as much of its making as its text.
    return undefined;
  }
}

/** On one line. What is thrown can be anything, also something that throws when it is asked for its text. */
export function textOf(thrown: unknown): string {
  try {
    const text: unknown = thrown instanceof Error ? thrown.message : String(thrown);
    return String(text)
      .slice(0, 2000)
      .replaceAll(/\s*\n\s*/gu, ' ')
      .trim();
  } catch {
    return 'something without a text';
  }
}
