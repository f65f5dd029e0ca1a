import type { Issue } from '../engine/issue.ts';
import { aboutAccounts, holdsForAll, withoutAccounts } from './issue-accounts.ts';
import { unitedInOrder } from './merge-lists.ts';
import type { AuditResult } from './result.ts';

/** Each issue once. What holds for some accounts of several parts is told of all these accounts together. */
export function mergeIssues(parts: readonly AuditResult[]): readonly Issue[] {
  const accounts = new Map<string, string[]>();
  const holding = new Map<string, number>();
  for (const issue of parts.flatMap(({ issues }) => issues)) {
    if (issue.accounts === undefined) continue;
    const key = keyOf(issue);
    const there = accounts.get(key) ?? [];
    accounts.set(key, there);
    // One at a time: thousands of accounts are too many arguments.
    for (const account of issue.accounts) there.push(account);
    if (holdsForAll(issue)) holding.set(key, (holding.get(key) ?? 0) + 1);
  }
  const looked = parts.filter(({ run }) => run.accounts > 0).length;
  return unitedInOrder(
    parts.map(({ issues }) => issues),
    keyOf,
    (one) => one,
  ).map((issue) => {
    const key = keyOf(issue);
    const whom = accounts.get(key);
    return whom === undefined ? issue : aboutAccounts(issue, whom, holding.get(key) === looked);
  });
}

function keyOf(issue: Issue): string {
  const { severity, file = null, line = null, accounts } = issue;
  return JSON.stringify([severity, file, line, accounts === undefined, withoutAccounts(issue)]);
}
