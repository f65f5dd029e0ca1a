// Written by `postlude rules types`: what failed.sql returns, and its params. Change that, not this file.

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly cause: string | null;
  readonly first_seen: Date | null;
  readonly last_seen: Date | null;
  readonly related: readonly ({
    readonly type: string | null;
    readonly id: string | null;
  } | null)[] | null;
  readonly problem: string | null;
  readonly error_title: string | null;
  readonly error_detail: string | null;
  readonly error_status: number | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = Readonly<Record<string, never>>;
