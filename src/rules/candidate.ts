import type { JsonValue } from './json-value.ts';
import type { Certainty, Severity, SubjectType } from './vocabulary.ts';

export type Reference = { readonly type: SubjectType; readonly id: string };

/**
 * One row of a rule's SELECT that its predicate let through, complete: defaults of header and cause are in it, and
 * messages are filled. Several candidates can be about one subject; the findings join them.
 */
export type Candidate = {
  readonly accountId: string;
  readonly subjectId: string;
  /** The header's subject, or what the column `subject_type` says: a rule can be about whichever of several is known. */
  readonly subjectType: SubjectType;
  /** One of the causes of the rule's header. */
  readonly cause: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  /** Null where the SELECT does not say: then the evidence does. */
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  /** The column `ongoing`: it still went on when the export ended. */
  readonly ongoing: boolean;
  /** The evidence, each key once, in the order of the SELECT. */
  readonly eventKeys: readonly bigint[];
  readonly related: readonly Reference[];
  readonly data: Readonly<Record<string, JsonValue>>;
  readonly message: string;
  readonly fix: string;
  readonly reference: string;
};
