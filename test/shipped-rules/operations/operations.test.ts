import { describe, expect } from 'vitest';
import { typeId } from '../../generate/ids.ts';
import { operation } from '../../generate/side.ts';
import { type Body, emit, isoTime } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';

const book = openBook({ rules: ['operations/*'] });
const patient = openBook({
  rules: ['operations/*'],
  params: { 'operations/stuck-pending': { max_pending: '10 minutes' } },
});
const early = openBook({ rules: ['operations/*'], asOf: new Date(start + 20 * second) });

type Outcome = Parameters<typeof operation>[1];

const told = (stage: Stage, record: Body, ...more: readonly Body[]): Told => ({
  side: [stage.configuration, record, ...more],
  names: { job: String(record.operationId), configuration: stage.configuration.id, store: stage.storeId },
});

/** An operation begun at 08:00, in an export that ends so much later. */
const watched =
  (outcome: Outcome, end: number, later: (record: Body) => readonly Body[] = () => []) =>
  (stage: Stage): Told => {
    const other = witness(stage);
    stage.world.now = start;
    const record = operation(stage.world, outcome);
    endsAt(stage, start + end, other);
    return told(stage, record, ...later(record));
  };

const stuck = 'operations/stuck-pending operation job: warning confirmed stuck';

describe('an operation that does not end', () => {
  book.tell('is stuck at 30 seconds', watched({ status: 'PENDING' }, 30 * second), [stuck], ([finding]) => {
    expect(finding).toMatchObject({
      firstSeen: '2026-09-14T08:00:00.000Z',
      lastSeen: '2026-09-14T08:00:30.000Z',
      ongoing: true,
      data: { status: 'PENDING' },
    });
    expect(finding?.message).toMatch(/is still PENDING after 30 seconds\.$/);
    expect(finding?.fix).toContain(
      `operation ${finding?.subject.id}, its beginning 2026-09-14T08:00:00Z and account ${finding?.accountId}.`,
    );
  });
  book.tell('is not stuck a millisecond earlier', watched({ status: 'PENDING' }, 30 * second - 1), []);
  book.tell('is stuck while it runs, too', watched({ status: 'RUNNING' }, minute), [stuck]);
  book.tell(
    'is not stuck where it ended',
    watched({ status: 'COMPLETED', related: { configurationId: 'conv_configuration_1' } }, hour),
    [],
  );
  book.tell('is not stuck where it was given up', watched({ status: 'CANCELLED' }, hour), []);
  book.tell(
    'is not stuck where a later record says that it ended',
    watched({ status: 'PENDING' }, hour, (record) => [
      {
        ...record,
        status: 'COMPLETED',
        completedAt: isoTime(start + minute),
        related: { configurationId: 'conv_configuration_1' },
      },
    ]),
    [],
  );
  book.tell(
    'is not stuck where a record without times says that it ended',
    watched({ status: 'RUNNING' }, hour, ({ operationId, accountId }) => [
      { operationId, accountId, status: 'CANCELLED', statusUrl: 'x' },
    ]),
    [],
  );
  book.tell(
    'is stuck where its own record is that late, whatever the log says',
    watched({ status: 'PENDING' }, second, (record) => [
      { ...record, status: 'RUNNING', updatedAt: isoTime(start + 30 * second) },
    ]),
    [stuck],
    ([finding]) => expect(finding?.data.status).toBe('RUNNING'),
  );
  book.tell(
    'is measured by the events of the orchestrator, not by those of others',
    (stage) => {
      const made = watched({ status: 'PENDING' }, second)(stage);
      stage.world.now = start + hour;
      emit(stage.world, { source: 'knowledge', eventType: 'com.twilio.knowledge.knowledgebase.created', body: {} });
      return made;
    },
    [],
  );
  patient.tell('has as long as the param says', watched({ status: 'PENDING' }, 10 * minute - 1), []);
  patient.tell('has no longer than the param says', watched({ status: 'PENDING' }, 10 * minute), [stuck]);
  early.tell('is not yet stuck at an earlier as-of', watched({ status: 'PENDING' }, hour), []);
});

