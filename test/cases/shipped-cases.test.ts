import { beforeAll, describe, expect, it } from 'vitest';
import { type CaseBook, readCases } from '../../src/cases/read.ts';
import { hasPassed } from '../../src/cases/run.ts';
import { type CaseResults, testRules } from '../../src/cases/test.ts';
import { findRules } from '../../src/rules/discover.ts';
import type { Rule } from '../../src/rules/rule.ts';

const { rules } = await findRules(['rules']);
let results: CaseResults;
beforeAll(async () => {
  results = await testRules(rules, { rules, code: true });
}, 120_000);

describe('the shipped rules', () => {
  it('have cases, and all of them come out as they expect, in every arrangement', () => {
    expect(results.problems).toEqual([]);
    expect(results.outcomes.filter((outcome) => !hasPassed(outcome))).toEqual([]);
    expect(results.outcomes.length).toBeGreaterThan(300);
    expect(results.arrangements).toBe(6);
  });

  it.each(rules.map((rule): [string, Rule] => [rule.id, rule]))('%s: every cause has a case', async (_, rule) => {
    const book = await readCases(rule);
    expect(book).not.toHaveProperty('problems');
    expect(Object.keys(rule.header.causes).filter((cause) => !expected(book).has(cause))).toEqual([]);
  });
});

function expected(book: CaseBook | object): ReadonlySet<string | undefined> {
  if (!('cases' in book)) return new Set();
  return new Set(book.cases.flatMap(({ each }) => (each.expect ?? []).map(({ cause }) => cause)));
}
