import type { Showing } from './zones.ts';

/** What a shape makes of a record: a log entry, or a row of a side table. Absent values are `null`, never empty text. */

export type Address = {
  readonly channel: string | null;
  readonly address: string | null;
  readonly channelId: string | null;
};

export type Recipient = {
  readonly channel: string | null;
  readonly address: string | null;
  readonly participantId: string | null;
  readonly deliveryStatus: string | null;
};

/** One log entry in postlude's own terms: the columns of `event_log`, whatever shape it came in. */
export type LogEntry = {
  /** NULL where the shape has none; a hash of the content then takes its place. */
  readonly logId: string | null;
  /** ISO 8601 with offset, as precise as the input. */
  readonly eventTime: string;
  readonly source: string;
  /** `conversation.created` … `diagnostic`, or the full `com.twilio.…` name of another source. */
  readonly eventType: string;
  readonly level: 'INFO' | 'WARNING' | 'ERROR';
  readonly errorCode: number | null;
  readonly errorReason: string | null;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  readonly accountId: string | null;
  readonly conversationId: string | null;
  /** All, where several are listed, as observations can be made of several; `null` otherwise. */
  readonly conversationIds: readonly (string | null)[] | null;
  readonly participantId: string | null;
  readonly communicationId: string | null;
  readonly resourceId: string | null;
  readonly status: string | null;
  readonly participantType: string | null;
  readonly profileId: string | null;
  readonly configurationId: string | null;
  readonly storeId: string | null;
  readonly name: string | null;
  readonly addresses: readonly Address[];
  readonly recipients: readonly Recipient[];
  readonly channelId: string | null;
  readonly text: string | null;
  readonly resourceCreatedAt: string | null;
  /** The record has a `profileId` key, even a null one. */
  readonly showsProfile: boolean;
  /** The payload as it came. */
  readonly body: unknown;
};

/** A JSON object, a row of a table with its header as keys, or a decoded form. */
export type Fields = Readonly<Record<string, unknown>>;

/** One record of an input with the line on which it begins (from 1; in binary files the row). */
export type InputRecord = {
  readonly fields: Fields;
  readonly line: number;
  /** The key of the list it stood in, where the container names it: `configurations`, `messages`, `alerts`, … */
  readonly listKey: string | null;
};

/** A piece of an input that could not be read as a record, or a record that could not be read as an entry. */
export type Reject = { readonly line: number; readonly reason: string; readonly text: string };

export type ShapeContext = {
  /** Zone for times that carry none: an IANA name or an offset such as `+02:00`. */
  readonly timezone: string;
  /** Told once for each time without a zone, with how often the zone has it. */
  readonly zonelessTime: (shown: Showing) => void;
};

/** A shape of log entries: how to recognise a record of it, and what it says. */
export type EntryShape = {
  /** As it stands in `events.format` and in the report: `debugger-log`, `console-table`, … */
  readonly name: string;
  readonly matches: (record: InputRecord) => boolean;
  /** The entry, or the reason why the record cannot be one, as a phrase: `eventTime is not a time: "yesterday"`. */
  readonly project: (record: InputRecord, context: ShapeContext) => LogEntry | { readonly reason: string };
};

/** A shape of side records: the same for what is not a log entry. A row's keys are the columns of its table. */
export type SideShape = {
  readonly name: string;
  readonly matches: (record: InputRecord) => boolean;
  readonly project: (record: InputRecord, context: ShapeContext) => readonly SideRow[] | { readonly reason: string };
};

/** Keys are the columns without `file_id` and `line`, and `text` in the place of `text_hash`: the hash is DuckDB's own. */
export type SideRow = { readonly table: SideTable; readonly row: Readonly<Record<string, unknown>> };

export const sideTables = [
  'configurations',
  'channel_settings',
  'capture_rules',
  'stores',
  'operations',
  'intelligence_configurations',
  'intelligence_rules',
  'messages',
  'calls',
  'api_errors',
  'conversation_snapshots',
  'participant_snapshots',
  'communication_snapshots',
  'observation_snapshots',
] as const;
export type SideTable = (typeof sideTables)[number];
