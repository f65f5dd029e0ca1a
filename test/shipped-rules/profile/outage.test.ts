import { describe, expect } from 'vitest';
import { typeId } from '../../generate/ids.ts';
import { lean } from '../../generate/lean.ts';
import { newProfile } from '../../generate/memory.ts';
import {
  conversation,
  diagnostic,
  type Participant,
  participant,
  updateParticipant,
} from '../../generate/orchestrator.ts';
import { type Entry, exported } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';

const window = 10 * minute;

/** A failure of a guest's profile: who, when after 08:00, and what was logged. */
type Failure = {
  readonly guest: number;
  readonly after: number;
  readonly code?: 530003 | 530004;
  readonly reason?: string;
};

/** Guests who came before, each to a conversation of their own; then their profiles fail. */
function plays(failures: readonly Failure[], options: { readonly end?: number; readonly resolved?: boolean } = {}) {
  return (stage: Stage): Told => {
    const { world, configuration, storeId } = stage;
    const other = witness(stage);
    const guests = new Map<number, Participant>();
    const names: Record<string, string> = { store: storeId, configuration: configuration.id, account: world.accountId };
    for (const guest of new Set(failures.map((failure) => failure.guest))) {
      world.now = start - minute + guest;
      const opened = conversation(world, { configurationId: configuration.id });
      const came = participant(world, opened, {
        type: 'CUSTOMER',
        name: `Guest ${guest}`,
        addresses: [{ channel: 'SMS', address: `+1555010${2000 + guest}` }],
        profileId: options.resolved === false ? null : newProfile(world),
      });
      guests.set(guest, came);
      names[`guest${guest}`] = came.id;
      names[`talk${guest}`] = opened.id;
    }
    for (const { guest, after, code = 530004, reason = '503 Service Unavailable' } of failures) {
      world.now = start + after;
      const about = guests.get(guest);
      if (about !== undefined) diagnostic(world, about, code, reason);
    }
    endsAt(stage, start + (options.end ?? 2 * hour), other);
    return { names };
  };
}

/** So many guests, one after another, the last of them exactly `during` after the first. */
const several = (guests: number, during: number, common: Omit<Failure, 'guest' | 'after'> = {}, from = 0): Failure[] =>
  Array.from({ length: guests }, (_, guest) => ({
    guest,
    after: from + Math.round((guest * during) / (guests - 1)),
    ...common,
  }));

const outage = (guests: number, cause = 'outage', subject = 'store store') => {
  const related = Array.from({ length: guests }, (_, guest) => `participant guest${guest}`);
  return `profile/store-outage ${subject}: critical confirmed ${cause} [${related.toSorted().join(', ')}]`;
};

/** All cases of it share one audit. */
const book = openBook({ rules: ['profile/store-outage'] });

