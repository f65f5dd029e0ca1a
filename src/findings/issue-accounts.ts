import { compareText } from '../engine/compare.ts';
import type { Issue } from '../engine/issue.ts';
import { allOf, inFront, someOf } from '../engine/issue-accounts.ts';

/** What the message says whatever the accounts are. */
export function withoutAccounts({ message, accounts }: Issue): string {
  if (accounts === undefined) return message;
  const prefix = [allOf(accounts), someOf(accounts)].find((text) => message.startsWith(text));
  return prefix === undefined ? message : message.slice(prefix.length);
}

/** Whether it holds for all accounts that the run could have said it of. */
export function holdsForAll(issue: Issue): boolean {
  const { accounts = [], message } = issue;
  return message.startsWith(allOf(accounts)) || message === withoutAccounts(issue);
}

/** The issue as a run with these accounts says it. */
export function aboutAccounts(issue: Issue, accounts: Iterable<string>, isAll: boolean): Issue {
  const sorted = [...new Set(accounts)].sort(compareText);
  return { ...issue, accounts: sorted, message: `${inFront(sorted, isAll)}${withoutAccounts(issue)}` };
}
