/**
 * Something a reader of the result must know about the input or the run, which is not a finding of a rule.
 *
 * - `info`: worth knowing, nothing is missing (entries outside `--from`/`--to`).
 * - `notice`: the export cannot show something, or a file in a folder was passed over.
 * - `data_loss`: entries were rejected, or an incomplete list was read; results may lack something.
 * - `error`: an input that was named, or a rule, could not be used; the exit code is 2.
 */
export type Issue = {
  readonly severity: 'info' | 'notice' | 'data_loss' | 'error';
  readonly file?: string;
  readonly line?: number;
  /** All the accounts that it is about, sorted, of which the message may name only some; absent where it is about none in particular. */
  readonly accounts?: readonly string[];
  readonly message: string;
};
