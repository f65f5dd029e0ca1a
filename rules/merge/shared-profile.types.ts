// Written by `postlude rules types`: what shared-profile.sql returns, and its params. Change that, not this file.

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly cause: string | null;
  readonly grouping_type: string | null;
  readonly customers: readonly ({
    readonly participant_id: string | null;
    readonly name: string | null;
    readonly own_name: string | null;
    readonly addresses: readonly (string | null)[] | null;
    readonly profile_id: string | null;
    readonly profile_since: Date | null;
    readonly since_merge: string | null;
    readonly is_there: boolean | null;
    readonly observed_until: Date | null;
    readonly event_keys: readonly (bigint | null)[] | null;
  } | null)[] | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = Readonly<Record<string, never>>;
