// Written by `postlude rules types`: what shared-address.sql returns, and its params. Change that, not this file.

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly cause: string | null;
  readonly certainty: string | null;
  readonly first_seen: Date | null;
  readonly last_seen: Date | null;
  readonly ongoing: boolean | null;
  readonly event_keys: readonly (bigint | null)[] | null;
  readonly related: readonly ({
    readonly type: string | null;
    readonly id: string | null;
  } | null)[] | null;
  readonly addresses: readonly (string | null)[] | null;
  readonly other_addresses: readonly (string | null)[] | null;
  readonly name: string | null;
  readonly other_name: string | null;
  readonly profile_id: string | null;
  readonly other_profile_id: string | null;
  readonly grouping_type: string | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = Readonly<Record<string, never>>;
