import { firstFew } from './first-few.ts';

/*
 * An issue that holds for some accounts of a run says so at the beginning of its message: `AC…1, AC…2, AC…3 and 4 more: no
 * communications …`, or `all 7 accounts: no …`. Where there is but one account, nothing is said.
 */

/** What stands in front of the message; `isAll`: they are all accounts of the run. */
export function inFront(accounts: readonly string[], isAll: boolean): string {
  if (!isAll) return someOf(accounts);
  return accounts.length === 1 ? '' : allOf(accounts);
}

export function allOf(accounts: readonly string[]): string {
  return `all ${accounts.length} accounts: `;
}

export function someOf(accounts: readonly string[]): string {
  return `${firstFew(accounts)}: `;
}

/** Without the colon: for accounts of which it is enough to know one, and how many more there are. */
export function firstAndMore(first: string, more: number): string {
  if (more === 0) return first;
  return `${first} and ${more} more ${more === 1 ? 'account' : 'accounts'}`;
}
