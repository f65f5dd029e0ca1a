import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import { memoryEvent, observationCreated, summaryCreated } from '../../generate/memory.ts';
import {
  type Conversation,
  diagnostic,
  type Participant,
  updateConversation,
  updateParticipant,
} from '../../generate/orchestrator.ts';
import { type Chat, messageArrives, talk } from '../../generate/scenes.ts';
import { type Configuration, observation, store } from '../../generate/side.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { exported, isoTime, timeOf } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';

const day = 24 * hour;
const delay = 10 * minute;
const reached = start + 2 * hour;

/** A chat at 08:00 with a profile of its own, unless said otherwise. */
function chats({ world, configuration }: Stage, profileId?: string | null): Chat {
  world.now = start;
  const chat = messageArrives(world, 'SMS', {
    configuration,
    person: person(3),
    own: deskNumber,
    text: 'Is my order on its way?',
    ...(profileId === undefined ? {} : { profileId }),
  });
  talk(world, chat, ['It left our warehouse this morning.'], { pause: 20, first: 'agent' });
  return chat;
}

/** An observation of another conversation: the export would show one of this, too. */
function remembers({ world, storeId }: Stage, other: Chat, time: number): void {
  world.now = time;
  observationCreated(world, { storeId, profileId: profileOf(other.customer), conversationId: other.conversation.id });
}

function profileOf({ profileId }: Participant): string {
  if (profileId === null) throw new Error('a customer without a profile');
  return profileId;
}

type Ending = {
  readonly profileId?: string | null;
  readonly status?: Conversation['status'];
  /** What else happens; the clock stands at the moment at which the conversation has ended. */
  readonly meanwhile?: (stage: Stage, chat: Chat, other: Chat) => void;
  /** How long the export goes on after the conversation has ended. */
  readonly watched?: number;
  /** False: no observation of anything is in the export. */
  readonly memory?: boolean;
  readonly side?: (stage: Stage) => readonly unknown[];
  readonly entries?: (stage: Stage, chat: Chat) => readonly unknown[];
};

/** A chat ends at 10:00, and no observation of it comes. */
function ends(ending: Ending = {}) {
  return (stage: Stage): Told => {
    const { world } = stage;
    const watched = ending.watched ?? hour;
    const other = witness(stage);
    const chat = chats(stage, ending.profileId);
    world.now = reached;
    updateConversation(world, chat.conversation, { status: ending.status ?? 'CLOSED' });
    world.now = reached;
    ending.meanwhile?.(stage, chat, other);
    if (ending.memory !== false) {
      remembers(stage, other, start - 40 * minute);
      remembers(stage, other, reached + watched);
    }
    endsAt(stage, reached + watched, other);
    return {
      names: {
        talk: chat.conversation.id,
        other: other.conversation.id,
        one: chat.customer.id,
        desk: stage.configuration.id,
        store: stage.storeId,
      },
      ...(ending.side === undefined ? {} : { side: ending.side(stage) }),
      ...(ending.entries === undefined ? {} : { entries: ending.entries(stage, chat) }),
    };
  };
}

const beside =
  (...stores: readonly ((stage: Stage) => unknown)[]) =>
  (stage: Stage): readonly unknown[] => [stage.configuration, ...stores.map((made) => made(stage))];
const own =
  (status: string) =>
  (stage: Stage): unknown => ({ ...store(stage.storeId, { status }), accountId: stage.world.accountId });
const another = (stage: Stage): unknown => ({
  ...store('mem_store_01knq9vx4qfghrt2dyrh4942w0'),
  accountId: stage.world.accountId,
});
const changed =
  (changes: Partial<Configuration>) =>
  (stage: Stage): readonly unknown[] => [{ ...stage.configuration, ...changes }];

const unexplained = 'memory/no-observations conversation talk: info possible unexplained';
const storeDead = 'memory/no-observations conversation talk: warning confirmed store-not-active [store store]';
const mismatch = (certainty: string, related: string) =>
  `memory/no-observations conversation talk: warning ${certainty} store-mismatch [${related}]`;
const noProfile = (certainty = 'confirmed') =>
  `memory/no-observations conversation talk: warning ${certainty} no-profile [participant one]`;

/** All cases of it share one audit. */
const book = openBook({ rules: ['memory/*'] });

