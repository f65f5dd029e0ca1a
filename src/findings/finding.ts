import type { Certainty, Severity, SubjectType } from '../rules/vocabulary.ts';

/** One log entry that a finding rests on. Times are ISO 8601 in UTC with milliseconds. */
export type Evidence = {
  readonly logId: string;
  readonly eventTime: string;
  readonly eventType: string;
  readonly level: string | null;
  readonly errorCode: number | null;
  readonly errorReason: string | null;
  readonly status: string | null;
  readonly requestId: string | null;
  readonly file: string;
  /** The line on which the entry begins, from 1; in a binary file the row. */
  readonly line: number | null;
};

export type Related = { readonly type: SubjectType; readonly id: string };

/** What stands for the time of a finding where there is no log entry at all, and its records are not dated. */
export const unknownTime = new Date(0).toISOString();

/**
 * What a rule found about one subject: one finding per (rule, account, subject).
 * This is the machine contract: the keys, their order and their meaning are what `--format json` prints.
 */
export type Finding = {
  readonly ruleId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly cause: string;
  readonly accountId: string;
  readonly subject: Related;
  readonly related: readonly Related[];
  readonly message: string;
  readonly fix: string;
  readonly reference: string;
  readonly requestIds: readonly string[];
  readonly correlationIds: readonly string[];
  /** ISO 8601 in UTC with milliseconds, as `lastSeen`; `unknownTime` where nothing tells. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** It still went on when the export ended. */
  readonly ongoing: boolean;
  /** In time order; ties by log id. */
  readonly evidence: readonly Evidence[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Fingerprints of the findings that explain this one. */
  readonly causedBy: readonly string[];
  /** Depends on rule, account and subject alone, so it survives a new export of the same incident. */
  readonly fingerprint: string;
};
