/** For how many accounts of a run a rule was skipped, and why; `only` names the account where it is a single one. */
export type Skip = { readonly reason: string; readonly skipped: number; readonly only: string | null };

/** The reason of a rule that ran without some of the accounts; the bare reason where it ran for none. */
export function partly(reason: string, skipped: readonly string[], accounts: readonly string[]): string {
  const only = skipped.length === 1 ? (skipped[0] ?? null) : null;
  return skipText({ reason, skipped: skipped.length, only }, accounts.length);
}

export function skipText({ reason, skipped, only }: Skip, accounts: number): string {
  if (skipped >= accounts) return reason;
  return `skipped for ${skipped === 1 && only !== null ? only : `${skipped} of ${accounts} accounts`}: ${reason}`;
}

/** What `partly` said, taken apart again: what was told of a run has to be told of several runs together. */
export function readSkip(text: string, accounts: readonly string[]): Skip {
  const [, skipped, reason] = /^skipped for (\d+) of \d+ accounts: (.*)$/su.exec(text) ?? [];
  if (skipped !== undefined && reason !== undefined) return { reason, skipped: Number(skipped), only: null };
  const only = accounts.find((account) => text.startsWith(`skipped for ${account}: `));
  if (only !== undefined) return { reason: text.slice(`skipped for ${only}: `.length), skipped: 1, only };
  return { reason: text, skipped: accounts.length, only: accounts.length === 1 ? (accounts[0] ?? null) : null };
}