describe('a conversation that ended and of which memory holds nothing', () => {
  book.tell('is told at ten minutes', ends({ watched: delay }), [unexplained], ([finding]) => {
    expect(finding).toMatchObject({
      firstSeen: '2026-09-14T10:00:00.000Z',
      lastSeen: '2026-09-14T10:10:00.000Z',
      ongoing: true,
      data: {
        reached: 'CLOSED',
        checks: [
          { name: 'extraction-enabled', outcome: 'passed' },
          { name: 'store-active', outcome: 'not checked' },
          { name: 'store-named', outcome: 'passed' },
          { name: 'trigger-reached', outcome: 'passed' },
          { name: 'customer-profile', outcome: 'passed' },
        ],
      },
    });
  });
  book.tell('is not told a millisecond earlier', ends({ watched: delay - 1 }), []);
  book.tell('is told where it became INACTIVE only', ends({ status: 'INACTIVE' }), [unexplained], ([finding]) => {
    expect(finding?.data).toMatchObject({ reached: 'INACTIVE' });
  });
  book.tell('is nothing while it is ACTIVE', ends({ status: 'ACTIVE' }), []);
  book.tell(
    'is nothing where an observation names it',
    ends({
      meanwhile: (stage, chat) => {
        stage.world.now = reached + 2 * second;
        observationCreated(stage.world, {
          storeId: stage.storeId,
          profileId: profileOf(chat.customer),
          conversationId: chat.conversation.id,
        });
      },
    }),
    [],
  );
  book.tell(
    'is nothing where a summary names it',
    ends({
      meanwhile: ({ world, storeId }, chat) => {
        summaryCreated(world, {
          storeId,
          profileId: profileOf(chat.customer),
          conversationId: chat.conversation.id,
        });
      },
    }),
    [],
  );
  book.tell(
    'is nothing where an observation lists it among others',
    ends({
      meanwhile: ({ world, storeId }, chat, other) => {
        memoryEvent(world, 'observation.created', {
          store_id: storeId,
          conversation_ids: [other.conversation.id, chat.conversation.id],
        });
      },
    }),
    [],
  );
  book.tell(
    'is nothing where an observation names it somewhere else in its payload',
    ends({
      meanwhile: ({ world, storeId }, chat) => {
        memoryEvent(world, 'observation.created', { store_id: storeId, made_of: { talk: chat.conversation.id } });
      },
    }),
    [],
  );
  book.tell(
    'is nothing where an observation names the profile of its customer',
    ends({
      meanwhile: ({ world, storeId }, chat) => {
        memoryEvent(world, 'observation.updated', { store_id: storeId, profile_id: chat.customer.profileId });
      },
    }),
    [],
  );
  book.tell(
    'is nothing where an observation names the profile as it began',
    ends({
      meanwhile: ({ world, storeId }, chat) => {
        world.now = start;
        memoryEvent(world, 'observation.created', { store_id: storeId, profile_id: chat.customer.profileId });
      },
    }),
    [],
  );
  book.tell(
    'is told where an observation named the profile a millisecond before it began',
    ends({
      meanwhile: ({ world, storeId }, chat) => {
        world.now = start - 1;
        memoryEvent(world, 'observation.created', { store_id: storeId, profile_id: chat.customer.profileId });
      },
    }),
    [unexplained],
  );
  for (const action of ['observation.retrieved', 'observation.deleted', 'summary.retrieved']) {
    book.tell(
      `is told where there is only ${action}`,
      ends({
        meanwhile: ({ world, storeId }, chat) => {
          memoryEvent(world, action, {
            store_id: storeId,
            profile_id: chat.customer.profileId,
            conversation_id: chat.conversation.id,
          });
        },
      }),
      [unexplained],
    );
  }
  book.tell(
    'is told where making the observation failed',
    ends({
      entries: ({ world, storeId }, chat) => {
        world.now = reached;
        memoryEvent(world, 'observation.created', { store_id: storeId, conversation_id: chat.conversation.id });
        const entries = exported(world);
        return entries.map((entry) =>
          entry.body.conversation_id === chat.conversation.id
            ? { ...entry, level: 'ERROR', errorCode: 520046, errorReason: 'Invalid request' }
            : entry,
        );
      },
    }),
    [unexplained],
  );
  book.tell(
    'is nothing where a list of observations names it',
    ends({
      side: (stage) => [
        stage.configuration,
        observation(stage.world, {
          storeId: stage.storeId,
          profileId: 'mem_profile_01knq9vx4qfghrt2dyrh4942w1',
          conversationIds: stage.world.entries
            .filter(({ eventType }) => eventType === 'conversation.created')
            .map(({ body }) => String(body.id)),
          content: 'Has a bicycle',
        }),
      ],
    }),
    [],
  );
  book.tell(
    'is told where there are lists instead of events',
    ends({
      memory: false,
      side: (stage) => [
        stage.configuration,
        observation(stage.world, {
          storeId: stage.storeId,
          profileId: 'mem_profile_01knq9vx4qfghrt2dyrh4942w1',
          conversationIds: ['conv_conversation_01knq9vx4qfghrt2dyrh4942w1'],
          content: 'Has a bicycle',
        }),
      ],
    }),
    [unexplained, unexplained.replace('talk', 'other')],
  );
  book.tell('is nothing without any witness', ends({ memory: false, side: beside(own('PENDING')) }), []);
  book.tell(
    'is nothing where the observations end before it could have one',
    ends({
      memory: false,
      meanwhile: (stage, _, other) => remembers(stage, other, start - 40 * minute),
    }),
    [],
  );
  book.tell(
    'is nothing where only summaries are shown, and it was not closed',
    ends({
      memory: false,
      status: 'INACTIVE',
      meanwhile: ({ world, storeId }, _, other) => {
        const of = { storeId, profileId: profileOf(other.customer), conversationId: other.conversation.id };
        world.now = start - 40 * minute;
        summaryCreated(world, of);
        world.now = reached + 30 * minute;
        summaryCreated(world, of);
      },
    }),
    [],
  );
  book.tell(
    'is nothing where everybody in it is UNKNOWN',
    ends({
      meanwhile: ({ world }, { customer }) => {
        updateParticipant(world, customer, { type: 'UNKNOWN', profileId: null });
      },
      side: beside(own('PENDING')),
    }),
    [],
  );
  book.tell(
    'is told at most as possible where the export is lean',
    ends({ side: beside(own('PENDING')), entries: ({ world }) => exported(world).map(lean) }),
    [unexplained],
  );
});

