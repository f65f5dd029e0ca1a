import type { Issue } from '../../engine/issue.ts';
import type { Evidence, Finding, Related } from '../../findings/finding.ts';
import type { Reach } from '../../findings/reach.ts';
import type { AuditResult, InputFileSummary, RuleSummary, SuppressionSummary } from '../../findings/result.ts';
import type { TimelineEvent } from '../../findings/timelines.ts';
import type { Severity } from '../../rules/vocabulary.ts';

/*
 * What the page is made of, on both sides: `index.ts` writes it as JSON into blocks of the file, the code in `app` reads it in the
 * browser. Blocks, so that the list of findings is there before everything about each of them is: the browser takes apart what
 * somebody opens.
 */

/** What the list of findings shows of one, in the order in which an opened tree of causes is read. */
export type Head = Pick<
  Finding,
  | 'fingerprint'
  | 'severity'
  | 'certainty'
  | 'ruleId'
  | 'title'
  | 'cause'
  | 'accountId'
  | 'subject'
  | 'message'
  | 'firstSeen'
  | 'lastSeen'
  | 'ongoing'
> & {
  /** The place of what it hangs below. */
  readonly parent: number | null;
  readonly depth: number;
};

/** The rest of a finding. Lists hold no more than `mostListed`; `counts` tells how long they are. */
export type Details = Pick<Finding, 'fix' | 'reference' | 'data' | 'causedBy'> & {
  readonly related: readonly Related[];
  readonly requestIds: readonly string[];
  readonly correlationIds: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly counts: {
    readonly related: number;
    readonly requestIds: number;
    readonly correlationIds: number;
    readonly evidence: number;
  };
  /** Of roots: whom they and everything below them hit. */
  readonly hit: Reach | null;
  /** Places of the events around it, and how many there are with those left out. */
  readonly timeline: { readonly events: readonly number[]; readonly total: number } | null;
};

export type Overview = {
  readonly tool: AuditResult['tool'];
  readonly run: AuditResult['run'];
  /** When the export begins and ends, where that is known. */
  readonly begin: string | null;
  readonly end: string | null;
  readonly files: readonly InputFileSummary[];
  readonly issues: readonly Issue[];
  readonly rules: readonly RuleSummary[];
  readonly suppressions: readonly SuppressionSummary[];
  readonly leastSeverity: Severity;
  /** Findings below `leastSeverity`. */
  readonly hidden: number;
  /** Findings without a timeline because of the size of the file; `null` where none was gathered. */
  readonly timelinesLeftOut: number | null;
  readonly findings: readonly Head[];
  /** What is said in place of findings, where there are none. */
  readonly nothing: string | null;
};

export type { TimelineEvent };

/** Findings whose details share a block. */
export const detailsInBlock = 200;
/** Events that share a block. */
export const eventsInBlock = 1000;
/** So much of a list of a finding is in the page; JSON has all of it. */
export const mostListed = 500;

/** Ids of the elements that hold the blocks. */
export const overviewId = 'overview';
export const detailsId = (block: number): string => `details-${block}`;
export const eventsId = (block: number): string => `events-${block}`;