describe('a memory store that fails', () => {
  book.tell(
    'five participants within ten minutes is an outage',
    plays(several(5, window)),
    [outage(5)],
    ([finding]) => {
      expect(finding).toMatchObject({
        firstSeen: '2026-09-14T08:00:00.000Z',
        lastSeen: '2026-09-14T08:10:00.000Z',
        ongoing: false,
        data: {
          participants_hit: 5,
          failures: 5,
          bursts: [
            {
              cause: 'outage',
              from: '2026-09-14T08:00:00.000Z',
              to: '2026-09-14T08:10:00.000Z',
              participants: 5,
              failures: 5,
            },
          ],
        },
      });
      expect(Object.keys(finding?.data ?? {}).toSorted()).toEqual(['bursts', 'failures', 'participants_hit']);
      expect(finding?.message).toMatch(
        /failed through store mem_store_\w{26}: the service was not available\. Participants hit: 5\.$/,
      );
    },
  );
  book.tell('five participants within a millisecond more is none', plays(several(5, window + 1)), []);
  book.tell('four participants is none', plays(several(4, minute)), []);
  book.tell(
    'four participants again and again is none',
    plays([0, 1, 2, 3].flatMap((times) => several(4, minute, {}, times * 90 * second))),
    [],
  );
  book.tell(
    'four participants again and again is none, where a fifth comes later',
    plays([...several(4, minute), ...several(4, minute, {}, 2 * minute), { guest: 4, after: hour }]),
    [],
  );
  book.tell(
    'one participant five times is none',
    plays([0, 1, 2, 3, 4].map((times) => ({ guest: 0, after: times * second }))),
    [],
  );
  book.tell(
    'lookup and creation of four participants is none',
    plays(several(4, minute).flatMap((each) => [{ ...each, code: 530003 as const }, each])),
    [],
  );
  book.tell(
    'lookup and creation of five participants is one, of ten failures',
    plays(
      several(5, minute).flatMap((each) => [
        { ...each, code: 530003 as const },
        { ...each, after: each.after + 2 },
      ]),
    ),
    [outage(5)],
    ([finding]) => {
      expect(finding?.data).toMatchObject({ participants_hit: 5, failures: 10 });
      expect(finding?.evidence).toHaveLength(10);
    },
  );
  book.tell(
    'the lookups of some and the creations of others is one',
    plays(several(5, minute).map((each) => ({ ...each, code: each.guest < 2 ? 530003 : 530004 }))),
    [outage(5)],
  );
  book.tell('at all the same millisecond is one', plays(several(5, 0)), [outage(5)]);
  book.tell(
    'whose log is out of order is one',
    (stage) => ({ ...plays(several(5, window))(stage), entries: exported(stage.world).toReversed() }),
    [outage(5)],
  );
  book.tell(
    'twice is one finding with two bursts',
    plays([...several(5, minute), ...several(5, minute, {}, hour).map((each) => ({ ...each, guest: each.guest + 3 }))]),
    [outage(8)],
    ([finding]) =>
      expect(finding?.data).toMatchObject({
        participants_hit: 8,
        failures: 10,
        bursts: [
          { to: '2026-09-14T08:01:00.000Z', participants: 5 },
          { from: '2026-09-14T09:00:00.000Z', to: '2026-09-14T09:01:00.000Z', participants: 5 },
        ],
      }),
  );
  book.tell('without a pause is one burst, however long', plays(several(30, hour)), [outage(30)], ([finding]) =>
    expect(finding?.data.bursts).toHaveLength(1),
  );
  book.tell(
    'is told without the failures that came alone, before and after',
    plays([{ guest: 5, after: -15 * minute }, ...several(5, minute), { guest: 6, after: 30 * minute }]),
    [outage(5)],
  );
  book.tell(
    'goes on where the export ends before ten minutes are over',
    plays(several(5, minute), { end: minute + window - 1 }),
    [outage(5)],
    ([finding]) => expect(finding?.ongoing).toBe(true),
  );
  book.tell(
    'is over where the export ends later',
    plays(several(5, minute), { end: minute + window }),
    [outage(5)],
    ([finding]) => expect(finding?.ongoing).toBe(false),
  );
});

describe('the cause of an outage', () => {
  const mixed = (...reasons: readonly string[]) =>
    plays(several(reasons.length, minute).map((each, at) => ({ ...each, reason: reasons[at] ?? '' })));

  book.tell('is an outage where reasons are transient', mixed('500', '502 Bad Gateway', 'timeout', 'HTTP 503', '429'), [
    outage(5),
  ]);
  book.tell(
    'is the store where it is not there or not accessible',
    mixed('404 Not Found', '403 Forbidden', 'store not found', 'HTTP 404', '404'),
    [outage(5, 'store-invalid')],
    ([finding]) => expect(finding?.fix).toMatch(/memoryStoreId.*ACTIVE/),
  );
  book.tell('is another where requests are malformed', mixed('400', '422', '400 Bad Request', '400', '400'), [
    outage(5, 'other'),
  ]);
  book.tell('is another where reasons say nothing', mixed('no', 'no', 'no', 'no', 'no'), [outage(5, 'other')]);
  book.tell(
    'is none where reasons of several kinds come together',
    mixed('503', '503', '503', '404', '404', '404'),
    [],
  );
  book.tell('is none where malformed requests and silence come together', mixed('400', '400', '400', 'no', 'no'), []);
  book.tell(
    'is the outage where two of five each come together',
    plays([
      ...several(5, minute, { reason: '404' }),
      ...several(5, minute).map((each) => ({ ...each, guest: each.guest + 5 })),
    ]),
    [outage(10)],
    ([finding]) => expect(finding?.data.bursts).toMatchObject([{ cause: 'store-invalid' }, { cause: 'outage' }]),
  );
});

