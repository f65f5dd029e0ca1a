import type { Problem } from '../rules/position.ts';
import type { Rule } from '../rules/rule.ts';
import { type CaseBook, readCases } from './read.ts';
import { type CaseOutcome, type RunOptions, runCases } from './run.ts';
import { variants } from './variants.ts';

/** What became of the cases of some rules. */
export type CaseResults = {
  /** By rule, and in the order of the file. */
  readonly outcomes: readonly CaseOutcome[];
  /** Files of cases that are wrong, so that nothing of them could be played; rules without cases. */
  readonly problems: readonly Problem[];
  /** How often each case was played. */
  readonly arrangements: number;
  readonly durationMs: number;
};

export type TestOptions = RunOptions & {
  /** Only cases whose name holds this text, whatever its case. */
  readonly name?: string;
};

/** Reads and plays the cases of rules. */
export async function testRules(rules: readonly Rule[], options: TestOptions): Promise<CaseResults> {
  const started = performance.now();
  const problems: Problem[] = [];
  const books: CaseBook[] = [];
  for (const rule of rules) {
    const read = await readCases(rule, options.rules);
    if ('problems' in read) problems.push(...read.problems);
    else books.push(named(read, options.name));
  }
  const outcomes = await runCases(books, options);
  return { outcomes, problems, arrangements: variants.length, durationMs: performance.now() - started };
}

function named(book: CaseBook, name: string | undefined): CaseBook {
  if (name === undefined) return book;
  const wanted = name.toLowerCase();
  return { ...book, cases: book.cases.filter(({ each }) => each.name.toLowerCase().includes(wanted)) };
}
