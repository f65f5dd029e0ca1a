import type { Issue } from '../engine/issue.ts';
import type { Tool } from '../engine/tool.ts';
import type { EventAbout } from '../findings/event-about.ts';
import type { Evidence, Finding } from '../findings/finding.ts';
import type { InputFileSummary, RuleSummary, RunSummary, SuppressionSummary } from '../findings/result.ts';

/*
 * The machine contract of `postlude trace --format json`: the keys of these types, their order and their meaning. Times are
 * ISO 8601 in UTC with milliseconds. What is not known is `null`, never left out.
 */

/**
 * What an id can be. `log` is the log id of one event; `resource` is any other id that events name as their resource or channel: a
 * classic conversation, a transcription, a chat service.
 */
export const idTypes = [
  'request',
  'correlation',
  'conversation',
  'participant',
  'communication',
  'profile',
  'message',
  'call',
  'operation',
  'configuration',
  'store',
  'intelligence-configuration',
  'observation',
  'log',
  'resource',
] as const;
export type IdType = (typeof idTypes)[number];

/** An id, with what it is the id of. */
export type NamedId = { readonly type: IdType; readonly id: string };

/** As what an id occurs in an account, and how often. */
export type Match = {
  readonly type: IdType;
  /** Events that name it as this, or are about something that belongs to it. */
  readonly events: number;
  /** Records beside the log that are about it. */
  readonly records: number;
};

/**
 * How an event came into the story:
 * - `id`: it names the id, or what belongs to it: a conversation's participants, a diagnostic about a participant.
 * - `trace`: request and correlation ids join it to such an event.
 * - `conversation`: it is an event of the conversation itself (created, updated, deleted) that such an event belongs to. Only for
 *   ids of what lives in a conversation: participant, communication, profile, message, call, operation.
 */
export const reasons = ['id', 'trace', 'conversation'] as const;
export type Reason = (typeof reasons)[number];

/** One event of a story: what findings show of their evidence, and besides what it is about and how it came here. */
export type StoryEvent = Evidence &
  EventAbout & {
    /** The shape of the file: `debugger-log`, `status-callback`, … */
    readonly format: string;
    readonly correlationId: string | null;
    /** Message, call or classic conversation SID. */
    readonly channelId: string | null;
    readonly configurationId: string | null;
    readonly storeId: string | null;
    readonly reason: Reason;
    /** Milliseconds since the event before it in the story; `null` for the first. */
    readonly gapMs: number | null;
    /** The gap is unusually long, see `gaps.ts`. */
    readonly gapStandsOut: boolean;
    /** Fingerprints of the findings that cite the event, in the order of `findings`. */
    readonly findings: readonly string[];
  };

/** A request of the story, by its first event. */
export type StoryRequest = {
  readonly requestId: string;
  readonly correlationIds: readonly string[];
  readonly events: number;
  readonly errors: number;
  readonly warnings: number;
  readonly began: string;
  readonly ended: string;
};

/**
 * Something that the events of the story name. `data` is what the whole export tells of it, in columns of the model's tables
 * `conversations` and `participants`; it is empty for everything else.
 */
export type Touched = NamedId & {
  /** Events of the story that name it. */
  readonly events: number;
  readonly data: Readonly<Record<string, unknown>>;
};

/**
 * How a finding touches the story:
 * - `subject`: it is about the id, or about something that the events or their own records name.
 * - `evidence`: it cites events of the story.
 * - `related`: it names something of the story beside its subject.
 * - `context`: it is about something that the story shares with others: a configuration or store, or a profile that is not the id.
 * - `cause`: it touches nothing itself, but explains a finding that does.
 */
export const touches = ['subject', 'evidence', 'related', 'context', 'cause'] as const;
export type Touch = (typeof touches)[number];

/** A finding of the audit, and how it touches the story: at least one way. */
export type StoryFinding = Finding & { readonly touches: readonly Touch[] };

export const recordTypes = [
  'operation',
  'message',
  'call',
  'api-error',
  'configuration',
  'store',
  'intelligence-configuration',
  'conversation-snapshot',
  'participant-snapshot',
  'communication-snapshot',
  'observation',
] as const;
export type RecordType = (typeof recordTypes)[number];

/** A record beside the log that belongs to the story. */
export type StoryRecord = {
  readonly type: RecordType;
  /** Its own id; `null` for an API error. */
  readonly id: string | null;
  /** When what it tells of happened or began, else how old the record is; `null` where it has no time. */
  readonly time: string | null;
  /** Through what it belongs to the story: its own id, or what it names. */
  readonly through: string;
  /**
   * The columns of its side table. Of a configuration also `in_force` (at some time of the story; false where the files know
   * only later snapshots), `valid_from`, `valid_until`, and its `channels`: per channel the timeouts in minutes and capture rules.
   */
  readonly data: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number | null;
};

/** Everything that one account's files tell of the id. */
export type Story = {
  readonly accountId: string;
  /** In the order of `idTypes`. A request id that is a correlation id, too, has both; empty where only findings name the id. */
  readonly matches: readonly Match[];
  /** Time of the first and the last event; `null` where there is none. */
  readonly began: string | null;
  readonly ended: string | null;
  /** Where the export of these events' sources begins and ends (or `--as-of`): before and after, nothing can be told. */
  readonly exportBegin: string | null;
  readonly asOf: string | null;
  /** Files that the events stand in, by path. */
  readonly files: readonly { readonly path: string; readonly format: string; readonly events: number }[];
  /** By the time of their first events, ties by id. */
  readonly requests: readonly StoryRequest[];
  /** In the order of `idTypes`, then of appearance. */
  readonly touched: readonly Touched[];
  /** By time, ties by log id. */
  readonly events: readonly StoryEvent[];
  /** Worst first, as in an audit. */
  readonly findings: readonly StoryFinding[];
  /** In the order of `recordTypes`, then by time, id and place. */
  readonly records: readonly StoryRecord[];
};

/** Everything that `postlude trace` says. `run`, `files`, `issues`, `rules` and `suppressions` are those of an audit of the same files. */
export type TraceResult = {
  readonly tool: Tool;
  /** The id as it was asked for. */
  readonly id: string;
  readonly run: RunSummary;
  readonly files: readonly InputFileSummary[];
  readonly issues: readonly Issue[];
  readonly rules: readonly RuleSummary[];
  /** One per account in which the id occurs, by account; at least one. */
  readonly stories: readonly Story[];
  /** Of all the audit's findings, not only of those that touch the stories. */
  readonly suppressions: readonly SuppressionSummary[];
};