describe('what an outage is about', () => {
  const five = plays(several(5, minute));
  const named = (stage: Stage, reason: (storeId: string, guest: number) => string) => {
    const store = typeId(stage.world.random, 'mem_store', start);
    const told = plays(several(5, minute).map((each) => ({ ...each, reason: reason(store, each.guest) })))(stage);
    return { ...told, names: { ...told.names, store } };
  };

  book.tell('is the store that the configuration names', five, [outage(5)]);
  book.tell('is the configuration where nothing names its store', (stage) => ({ ...five(stage), side: [] }), [
    outage(5, 'outage', 'configuration configuration'),
  ]);
  book.tell(
    'is the configuration where it has no store',
    (stage) => {
      const { memoryStoreId: _, ...configuration } = stage.configuration;
      return { ...five(stage), side: [configuration] };
    },
    [outage(5, 'outage', 'configuration configuration')],
  );
  book.tell(
    'is the account where the export is lean',
    (stage) => ({ ...five(stage), entries: exported(stage.world).map(lean), side: [] }),
    [outage(5, 'outage', 'account account')],
  );
  book.tell(
    'is the account where only warnings and errors were exported',
    (stage) => ({
      ...five(stage),
      entries: exported(stage.world).filter(({ level }) => level !== 'INFO'),
      side: [],
    }),
    [outage(5, 'outage', 'account account')],
    ([finding]) => expect(finding?.message).toMatch(/through account AC\d{32}: /),
  );
  book.tell(
    'is the store that the reasons name, whatever the configuration says now',
    (stage) => named(stage, (store) => `404: memory store ${store} not found`),
    [outage(5, 'store-invalid')],
  );
  book.tell(
    'is the store that the reasons name where nothing else is known',
    (stage) => ({
      ...named(stage, (store) => `503 from ${store}`),
      entries: exported(stage.world).map(lean),
      side: [],
    }),
    [outage(5)],
  );
  book.tell(
    'is a store under its other name',
    (stage) => {
      const service = typeId(stage.world.random, 'mem_service', start);
      const told = plays(several(5, minute, { reason: `503 from ${service}` }))(stage);
      return { ...told, names: { ...told.names, service }, side: [] };
    },
    [outage(5, 'outage', 'store service')],
  );
  book.tell(
    'is the store that some reasons name, where all are of one configuration',
    (stage) => ({ ...named(stage, (store, guest) => (guest < 2 ? `503 from ${store}` : '503')), side: [] }),
    [outage(5)],
  );
  book.tell(
    'is one store, where of each participant one reason names it',
    (stage) => {
      const store = typeId(stage.world.random, 'mem_store', start);
      const told = plays(
        several(5, minute).flatMap((each) => [
          { ...each, code: 530003 as const, reason: `404: ${store} not found` },
          { ...each, after: each.after + 2, reason: '404' },
        ]),
      )(stage);
      return {
        names: { ...told.names, store },
        entries: exported(stage.world).filter(({ level }) => level !== 'INFO'),
        side: [],
      };
    },
    [outage(5, 'store-invalid')],
    ([finding]) => expect(finding?.data.failures).toBe(10),
  );
  book.tell(
    'are two stores where the reasons name two',
    (stage) => {
      const [one, two] = [
        typeId(stage.world.random, 'mem_store', start),
        typeId(stage.world.random, 'mem_store', start),
      ];
      const told = plays(several(10, minute).map((each) => ({ ...each, reason: `503 ${each.guest < 5 ? one : two}` })))(
        stage,
      );
      return { ...told, names: { ...told.names, one, two } };
    },
    [
      outage(5, 'outage', 'store one'),
      'profile/store-outage store two: critical confirmed outage [participant guest5, participant guest6, participant guest7, participant guest8, participant guest9]',
    ],
  );
  book.tell(
    'are conversations where nobody knows which participants they were',
    (stage) => {
      const told = five(stage);
      const opened = exported(stage.world).filter(({ eventType }) => eventType === 'conversation.created');
      const entries = exported(stage.world)
        .filter(({ level }) => level !== 'INFO')
        .map((entry, at) => ({ ...entry, body: { ...entry.body, resourceSid: opened[at + 1]?.body.id } }));
      return { ...told, entries, side: [] };
    },
    [outage(5, 'outage', 'account account').replaceAll('participant guest', 'conversation talk')],
  );
  book.tell(
    'is nothing where nobody knows whom the failures are about',
    (stage) => ({
      ...five(stage),
      entries: exported(stage.world)
        .filter(({ level }) => level !== 'INFO')
        .map(({ body: { resourceSid: _, ...body }, requestId: _request, correlationId: _correlation, ...entry }) => ({
          ...entry,
          body,
        })),
      side: [],
    }),
    [],
  );
});

