// Written by `postlude rules types`: what unresolved-customer.sql returns, and its params. Change that, not this file.
import type { Interval } from 'postlude';

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
  readonly configuration_id: string | null;
  readonly memory_store_id: string | null;
  readonly store_status: string | null;
  readonly observed_until: Date | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = {
  /** How long profile resolution may take. */
  readonly grace: Interval;
};
