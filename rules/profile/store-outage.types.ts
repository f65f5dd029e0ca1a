// Written by `postlude rules types`: what store-outage.sql returns, and its params. Change that, not this file.
import type { Interval } from 'postlude';

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly subject_type: string | null;
  readonly cause: string | null;
  readonly as_of: Date | null;
  readonly failures: readonly ({
    readonly about_type: string | null;
    readonly about_id: string | null;
    readonly event_time: Date | null;
    readonly error_reason: string | null;
    readonly event_key: bigint | null;
  } | null)[] | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = {
  /** How many participants must be hit within the window. */
  readonly min_participants: number;
  /** Within what time. */
  readonly window: Interval;
};
