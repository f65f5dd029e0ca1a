import type { ParamValue } from './params.ts';
import type { Certainty, Severity, SubjectType } from './vocabulary.ts';

/** One event of a candidate's evidence: the columns of the table `events`. */
export type EvidenceEvent = {
  readonly eventKey: bigint;
  readonly accountId: string;
  readonly logId: string;
  readonly eventTime: Date;
  readonly source: string | null;
  readonly eventType: string | null;
  readonly level: string | null;
  readonly errorCode: number | null;
  readonly errorReason: string | null;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  /** A name inside one run only. */
  readonly traceId: bigint | null;
  readonly conversationId: string | null;
  readonly participantId: string | null;
  readonly communicationId: string | null;
  readonly resourceId: string | null;
  readonly status: string | null;
  readonly participantType: string | null;
  readonly profileId: string | null;
  readonly channel: string | null;
  readonly address: string | null;
  readonly configurationId: string | null;
  /** The payload, parsed; null where it was not loaded. */
  readonly body: unknown;
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
  /** Added to the data of the candidate; the same key replaces, `undefined` takes it away. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** In place of the candidate's own. */
  readonly related?: readonly { readonly type: SubjectType; readonly id: string }[] | undefined;
  /** In place of the candidate's own evidence. */
  readonly eventKeys?: readonly bigint[] | undefined;
};

/** True: a finding as it stands. False: none. A change: a finding with it. */
export type Verdict = boolean | Change;

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
 * Decides in TypeScript about the candidates of a rule's SQL: `export default predicate<Row>((row, { params }) => …)`.
 * `postlude rules types` writes the row's type. It has to answer at once: a promise is an error.
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