describe('the params of an outage', () => {
  const book = openBook({
    rules: ['profile/store-outage'],
    params: { 'profile/store-outage': { min_participants: '3', window: '1 minute' } },
  });
  book.tell('say how many', plays(several(3, minute)), [outage(3)]);
  book.tell('say how many, one fewer', plays(several(2, minute)), []);
  book.tell('say within what time', plays(several(3, minute + 1)), []);

  openBook({ rules: ['profile/store-outage'], asOf: new Date(start + window - 1) }).tell(
    'do not reach beyond --as-of',
    plays(several(5, window)),
    [],
  );
});

describe('the causes of an outage’s symptoms', () => {
  const book = openBook({ rules: ['profile/*'] });
  const symptoms = (guests: readonly number[], above: string, lookups = true) =>
    guests.flatMap((guest) => [
      ...(lookups
        ? [
            `profile/lookup-failed participant guest${guest}: warning confirmed transient [conversation talk${guest}]${above}`,
          ]
        : []),
      `profile/creation-failed participant guest${guest}: error confirmed transient [conversation talk${guest}]${above}`,
      `profile/unresolved-customer participant guest${guest}: error confirmed creation-failed [conversation talk${guest}] < profile/creation-failed guest${guest}`,
    ]);
  const both = (failure: Failure): readonly Failure[] => [
    { ...failure, code: 530003 },
    { ...failure, after: failure.after + 1 },
  ];

  book.tell(
    'hang below it: the lookups and creations that failed, and below those the missing profiles',
    plays(several(5, minute).flatMap(both), { resolved: false }),
    [outage(5), ...symptoms([0, 1, 2, 3, 4], ' < profile/store-outage store')],
  );
  book.tell(
    'do not hang below it where they came alone',
    plays([...several(5, minute), { guest: 5, after: 40 * minute }, { guest: 6, after: -15 * minute }], {
      resolved: false,
    }),
    [outage(5), ...symptoms([0, 1, 2, 3, 4], ' < profile/store-outage store', false), ...symptoms([5, 6], '', false)],
  );
  book.tell(
    'do not hang below it where they were over before it began',
    plays([{ guest: 0, after: -hour / 2, code: 530003 }, ...several(5, minute)]),
    [
      outage(5),
      'profile/lookup-failed participant guest0: warning confirmed transient [conversation talk0]',
      ...[0, 1, 2, 3, 4].map(
        (guest) =>
          `profile/creation-failed participant guest${guest}: error confirmed transient [conversation talk${guest}] < profile/store-outage store`,
      ),
    ],
  );
  book.tell(
    'hang below nothing where there were too few',
    plays(several(4, minute).flatMap(both), { resolved: false }),
    symptoms([0, 1, 2, 3], ''),
  );
  book.tell(
    'are fewer for those who got a profile all the same',
    (stage) => {
      const profiles: Record<string, string> = {};
      const told = plays(several(5, minute, { code: 530003 }), { resolved: false })(stage);
      const created = stage.world.entries.filter(
        (entry): entry is Entry & { body: Participant } =>
          entry.eventType === 'participant.created' && Object.values(told.names ?? {}).includes(String(entry.body.id)),
      );
      for (const [guest, { body }] of created.entries()) {
        stage.world.now = start + 5 * minute;
        const profileId = newProfile(stage.world);
        profiles[`P${guest}`] = profileId;
        updateParticipant(stage.world, body, { profileId });
      }
      return { names: { ...told.names, ...profiles } };
    },
    [
      outage(5),
      ...[0, 1, 2, 3, 4].flatMap((guest) => [
        `profile/lookup-failed participant guest${guest}: warning confirmed transient [conversation talk${guest}] < profile/store-outage store`,
        `profile/duplicate-risk participant guest${guest}: info confirmed created-by-fallback [profile P${guest}] < profile/lookup-failed guest${guest}`,
      ]),
    ],
  );
});
