import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import { closeConversation, updateConversation } from '../../generate/orchestrator.ts';
import { type Chat, messageArrives, talk } from '../../generate/scenes.ts';
import { type Configuration, intelligenceConfiguration, type Trigger } from '../../generate/side.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { type Body, emit, exported, isoTime, timeOf } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, start, type Told, witness } from '../case.ts';

const day = 24 * hour;
const first = 'intelligence_configuration_01knq9vx4qfghrt2dyrh4942w0';
const second = 'intelligence_configuration_01knq9vx4qfghrt2dyrh4942w1';

type Open = {
  /** What happens to the conversation until the export ends. */
  readonly meanwhile?: (stage: Stage, chat: Chat) => void;
  readonly watched?: number;
  readonly side?: (stage: Stage) => readonly unknown[];
  readonly entries?: (stage: Stage) => readonly unknown[];
};

/** A chat begins at 08:00:00.000 and is watched for some time. */
function open({ meanwhile, watched = hour, side, entries }: Open = {}) {
  return (stage: Stage): Told => {
    const other = witness(stage);
    const { world, configuration } = stage;
    world.now = start;
    const chat = messageArrives(world, 'SMS', { configuration, person: person(3), own: deskNumber, text: 'Hello!' });
    talk(world, chat, ['Good morning.'], { pause: 20, first: 'agent' });
    meanwhile?.(stage, chat);
    endsAt(stage, start + watched, other);
    return {
      names: { talk: chat.conversation.id, other: other.conversation.id, desk: configuration.id },
      ...(side === undefined ? {} : { side: side(stage) }),
      ...(entries === undefined ? {} : { entries: entries(stage) }),
    };
  };
}

/** Snapshots of the configuration with these intelligence configurations, each since some time; the first since it was made. */
const history =
  (...states: readonly (readonly [time: number | null, ids: readonly string[]])[]) =>
  ({ configuration }: Stage): readonly Configuration[] =>
    states.map(([time, intelligenceConfigurationIds], at) => ({
      ...configuration,
      intelligenceConfigurationIds,
      version: at + 1,
      ...(time === null ? {} : { updatedAt: isoTime(time) }),
    }));

/** All cases of it share one audit. */
const book = openBook({ rules: ['intelligence/*'] });

describe('a configuration without intelligence configurations', () => {
  const dropped = 'intelligence/not-configured configuration desk: warning confirmed dropped-by-update';
  const never = 'intelligence/not-configured configuration desk: info confirmed never-set';
  const yesterday = start - day;

  book.tell('never had any', open({ side: history([null, []]) }), [never], ([finding]) => {
    expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-08-03T09:00:00.000Z', data: { conversations: 2 } });
  });
  book.tell('never had any in all of its history', open({ side: history([null, []], [yesterday, []]) }), [never]);
  book.tell(
    'had some until an update',
    open({ side: history([null, [first]], [yesterday, []]) }),
    [dropped],
    ([it]) => {
      expect(it).toMatchObject({
        firstSeen: '2026-09-13T08:00:00.000Z',
        data: { dropped_ids: [first], dropped_at: '2026-09-13T08:00:00.000Z' },
      });
    },
  );
  book.tell(
    'had some before the update before the last',
    open({ side: history([null, [first]], [yesterday, []], [yesterday + hour, []]) }),
    [dropped],
    ([it]) => expect(it).toMatchObject({ firstSeen: '2026-09-13T08:00:00.000Z' }),
  );
  book.tell('is none where it has one', open({ side: history([null, [first]]) }), []);
  book.tell(
    'is none where they were set again',
    open({ side: history([null, [first]], [yesterday, []], [yesterday + hour, [second]]) }),
    [],
  );
  book.tell(
    'is none where nothing tells which of two states came first',
    open({
      side: ({ configuration: { version, createdAt, updatedAt, ...configuration } }) => [
        { ...configuration, intelligenceConfigurationIds: [] },
        { ...configuration, intelligenceConfigurationIds: [first] },
      ],
    }),
    [],
  );
  book.tell(
    'has none where the field is not there',
    open({ side: ({ configuration: { intelligenceConfigurationIds, ...configuration } }) => [configuration] }),
    [never],
  );
});

describe('a conversation that was open while operators were added', () => {
  const pinned =
    'intelligence/pinned-configuration conversation talk: info confirmed pinned-version [configuration desk]';
  book.tell(
    'keeps the version it began with',
    open({ side: history([null, [first]], [start + 10 * minute, [first, second]]) }),
    [pinned],
    ([finding]) => {
      expect(finding).toMatchObject({
        ongoing: true,
        data: { added_ids: [second], added_at: '2026-09-14T08:10:00.000Z' },
      });
    },
  );
  // The other conversation is open until 08:00:20.
  const others = pinned.replace('talk', 'other');
  book.tell(
    'does so where they were added a millisecond after it began',
    open({ side: history([null, []], [start + 1, [first]]) }),
    [pinned, others],
  );
  book.tell('has them where they were added as it began', open({ side: history([null, []], [start, [first]]) }), [
    others,
  ]);
  const closed = (addedAfter: number) =>
    open({
      side: history([null, []], [start + addedAfter, [first]]),
      meanwhile: ({ world }, { conversation }) => {
        world.now = start + 30 * minute;
        closeConversation(world, conversation);
      },
    });
  book.tell('does so a millisecond before it closed', closed(30 * minute - 1), [pinned], ([finding]) => {
    expect(finding).toMatchObject({ ongoing: false, lastSeen: '2026-09-14T08:30:00.000Z' });
  });
  book.tell('is over where they were added as it closed', closed(30 * minute), []);
  book.tell(
    'is nothing where an update adds none',
    open({ side: history([null, [first, second]], [start + minute, [second]]) }),
    [],
  );
  book.tell(
    'is nothing where it is not known how the configuration was when it began',
    open({ side: history([start + minute, []], [start + 2 * minute, [first]]) }),
    [],
  );
  book.tell(
    'is nothing in a lean export',
    open({
      side: history([null, []], [start + minute, [first]]),
      entries: ({ world }) => exported(world).map(lean),
    }),
    [],
  );
});

