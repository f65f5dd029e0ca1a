import type { ParamValue } from './params.ts';
import type { Certainty, Severity, SubjectType } from './vocabulary.ts';

/**
 * One event of a candidate's evidence: the columns of the table `events`, each described in rules/tables.md. What the entry does not
 * say is null, never empty text.
 */
export type EvidenceEvent = {
  /** Names the event inside one run, for `eventKeys`; it says nothing about order. */
  readonly eventKey: bigint;
  /** Account SID (`AC…`), or `unknown`. */
  readonly accountId: string;
  /** The entry's own id; breaks ties of `eventTime`. */
  readonly logId: string;
  /** When it was logged, to the millisecond. */
  readonly eventTime: Date;
  /** `conversation-orchestrator`, `conversation-memory`, … */
  readonly source: string | null;
  /** `conversation.created`, `participant.updated`, `diagnostic`, …, or the full `com.twilio.…` name of another source. */
  readonly eventType: string | null;
  /** `INFO`, `WARNING` or `ERROR`. */
  readonly level: string | null;
  /** Null for success. */
  readonly errorCode: number | null;
  /** Free text with the HTTP status and message of what failed: see `classifyReason`. */
  readonly errorReason: string | null;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  /** A name inside one run only. */
  readonly traceId: bigint | null;
  readonly conversationId: string | null;
  readonly participantId: string | null;
  readonly communicationId: string | null;
  /** What a diagnostic is about; of a communication its external id. */
  readonly resourceId: string | null;
  readonly status: string | null;
  readonly participantType: string | null;
  readonly profileId: string | null;
  readonly channel: string | null;
  /** As logged, with a prefix such as `whatsapp:`: see `normaliseAddress`. */
  readonly address: string | null;
  readonly configurationId: string | null;
  /** The payload, parsed; null where it was not loaded. */
  readonly body: unknown;
  /** The export it came from, and the shape of that. */
  readonly file: string | null;
  readonly format: string | null;
};

/** What a predicate changes of its candidate. What it does not name stays as the SQL and the header have it. */
export type Change = {
  readonly severity?: Severity | undefined;
  /** One of the causes of the header. */
  readonly cause?: string | undefined;
  readonly certainty?: Certainty | undefined;
  /** In place of the cause's message; `{column}` is filled. */
  readonly message?: string | undefined;
  /** When it began, and when it was last seen, in place of what the SQL says. */
  readonly firstSeen?: Date | undefined;
  readonly lastSeen?: Date | undefined;
  readonly ongoing?: boolean | undefined;
  /**
   * Added to the data of the candidate; the same key replaces, `undefined` takes it away. In reports a Date is ISO 8601 in UTC, an
   * Interval an ISO 8601 duration, and a bigint a number, or text beyond 2^53.
   */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** In place of the candidate's own. */
  readonly related?: readonly { readonly type: SubjectType; readonly id: string }[] | undefined;
  /** In place of the candidate's own evidence. */
  readonly eventKeys?: readonly bigint[] | undefined;
};

/** True: a finding as it stands. False: none. A change: a finding with it. */
export type Verdict = boolean | Change;

/** The params of any rule; those of one rule are `Params` in its `.types.ts`. Intervals are `Interval`: see `intervalMs`. */
export type Params = Readonly<Record<string, ParamValue>>;

/** What the `.ts` file beside a rule exports as default; made by `predicate()`. */
export type Predicate = {
  readonly kind: 'postlude.predicate';
  readonly events: boolean;
  readonly decide: (row: never, context: never) => Verdict;
};

type WithEvents<Row, RuleParams> = {
  readonly events: true;
  /** Called once for each candidate with its evidence in the order of time, ties by log id. */
  readonly decide: (
    row: Row,
    context: { readonly params: RuleParams; readonly events: readonly EvidenceEvent[] },
  ) => Verdict;
};

/**
 * Decides in TypeScript about the candidates of a rule's SQL: `export default predicate<Row, Params>((row, { params }) => …)`, with the
 * types that `postlude rules types` writes beside the rule. A row has the columns of the SELECT: VARCHAR is string, BIGINT bigint,
 * INTEGER and DOUBLE number, BOOLEAN boolean, TIMESTAMPTZ Date, INTERVAL `Interval`, a list an array, STRUCT an object, JSON its text,
 * NULL null. It is frozen.
 *
 * What it throws, or answers beside true, false and a `Change`, makes the rule fail, and is told with its file; the other rules go on.
 * It has to answer at once: a promise is such an error, too.
 */
export function predicate<Row, RuleParams = Params>(
  decide: (row: Row, context: { readonly params: RuleParams }) => Verdict,
): Predicate;
/** With the events that the candidate rests on: `predicate<Row>({ events: true, decide: (row, { events }) => … })`. */
export function predicate<Row, RuleParams = Params>(spec: WithEvents<Row, RuleParams>): Predicate;
export function predicate<Row, RuleParams = Params>(
  given: ((row: Row, context: { readonly params: RuleParams }) => Verdict) | WithEvents<Row, RuleParams>,
): Predicate {
  const kind = 'postlude.predicate';
  return typeof given === 'function'
    ? { kind, events: false, decide: given }
    : { kind, events: given.events, decide: given.decide };
}
