/** The words of Twilio's sources in postlude's terms. Few different ones occur, so each is worked out once. */

/** What a bare entry about a conversation, participant or communication comes from. */
export const orchestrator = 'conversation-orchestrator';

/** The event type of an error of any product, as Event Streams calls it. */
export const errorLogged = 'com.twilio.error-logs.error.logged';

/**
 * Event types as postlude names them: `CONVERSATION_CREATED` and `com.twilio.….conversation.created` are
 * `conversation.created`, `PARTICIPANT_ADDED` is `participant.created`. Types of other products stay whole.
 */
export const eventTypeOf = remembered((given: string): string => {
  const type = given.trim();
  const lower = type.toLowerCase();
  if (lower === 'diagnostic') return lower;
  const prefixed = /^com\.twilio\.([^.]+)(?:\.[^.]+)*?\.(diagnostic|[a-z]+\.[a-z]+)$/.exec(lower);
  if (prefixed !== null && productsWithOwnTypes.has(prefixed[1] ?? '')) return type;
  const bare = prefixed?.[2] ?? lower;
  if (bare === 'diagnostic') return bare;
  const [, entity, verb] =
    /^(conversation|participant|communication)[._](created|updated|deleted|added|removed)$/.exec(bare) ?? [];
  return entity === undefined || verb === undefined ? type : `${entity}.${verb === 'added' ? 'created' : verb}`;
});

/** Their types name profiles, operators and the like; one that ends like an orchestrator's is still about their own. */
const productsWithOwnTypes: ReadonlySet<string> = new Set(['memory', 'intelligence', 'knowledge']);

export type Level = 'INFO' | 'WARNING' | 'ERROR';

const levels: ReadonlyMap<string, Level> = new Map([
  ['info', 'INFO'],
  ['notice', 'INFO'],
  ['debug', 'INFO'],
  ['information', 'INFO'],
  ['warn', 'WARNING'],
  ['warning', 'WARNING'],
  ['error', 'ERROR'],
  ['critical', 'ERROR'],
  ['fatal', 'ERROR'],
]);

/** A level in any source's words; without one, an entry with an error code is at least a warning. */
export function levelOf(given: string | null, errorCode: number | null): Level {
  return (given === null ? null : knownLevel(given)) ?? (errorCode === null ? 'INFO' : 'WARNING');
}

const knownLevel = remembered((given: string): Level | null => levels.get(given.trim().toLowerCase()) ?? null);

/** A source as Twilio writes it in log entries: `Conversation Orchestrator` is `conversation-orchestrator`. */
export const sourceOf = remembered((given: string): string =>
  given
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-'),
);

/** The source of an event type, for shapes that name none. */
export const sourceOfType = remembered((eventType: string): string => {
  if (eventType === 'diagnostic' || /^(?:conversation|participant|communication)\./.test(eventType))
    return orchestrator;
  if (eventType.startsWith('com.twilio.memory.')) return 'conversation-memory';
  if (eventType.startsWith('com.twilio.intelligence.')) return 'conversation-intelligence';
  if (eventType.startsWith('com.twilio.knowledge.')) return 'knowledge';
  return 'debugger';
});

/** True for the error codes of Conversation Orchestrator, known ones or not: 530000 to 530999. */
export function isOrchestratorCode(errorCode: number | null): boolean {
  return errorCode !== null && Math.floor(errorCode / 1000) === 530;
}

/** The function with a memory, bounded so that hostile input cannot fill it. */
function remembered<Result>(work: (given: string) => Result): (given: string) => Result {
  const results = new Map<string, Result>();
  return (given) => {
    const known = results.get(given);
    if (known !== undefined) return known;
    const result = work(given);
    if (results.size < 1024 && given.length <= 200) results.set(given, result);
    return result;
  };
}
