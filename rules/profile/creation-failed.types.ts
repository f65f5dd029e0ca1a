// Written by `postlude rules types`: what creation-failed.sql returns, and its params. Change that, not this file.

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly subject_type: string | null;
  readonly cause: string | null;
  readonly first_seen: Date | null;
  readonly last_seen: Date | null;
  readonly event_keys: readonly (bigint | null)[] | null;
  readonly related: readonly ({
    readonly type: string | null;
    readonly id: string | null;
  } | null)[] | null;
  readonly whole_reason: string | null;
  readonly error_reason: string | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = Readonly<Record<string, never>>;