describe('the reason for it', () => {
  book.tell('is the store that is not ACTIVE', ends({ side: beside(own('PENDING')) }), [storeDead], ([finding]) => {
    expect(finding?.data).toMatchObject({
      store_status: 'PENDING',
      checks: [
        { name: 'extraction-enabled', outcome: 'passed' },
        { name: 'store-active', outcome: 'failed' },
        { name: 'store-named', outcome: 'passed' },
        { name: 'trigger-reached', outcome: 'passed' },
        { name: 'customer-profile', outcome: 'passed' },
      ],
    });
  });
  book.tell(
    'is the store first where the profile is missing, too',
    ends({ profileId: null, side: beside(own('DELETED')) }),
    [storeDead],
    ([finding]) => {
      expect(finding?.data).toMatchObject({
        checks: expect.arrayContaining([{ name: 'customer-profile', outcome: 'failed' }]),
      });
    },
  );
  book.tell('is none of the store where it is ACTIVE', ends({ side: beside(own('ACTIVE')) }), [unexplained]);
  book.tell(
    'is the store that is none of the account',
    ends({
      side: beside(another),
      entries: ({ world, storeId }) =>
        exported(world).map((entry) => ({
          ...entry,
          body:
            entry.body.store_id === storeId
              ? { ...entry.body, store_id: 'mem_store_01knq9vx4qfghrt2dyrh4942w0' }
              : entry.body,
        })),
    }),
    [mismatch('likely', 'configuration desk, store store')],
  );
  book.tell('is none of the store where observations are still written into it', ends({ side: beside(another) }), [
    unexplained,
  ]);
  book.tell(
    'is the configuration that names no store',
    ends({
      side: ({ configuration: { memoryStoreId, ...configuration } }) => [configuration],
    }),
    [mismatch('confirmed', 'configuration desk')],
  );
  book.tell('is the customer without a profile', ends({ profileId: null }), [noProfile()]);
  book.tell('is likely the profile where the configuration is not known', ends({ profileId: null, side: () => [] }), [
    noProfile('likely'),
  ]);
  book.tell(
    'is not the profile where one came later',
    ends({
      profileId: null,
      meanwhile: ({ world }, { customer }) => {
        world.now = start + minute;
        updateParticipant(world, customer, { profileId: 'mem_profile_01knq9vx4qfghrt2dyrh4942w1' });
      },
    }),
    [unexplained],
  );
});

