import { readFile } from 'node:fs/promises';
import type { Rule } from '../rules/rule.ts';
import type { Expectation } from './case-file.ts';
import { readCases } from './read.ts';
import type { CaseOutcome } from './run.ts';
import type { Told } from './told.ts';
import { type NewExpectation, withExpectations } from './written-expectations.ts';

export type UpdatedFile = {
  readonly file: string;
  readonly text: string;
  /** The cases that were updated. */
  readonly cases: readonly string[];
  /** The cases that could not be, and why. */
  readonly left: ReadonlyMap<string, string>;
};

type Key = Exclude<keyof Expectation, 'subject'>;

/** What an expectation says where nobody has chosen. */
const usual: readonly Key[] = ['cause', 'certainty', 'severity', 'message'];

/** The order in which keys stand. */
const keys: readonly Key[] = [
  'subjectType',
  'cause',
  'certainty',
  'severity',
  'message',
  'fix',
  'related',
  'firstSeen',
  'lastSeen',
  'ongoing',
  'evidence',
  'data',
];

/**
 * The files of cases as they would be with what was found in them, for cases that came out otherwise. Not where the rule failed, nor where it finds one thing in one
 * arrangement and another in the next: then the rule is wrong, whatever the case says. Rows of steps (`ctes`) are left to people.
 */
export async function updatedCases(
  rules: readonly Rule[],
  outcomes: readonly CaseOutcome[],
): Promise<readonly UpdatedFile[]> {
  const updated: UpdatedFile[] = [];
  for (const rule of rules) {
    const wrong = outcomes.filter(({ ruleId, failure, differences }) => {
      const isOwn = ruleId === rule.id && failure === null && differences.length > 0;
      return isOwn && differences.every(({ arrangement }) => arrangement === undefined);
    });
    if (wrong.length === 0 || rule.casesFile === undefined) continue;
    const book = await readCases(rule);
    if ('problems' in book) continue;
    const expectations = new Map(
      book.cases.flatMap(({ each: { name, expect } }) => {
        const outcome = wrong.find((one) => one.name === name);
        return outcome === undefined || expect === undefined ? [] : [[name, newExpectations(expect, outcome.found)]];
      }),
    );
    if (expectations.size === 0) continue;
    const { text, left } = withExpectations(await readFile(rule.casesFile, 'utf8'), expectations);
    const cases = [...expectations.keys()].filter((name) => !left.has(name));
    updated.push({ file: rule.casesFile, text, cases, left });
  }
  return updated;
}

/** Expectations that say of each finding what the old ones said of it, as it was found; of a new one what is usual. */
function newExpectations(old: readonly Expectation[], found: readonly Told[]): readonly NewExpectation[] {
  return found.map((finding) => {
    const before = old.find(({ subject }) => subject === finding.subject);
    const chosen = before === undefined ? usual : keys.filter((key) => before[key] !== undefined);
    const told = Object.fromEntries(
      chosen.map((key) => [key, key === 'data' ? dataOf(before, finding) : finding[key]]),
    );
    return { subject: finding.subject, ...told };
  });
}

function dataOf(before: Expectation | undefined, finding: Told): unknown {
  const wanted = Object.keys(before?.data ?? {});
  return Object.fromEntries(wanted.map((name) => [name, finding.data[name] ?? null]));
}