const failed = (cause: string, ...related: readonly string[]) =>
  `operations/failed operation job: error confirmed ${cause}${related.length === 0 ? '' : ` [${related.join(', ')}]`}`;

describe('an operation that failed', () => {
  const because = (title: string, detail?: string) =>
    watched(
      {
        status: 'FAILED',
        error: { type: 'about:blank', title, status: 400, ...(detail === undefined ? {} : { detail }) },
      },
      minute,
    );
  book.tell(
    'names a phone number',
    because('Bad request', "'0555123' is not a valid phone number"),
    [failed('invalid-phone-number')],
    ([finding]) => {
      expect(finding).toMatchObject({ firstSeen: '2026-09-14T08:00:00.000Z', lastSeen: '2026-09-14T08:00:01.200Z' });
      expect(finding?.message).toMatch(
        /failed over a phone number: Bad request: '0555123' is not a valid phone number\.$/,
      );
      expect(finding?.data).toMatchObject({ error_title: 'Bad request', error_status: 400 });
    },
  );
  book.tell('asks for E.164', because('from must be in E.164 format'), [failed('invalid-phone-number')]);
  book.tell(
    'names a phone number first of all',
    because('Invalid phone number', 'captureRules[0].to of the memory store'),
    [failed('invalid-phone-number')],
  );
  book.tell('names a memory store', because('Invalid memory store'), [failed('memory-store')]);
  book.tell('lacks a memory store', because('Bad request', 'memoryStoreId is required'), [failed('memory-store')]);
  book.tell('names the id of a store', (stage) => because('Bad request', `${stage.storeId} does not exist.`)(stage), [
    failed('memory-store', 'store store'),
  ]);
  book.tell('names capture rules', because('Malformed capture rule', 'from is missing'), [failed('capture-rules')]);
  book.tell(
    'names capture rules as the API writes them',
    because('Bad request', 'channelSettings.SMS.captureRules[1]'),
    [failed('capture-rules')],
  );
  book.tell('names something else', because('Version conflict', 'The number of retries is used up'), [failed('other')]);
  book.tell('names nothing', watched({ status: 'FAILED' }, minute), [failed('other')], ([finding]) => {
    expect(finding?.message).toMatch(/failed: it does not say why\.$/);
  });
  book.tell(
    'is related to what it was about',
    (stage) =>
      watched(
        { status: 'FAILED', error: { title: 'Conflict' }, related: { configurationId: stage.configuration.id } },
        minute,
      )(stage),
    [failed('other', 'configuration configuration')],
  );
  book.tell(
    'is told by its last record',
    watched({ status: 'PENDING' }, minute, (record) => [
      { ...record, status: 'FAILED', completedAt: isoTime(start + second), error: { title: 'Conflict' } },
    ]),
    [failed('other')],
  );
});

const nameless = 'operations/no-resource-id operation job: info confirmed known-limitation';

describe('an operation that is completed', () => {
  book.tell('without any id is worth knowing', watched({ status: 'COMPLETED' }, minute), [nameless]);
  book.tell('without any id among what is related', watched({ status: 'COMPLETED', related: {} }, minute), [nameless]);
  book.tell(
    'with a related id is as it should be',
    watched({ status: 'COMPLETED', related: { configurationId: 'conv_configuration_1' } }, minute),
    [],
  );
  book.tell(
    'with an id as its result is as it should be',
    (stage) => {
      const record = operation(stage.world, { status: 'COMPLETED' });
      const id = typeId(stage.world.random, 'mem_store', start);
      return told(stage, { ...record, result: { id, type: 'RESOURCE_ID' } });
    },
    [],
  );
  book.tell(
    'is as it should be where an earlier record named the id',
    watched({ status: 'PENDING', related: { configurationId: 'conv_configuration_1' } }, minute, (record) => [
      { ...record, status: 'COMPLETED', completedAt: isoTime(start + second), related: null },
    ]),
    [],
  );
});

describe('an account without records of operations', () => {
  book.tell(
    'has no findings',
    (stage) => {
      witness(stage);
      return {};
    },
    [],
  );
});