describe('a conversation whose operators wait for its end', () => {
  const waits = (certainty = 'confirmed') =>
    `intelligence/trigger-not-reached conversation talk: info ${certainty} not-closed`;
  const triggers =
    (...lists: readonly (readonly Trigger[])[]) =>
    (stage: Stage): readonly unknown[] => {
      const ids = [first, second].slice(0, lists.length);
      return [
        { ...stage.configuration, intelligenceConfigurationIds: ids },
        ...ids.map((id, at) => intelligenceConfiguration(stage.world, id, lists[at] ?? [])),
      ];
    };
  const end = triggers(['CONVERSATION_END']);

  book.tell('is told beyond a day', open({ watched: day + 1, side: end }), [waits()], ([finding]) => {
    expect(finding).toMatchObject({ ongoing: true, data: { triggers: ['CONVERSATION_END'], status: 'ACTIVE' } });
  });
  book.tell('is not told at a day', open({ watched: day, side: end }), []);
  const becomes = (status: 'INACTIVE' | 'CLOSED', side: (stage: Stage) => readonly unknown[]) =>
    open({
      watched: 2 * day,
      side,
      meanwhile: ({ world }, { conversation }) => {
        world.now = start + hour;
        updateConversation(world, conversation, { status });
      },
    });
  book.tell('is not told where it was CLOSED', becomes('CLOSED', end), []);
  book.tell('is told where it was INACTIVE', becomes('INACTIVE', end), [waits()]);
  book.tell(
    'is not told where operators run on INACTIVE, and it was',
    becomes('INACTIVE', triggers(['CONVERSATION_END', 'CONVERSATION_INACTIVE'])),
    [],
  );
  book.tell(
    'is told where operators run on INACTIVE, and it never was',
    open({ watched: 2 * day, side: triggers(['CONVERSATION_INACTIVE']) }),
    [waits()],
  );
  book.tell(
    'is not told where some operators run on communications',
    open({ watched: 2 * day, side: triggers(['CONVERSATION_END', 'COMMUNICATION']) }),
    [],
  );
  book.tell(
    'is not told where another of its intelligence configurations runs on communications',
    open({ watched: 2 * day, side: triggers(['CONVERSATION_END'], ['COMMUNICATION']) }),
    [],
  );
  book.tell(
    'is not told where one of its intelligence configurations is not known',
    open({
      watched: 2 * day,
      side: (stage) => triggers(['CONVERSATION_END'], ['CONVERSATION_END'])(stage).slice(0, 2),
    }),
    [],
  );
  book.tell(
    'is possible where the export shows no updates',
    open({
      watched: 2 * day,
      side: end,
      // Without updates, and without the other conversation; the last entry, of something else, says when the export ends.
      entries: ({ world }) =>
        exported(world)
          .filter(({ eventType }, at, all) => eventType !== 'conversation.updated' || at === all.length - 1)
          .map((entry) =>
            entry.eventType === 'conversation.updated'
              ? { ...entry, eventType: 'diagnostic', body: { resourceSid: entry.body.id } }
              : entry,
          )
          .filter((entry) => timeOf(entry) >= start),
    }),
    [waits('possible')],
  );
});

describe('an operator that failed', () => {
  const fails =
    (code: number, level: 'ERROR' | 'WARNING', body: (chat: Chat) => Body, more: Body = {}) =>
    (stage: Stage): Told => {
      const told = open({
        meanwhile: ({ world }, chat) => {
          emit(world, {
            source: 'conversation-intelligence',
            eventType: 'com.twilio.intelligence.configuration.ruleexecution.operator.execution.failed',
            level,
            errorCode: code,
            errorReason: 'The operator did not finish',
            body: body(chat),
          });
        },
      })(stage);
      const failed = stage.world.entries.find(({ errorCode }) => errorCode === code);
      return {
        names: { ...told.names, request: failed?.requestId ?? '' },
        entries: exported(stage.world).map((entry) => (entry === failed ? { ...entry, ...more } : entry)),
      };
    };
  const ofTalk = ({ conversation: { id } }: Chat): Body => ({ conversation_id: id });

  for (const [code, level, cause] of [
    [95305, 'ERROR', 'rule-execution'],
    [95306, 'ERROR', 'operator-execution'],
    [95407, 'WARNING', 'observation-retrieval'],
    [95408, 'WARNING', 'traits-retrieval'],
  ] as const) {
    book.tell(
      `is told by its code, ${code}`,
      fails(code, level, ofTalk),
      [`intelligence/operator-failed request request: error confirmed ${cause} [conversation talk]`],
      ([finding]) => {
        expect(finding).toMatchObject({ data: { failures: 1, reasons: ['The operator did not finish'] } });
      },
    );
  }
  for (const code of [95304, 95307, 95406, 95409]) {
    book.tell(`is none of ${code}`, fails(code, 'ERROR', ofTalk), []);
  }
  book.tell(
    'is told of the conversation where it names no request',
    fails(95306, 'ERROR', ofTalk, { requestId: null, correlationId: null }),
    ['intelligence/operator-failed conversation talk: error confirmed operator-execution'],
  );
});
