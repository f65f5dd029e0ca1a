/**
 * How sure a rule may be of what was planted: `sure` is `confirmed` or `likely`, which a reader is told as a fault; `possible`
 * has an ordinary explanation, too.
 */
export type Sureness = 'sure' | 'possible';

/** What an audit has to find: by the catalogue's words, written down by whoever planted it. */
export type Label = {
  readonly rule: string;
  readonly cause: string;
  readonly account: string;
  readonly subject: string;
  readonly sureness: Sureness;
  /** The plant that wrote it, or the ordinary scene. */
  readonly by: string;
};

/** One finding per rule, account and subject: the same key, whatever its cause. */
export function findingKey(of: { readonly rule: string; readonly account: string; readonly subject: string }): string {
  return `${of.rule} ${of.account} ${of.subject}`;
}
