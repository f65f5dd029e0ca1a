import type { Issue } from '../engine/issue.ts';
import type { Tool } from '../engine/tool.ts';
import type { Shard } from '../ingest/shard.ts';
import type { Severity } from '../rules/vocabulary.ts';
import type { Finding, Related } from './finding.ts';
import type { Person } from './people.ts';
import type { Timelines } from './timelines.ts';

/** How the run went as a whole. */
export type RunSummary = {
  /** The end of what could be watched (ISO 8601, UTC): the last event of the run, or `--as-of`. `null` where there was no event. */
  readonly asOf: string | null;
  /** Log entries loaded, each once. */
  readonly events: number;
  /** Log entries that were in the input more than once, counted without their first. */
  readonly duplicates: number;
  readonly accounts: number;
  readonly durationMs: number;
  /**
   * The share of the accounts that was looked at (`--shard`); absent where it was all of them. `events`, `accounts` and the findings
   * are those of the share; `asOf`, `duplicates` and the files are those of the whole input, the same in every share.
   */
  readonly shard?: Shard;
  /**
   * Of a share: what its call says of what is looked at and told, as options (`--from=2026-09-14T08:00:00.000Z`), since that has to be
   * the same in every share. Absent where it says nothing of that, or where it was no share.
   */
  readonly asked?: readonly string[];
  /** The configuration file that had its say; absent without one. */
  readonly config?: string;
  /** Addresses and names are masked (`--redact`); absent where they are not. */
  readonly redacted?: true;
  /** Where the time went. Reports tell it where they are asked to; absent where a result was not made by an audit. */
  readonly timing?: Timing;
};

/** Durations in milliseconds; those of single rules stand with the rules. */
export type Timing = {
  /** In the order in which they began. */
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
  /** How long DuckDB worked for each table of the model that was made, in the order of the model. */
  readonly tables: readonly { readonly name: string; readonly ms: number }[];
  /** How much DuckDB could take for its buffers, in bytes; of merged runs the most that one could. */
  readonly memoryLimit?: number;
};

/** One input file: `rows` (loaded) + `rejected` + `duplicates` is what was read. */
export type InputFileSummary = {
  readonly path: string;
  /** The shape it was recognised as: `debugger-log`, `console-table`, … */
  readonly format: string;
  readonly rows: number;
  readonly rejected: number;
  readonly duplicates: number;
  /** `null` where the file speaks of several accounts, or of none. */
  readonly account: string | null;
};

export const ruleStatuses = ['matched', 'clean', 'skipped', 'failed'] as const;
export type RuleStatus = (typeof ruleStatuses)[number];

/** What became of one rule. */
export type RuleSummary = {
  readonly id: string;
  readonly status: RuleStatus;
  /** Why it was skipped or failed; for a rule that ran, the accounts for which it could not; else `null`. */
  readonly reason: string | null;
  readonly findings: number;
  readonly durationMs: number;
};

/** What became of one entry of `suppressions` in the configuration. What the entry does not say is `null`. */
export type SuppressionSummary = {
  /** Id, folder or glob, as written. */
  readonly rule: string;
  readonly account: string | null;
  readonly subject: string | null;
  readonly fingerprint: string | null;
  readonly reason: string;
  /** A day or a time (ISO 8601), as written. */
  readonly expires: string | null;
  /** `expired`: by the end of the export (`run.asOf`) it no longer held, so what it matches is among the findings. */
  readonly status: 'used' | 'unused' | 'expired';
  /** How many findings it took away. One that several entries match counts for the first of them. */
  readonly findings: number;
  /** The same by account, those alone of which it took some, by id. Absent in results that older versions wrote. */
  readonly accounts?: readonly { readonly id: string; readonly findings: number }[];
};

/** An account that the run looked at, be it in side files alone. */
export type AccountSummary = {
  readonly id: string;
  /** Its log entries; 0 where only side files tell of it. This and what follows `skippedRules` is absent in results of older versions. */
  readonly events?: number;
  /** Rules that ran, but not for this account. */
  readonly skippedRules: readonly string[];
  /** How many findings of the result are about it; those that a baseline knows are not among them. */
  readonly findings?: SeverityCounts;
  /** The same by rule, those alone that found something, by id. */
  readonly byRule?: RuleCounts;
  /** How many of its findings the baseline knows, by rule; absent without a baseline. */
  readonly knownByRule?: RuleCounts;
};

/** Findings by severity. */
export type SeverityCounts = { readonly [severity in Severity]: number };

/** Findings by the id of their rule. */
export type RuleCounts = Readonly<Record<string, number>>;

/** A finding as a baseline keeps it: enough to recognise it, and to tell people what it was once it is gone. */
export type KnownFinding = {
  readonly ruleId: string;
  readonly accountId: string;
  readonly subject: Related;
  readonly severity: Severity;
  /** When it was first seen by any run that wrote the baseline. */
  readonly firstSeen: string;
  readonly title: string;
  readonly fingerprint: string;
};

/** What a baseline took away from a result, and what it still says of it. */
export type BaselineSummary = {
  /** The file, as it was named. */
  readonly file: string;
  /** How many findings of the run were left out because they are in it. */
  readonly known: number;
  /** What is in it and no longer occurs, as far as this run can tell. By account, rule and subject. */
  readonly gone: readonly KnownFinding[];
  /** Findings of the result that are in the baseline with a lower severity, and so are told as if they were new. */
  readonly worse: readonly { readonly fingerprint: string; readonly was: Severity }[];
  /** Known findings that explain some of the result. */
  readonly causes: readonly KnownFinding[];
};

/**
 * Everything that one audit says: the JSON contract. `--format json` prints it with its keys in this order (all but
 * `people` and `timelines`), and every other report is made from it alone.
 */
export type AuditResult = {
  readonly tool: Tool;
  readonly run: RunSummary;
  readonly files: readonly InputFileSummary[];
  readonly issues: readonly Issue[];
  /** By id. */
  readonly rules: readonly RuleSummary[];
  /** By severity (critical first), account, rule, subject. */
  readonly findings: readonly Finding[];
  /** In the order of the configuration; empty without one. */
  readonly suppressions: readonly SuppressionSummary[];
  /** By id. Absent in results that older versions wrote. */
  readonly accounts?: readonly AccountSummary[];
  /** Absent where the result was compared with none. */
  readonly baseline?: BaselineSummary;
  /**
   * Whom the findings hit, from the model, so that a report can count customers and numbers. No part of the JSON contract;
   * absent where a result was not made by an audit, and then only what findings say themselves is counted.
   */
  readonly people?: readonly Person[];
  /** What happened around the findings, for reports that draw it. No part of the JSON contract either; gathered only where asked for. */
  readonly timelines?: Timelines;
};
