import { compareText } from '../engine/compare.ts';
import type { Issue } from '../engine/issue.ts';

/*
 * An issue that holds for some accounts of a run says so at the beginning of its message: `AC…1, AC…2, AC…3 and 4 more: no
 * communications …`, or `all 7 accounts: no …`. Where there is but one account, nothing is said.
 */

const named = 3;

/** What the message says whatever the accounts are. */
export function withoutAccounts({ message, accounts }: Issue): string {
  if (accounts === undefined) return message;
  const prefix = [all(accounts), some(accounts)].find((text) => message.startsWith(text));
  return prefix === undefined ? message : message.slice(prefix.length);
}

/** Whether it holds for all accounts that the run could have said it of. */
export function holdsForAll(issue: Issue): boolean {
  const { accounts = [], message } = issue;
  return message.startsWith(all(accounts)) || message === withoutAccounts(issue);
}

/** The issue as a run with these accounts says it. */
export function aboutAccounts(issue: Issue, accounts: Iterable<string>, isAll: boolean): Issue {
  const sorted = [...new Set(accounts)].sort(compareText);
  const prefix = isAll ? (sorted.length === 1 ? '' : all(sorted)) : some(sorted);
  return { ...issue, accounts: sorted, message: `${prefix}${withoutAccounts(issue)}` };
}

function all(accounts: readonly string[]): string {
  return `all ${accounts.length} accounts: `;
}

function some(accounts: readonly string[]): string {
  const rest = accounts.length - named;
  return `${accounts.slice(0, named).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}: `;
}
