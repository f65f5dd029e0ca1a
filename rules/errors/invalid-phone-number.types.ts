// Written by `postlude rules types`: what invalid-phone-number.sql returns, and its params. Change that, not this file.

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly subject_type: string | null;
  readonly cause: string | null;
  readonly first_seen: Date | null;
  readonly last_seen: Date | null;
  readonly event_keys: readonly (bigint | null)[] | null;
  readonly number: string | null;
  readonly path: string | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = Readonly<Record<string, never>>;