describe('a configuration without memory extraction', () => {
  const disabled = 'memory/extraction-disabled configuration desk: info confirmed extraction-disabled';
  book.tell(
    'is one finding in place of one for each conversation',
    ends({ side: changed({ memoryExtractionEnabled: false }) }),
    [disabled],
    ([finding]) => {
      expect(finding).toMatchObject({
        ongoing: true,
        data: { conversations: 2 },
        firstSeen: '2026-09-14T07:00:00.000Z',
      });
    },
  );
  book.tell(
    'is one where the field is not there',
    ends({ side: ({ configuration: { memoryExtractionEnabled, ...configuration } }) => [configuration] }),
    [disabled],
  );
  book.tell(
    'is none where nobody used it',
    ({ world, configuration, ...stage }) => {
      const told = ends()({ world, configuration, ...stage });
      return {
        ...told,
        names: { ...told.names, desk: configuration.id },
        side: [
          configuration,
          { ...configuration, id: configuration.id.replace(/.$/, '0'), memoryExtractionEnabled: false },
        ],
      };
    },
    [unexplained],
  );
  const since =
    (time: number) =>
    (stage: Stage): readonly unknown[] => [
      { ...stage.configuration, memoryExtractionEnabled: false },
      { ...stage.configuration, memoryExtractionEnabled: true, version: 2, updatedAt: isoTime(time) },
    ];
  book.tell(
    'is over for conversations that began once it was switched on',
    ends({ side: since(start) }),
    [unexplained, disabled],
    (findings) => {
      expect(findings.find(({ ruleId }) => ruleId === 'memory/extraction-disabled')).toMatchObject({
        ongoing: false,
        data: { conversations: 1 },
      });
    },
  );
  book.tell(
    'counts for one that began a millisecond before it was switched on',
    ends({ side: since(start + 1) }),
    [disabled],
    ([finding]) => expect(finding).toMatchObject({ data: { conversations: 2 } }),
  );
});

describe('a conversation that stays ACTIVE', () => {
  const active = (certainty = 'confirmed') => `memory/not-triggered conversation talk: info ${certainty} still-active`;
  const stays =
    (age: number, meanwhile?: (stage: Stage, chat: Chat) => void) =>
    (stage: Stage): Told => {
      const other = witness(stage);
      const chat = chats(stage);
      meanwhile?.(stage, chat);
      endsAt(stage, start + age, other);
      return { names: { talk: chat.conversation.id, other: other.conversation.id } };
    };
  book.tell('is told beyond a day', stays(day + 1), [active()], ([finding]) => {
    expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-09-14T08:00:00.000Z' });
  });
  book.tell('is not told at a day', stays(day), []);
  for (const status of ['INACTIVE', 'CLOSED'] as const) {
    book.tell(
      `is not told where it was ${status}`,
      stays(2 * day, ({ world }, { conversation }) => {
        world.now = start + hour;
        const ended = updateConversation(world, conversation, { status });
        if (status === 'INACTIVE') updateConversation(world, ended, { status: 'ACTIVE' });
      }),
      [],
    );
  }
  book.tell(
    'is not told where its configuration does not extract',
    (stage) => {
      const told = stays(2 * day)(stage);
      return {
        ...told,
        names: { ...told.names, desk: stage.configuration.id },
        side: [{ ...stage.configuration, memoryExtractionEnabled: false }],
      };
    },
    ['memory/extraction-disabled configuration desk: info confirmed extraction-disabled'],
  );
  book.tell(
    'is possible where the export shows no updates',
    (stage) => {
      const told = stays(2 * day)(stage);
      return {
        ...told,
        entries: exported(stage.world).map((entry) =>
          entry.eventType === 'conversation.updated'
            ? {
                ...entry,
                eventType: 'participant.updated',
                body: { ...entry.body, id: 'conv_participant_01knq9vx4qfghrt2dyrh4942w1' },
              }
            : entry,
        ),
      };
    },
    [active('possible'), active('possible').replace('talk', 'other')],
  );
  book.tell(
    'is not told where it was there before the export',
    (stage) => {
      const told = stays(2 * day)(stage);
      return { ...told, entries: exported(stage.world).filter((entry) => timeOf(entry) > start + 10) };
    },
    [],
  );
});

describe('a dead store', () => {
  /** Its outage, the lookups and creations it failed, the customers it left without profiles, and what memory lacks of them. */
  const whole = openBook({
    rules: ['profile/*', 'memory/*'],
    params: { 'profile/store-outage': { min_participants: '1' } },
  });
  whole.tell(
    'reaches down to the conversations of which nothing is remembered',
    ends({
      profileId: null,
      meanwhile: ({ world }, { customer }) => {
        world.now = start + 2 * second;
        diagnostic(world, customer, 530003, '503 Service Unavailable');
        diagnostic(world, customer, 530004, '503 Service Unavailable');
      },
    }),
    [
      'profile/store-outage store store: critical confirmed outage [participant one]',
      'profile/lookup-failed participant one: warning confirmed transient [conversation talk] < profile/store-outage store',
      'profile/creation-failed participant one: error confirmed transient [conversation talk] < profile/store-outage store',
      'profile/unresolved-customer participant one: error confirmed creation-failed [conversation talk] < profile/creation-failed one',
      `${noProfile()} < profile/unresolved-customer one`,
    ],
  );
});
