import { describe, expect } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { diagnostic } from '../../generate/orchestrator.ts';
import { messageArrives } from '../../generate/scenes.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { type Entry, emit, exported, type Level, type World } from '../../generate/world.ts';
import { openBook, type Stage, second, type Told } from '../case.ts';

const book = openBook({ rules: ['errors/failed-request'] });
const withOthers = openBook({ rules: ['errors', 'profile/creation-failed'] });

const told = (...related: readonly string[]) =>
  `errors/failed-request request first: error confirmed error-chain${related.length === 0 ? '' : ` [${related.toSorted().join(', ')}]`}`;

type Step = {
  readonly request: string | null;
  readonly correlation?: string | null;
  readonly level?: Level;
  readonly code?: number;
  readonly reason?: string;
};

/** One entry a second, of a product whose errors no other rule knows. */
function logs(world: World, steps: readonly Step[]): readonly unknown[] {
  return steps.map(({ request, correlation = request, level = 'INFO', code = 0, reason }) => {
    const entry = emit(world, {
      source: 'conversation-memory',
      eventType: 'com.twilio.memory.traits.upserted',
      level,
      errorCode: code,
      ...(reason === undefined ? {} : { errorReason: reason }),
      body: { account_id: world.accountId },
    });
    world.now = Number.parseInt(entry.logId, 10) + second;
    return { ...entry, requestId: request, correlationId: correlation };
  });
}

const plays =
  (...steps: readonly Step[]) =>
  ({ world }: Stage): Told => ({
    entries: logs(world, steps),
    names: { first: 'r1', second: 'r2', third: 'r3', fourth: 'r4' },
  });

const data = (finding: Finding | undefined) => finding?.data ?? {};

describe('a trace with errors', () => {
  book.tell(
    'is told from its first event to its last, the first error first',
    plays(
      { request: 'r1' },
      { request: 'r1', level: 'ERROR', code: 520_005, reason: 'Trait "age" is no number.' },
      { request: 'r1', level: 'WARNING', code: 95_407 },
      { request: 'r1', level: 'ERROR', code: 520_046, reason: 'Invalid request' },
      { request: 'r9' },
    ),
    [told()],
    ([finding]) => {
      expect(finding).toMatchObject({
        firstSeen: '2026-09-14T08:00:00.000Z',
        lastSeen: '2026-09-14T08:00:03.000Z',
        requestIds: ['r1'],
      });
      expect(finding?.message).toBe(
        'Request r1 failed after 1 s: code 520005 (profile does not fit its schema), Trait "age" is no number. 2 of the 4 events of its trace are errors.',
      );
      expect(finding?.evidence.map(({ errorCode }) => errorCode)).toEqual([520_005, 520_046]);
      expect(data(finding)).toMatchObject({ events: 4, errors: 2 });
      expect(data(finding).steps).toMatchObject([
        { level: 'INFO' },
        { error_code: 520_005 },
        { error_code: 95_407 },
        { error_code: 520_046 },
      ]);
    },
  );
  book.tell('without errors is none', plays({ request: 'r1' }, { request: 'r1', level: 'WARNING', code: 95_407 }), []);
  book.tell('can be one event', plays({ request: 'r1', level: 'ERROR' }), [told()], ([finding]) => {
    expect(finding?.message).toBe(
      'Request r1 failed at once: com.twilio.memory.traits.upserted. It is the only event of its trace.',
    );
  });
  book.tell(
    'is told once for each that fails',
    plays({ request: 'r1', level: 'ERROR' }, { request: 'r2', level: 'ERROR' }),
    [told(), 'errors/failed-request request second: error confirmed error-chain'],
  );
  book.tell(
    'is none where an error has neither id',
    plays({ request: null, correlation: null, level: 'ERROR', code: 11_200 }),
    [],
  );
  book.tell(
    'is told by its correlation id where the error has no other',
    plays({ request: null, correlation: 'r1', level: 'ERROR' }, { request: 'r2', correlation: 'r1' }),
    [told('request second')],
  );
});

describe('requests that belong to one trace', () => {
  const failing = { request: 'r1', correlation: 'c1', level: 'ERROR' } as const;
  book.tell(
    'share a correlation id',
    plays({ request: 'r2', correlation: 'c1' }, failing),
    [told('request second')],
    ([finding]) => {
      expect(data(finding).events).toBe(2);
    },
  );
  book.tell(
    'are reached over several steps',
    plays(
      failing,
      { request: 'r2', correlation: 'c1' },
      { request: 'r2', correlation: 'c2' },
      { request: 'r3', correlation: 'c2' },
      // A request id here is a correlation id there.
      { request: 'r4', correlation: 'r3' },
      { request: 'r5', correlation: 'c5' },
    ),
    [told('request fourth', 'request second', 'request third')],
    ([finding]) => expect(data(finding).events).toBe(5),
  );
  book.tell(
    'are one finding, of the request of the first error',
    plays({ request: 'r2', correlation: 'c1' }, failing, { request: 'r3', correlation: 'c1', level: 'ERROR' }),
    [told('request second', 'request third')],
    ([finding]) => expect(data(finding)).toMatchObject({ events: 3, errors: 2 }),
  );
  book.tell('are two where nothing joins them', plays(failing, { request: 'r2', correlation: 'c2', level: 'ERROR' }), [
    told(),
    'errors/failed-request request second: error confirmed error-chain',
  ]);
});

describe('a long trace', () => {
  book.tell(
    'is cut, its errors are not',
    plays(...Array.from({ length: 60 }, (): Step => ({ request: 'r1' })), {
      request: 'r1',
      level: 'ERROR',
      code: 520_005,
    }),
    [told()],
    ([finding]) => {
      const steps = data(finding).steps;
      expect(steps).toHaveLength(40);
      expect(steps).toContainEqual(expect.objectContaining({ error_code: 520_005 }));
      expect(data(finding).events).toBe(61);
    },
  );
});

describe('what another rule tells of already', () => {
  /** A customer writes, and no profile can be made for them. */
  const unprofiled = (alsoFails: boolean) => (stage: Stage) => {
    const { world, configuration } = stage;
    const chat = messageArrives(world, 'SMS', {
      configuration,
      own: deskNumber,
      person: person(3),
      profileId: null,
      text: 'Hi',
    });
    const failure: Entry = diagnostic(world, chat.customer, 530_004, '503');
    const more: readonly unknown[] = alsoFails
      ? [{ ...(logs(world, [{ request: failure.requestId, level: 'ERROR', code: 520_046 }])[0] ?? {}) }]
      : [];
    const entries = exported(world).filter((entry) => entry.source !== 'conversation-memory');
    return {
      entries: [...entries, ...more],
      names: { guest: chat.customer.id, talk: chat.conversation.id, first: failure.requestId },
    };
  };
  const creation = 'profile/creation-failed participant guest: error confirmed transient [conversation talk]';
  withOthers.tell('is not told again', unprofiled(false), [creation]);
  withOthers.tell('is told where there is more to it', unprofiled(true), [creation, told('participant guest')]);
  withOthers.tell(
    'may be the unknown code of the only error',
    plays({ request: 'r1' }, { request: 'r1', level: 'ERROR', code: 530_077 }),
    ['errors/unrecognised-code code 530077: error confirmed not-in-dictionary'],
  );
  withOthers.tell(
    'may be an answer of the API that was logged',
    plays({ request: 'r1' }, { request: 'r1', level: 'ERROR', code: 20_001 }),
    ['errors/api-error request first: warning confirmed rejected'],
  );
});
