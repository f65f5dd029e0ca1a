import { readFile } from 'node:fs/promises';
import { isMap, isNode, isPair, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import type { Rule } from '../rules/rule.ts';
import type { Expectation } from './case-file.ts';
import { readCases } from './read.ts';
import type { CaseOutcome } from './run.ts';
import type { Told } from './told.ts';

export type UpdatedFile = { readonly file: string; readonly text: string; readonly cases: readonly string[] };

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
    const text = await withExpectations(rule.casesFile, expectations);
    updated.push({ file: rule.casesFile, text, cases: [...expectations.keys()] });
  }
  return updated;
}

/** Expectations that say of each finding what the old ones said of it, as it was found; of a new one what is usual. */
function newExpectations(old: readonly Expectation[], found: readonly Told[]): readonly object[] {
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

/**
 * A file of cases with other expectations for some of its cases, by name. All else stays as it was written, comments too: only the lists are
 * replaced in the text.
 */
async function withExpectations(file: string, expectations: ReadonlyMap<string, readonly object[]>): Promise<string> {
  const text = await readFile(file, 'utf8');
  const cases = parseDocument(text).get('cases');
  const edits = (isSeq(cases) ? cases.items : []).flatMap((item) => {
    if (!isMap(item)) return [];
    const wanted = expectations.get(String(item.get('name')));
    const pair = item.items.find((each) => isPair(each) && isScalar(each.key) && each.key.value === 'expect');
    if (wanted === undefined || pair === undefined || !isScalar(pair.key) || !isNode(pair.value)) return [];
    const [, keyEnd = 0] = pair.key.range ?? [];
    const [, valueEnd = 0] = pair.value.range ?? [];
    const lineStart = text.lastIndexOf('\n', keyEnd) + 1;
    const column = (pair.key.range?.[0] ?? lineStart) - lineStart;
    return [{ from: text.indexOf(':', keyEnd) + 1, to: trimmedEnd(text, valueEnd), text: written(wanted, column) }];
  });
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((whole, edit) => whole.slice(0, edit.from) + edit.text + whole.slice(edit.to), text);
}

/** The range of a block goes on to where the next one begins. */
function trimmedEnd(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}

function written(expectations: readonly object[], column: number): string {
  if (expectations.length === 0) return ' []';
  const indent = ' '.repeat(column + 2);
  const block = stringify(expectations, { lineWidth: 0 }).trimEnd();
  return `\n${block.replaceAll(/^/gmu, indent)}`;
}
