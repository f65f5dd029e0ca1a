import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import {
  type Channel,
  closeConversation,
  communication,
  conversation,
  deleteConversation,
  participant,
  updateConversation,
  updateDelivery,
} from '../../generate/orchestrator.ts';
import { type Chat, callArrives, joins, messageArrives, says } from '../../generate/scenes.ts';
import { callbackBody } from '../../generate/shapes/callbacks.ts';
import type { ChannelSettings } from '../../generate/side.ts';
import { deskNumber, onWhatsApp, person } from '../../generate/stories/desk.ts';
import { exported, isoTime } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';

const day = 24 * hour;
const names = ({ conversation: { id } }: Chat, { configuration }: Stage) => ({ talk: id, desk: configuration.id });

function arrives(stage: Stage, channel: Channel = 'SMS'): Chat {
  stage.world.now = start;
  const chat = messageArrives(stage.world, channel, { ...stage, person: person(4), own: deskNumber, text: 'Hello' });
  return chat;
}

/** What was said before the close is delivered after it. */
function deliveredLate(stage: Stage): void {
  const chat = arrives(stage);
  const said = says(stage.world, chat, 'agent', 'Goodbye', 'INITIATED');
  stage.world.now = start + minute;
  closeConversation(stage.world, chat.conversation);
  stage.world.now = start + 2 * minute;
  updateDelivery(stage.world, said, 'DELIVERED');
}

describe('a closed conversation', () => {
  const book = openBook({ rules: ['lifecycle/illegal-transition'] });
  const reopened = 'lifecycle/illegal-transition conversation talk: error confirmed reopened';

  const later =
    (time: number, status: 'ACTIVE' | 'INACTIVE' | 'CLOSED' = 'ACTIVE') =>
    (stage: Stage): Told => {
      const chat = arrives(stage);
      stage.world.now = start + minute;
      closeConversation(stage.world, chat.conversation);
      stage.world.now = start + minute + time;
      updateConversation(stage.world, chat.conversation, { status });
      return { names: names(chat, stage) };
    };

  book.tell('is opened again a millisecond later', later(1), [reopened], ([finding]) => {
    expect(finding?.data).toMatchObject({ closed_at: '2026-09-14T08:01:00.000Z', status: 'ACTIVE' });
    expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-09-14T08:01:00.001Z' });
    expect(finding?.evidence.map(({ status }) => status)).toEqual(['ACTIVE', 'CLOSED', 'ACTIVE']);
  });
  book.tell('is not opened again within the same millisecond', later(0), []);
  book.tell('is not opened again where the log is only out of order before it', later(-1), []);
  /** A callback that says ACTIVE four seconds after the log says CLOSED. */
  const calledBack =
    (...before: readonly ((stage: Stage, chat: Chat) => unknown)[]) =>
    (stage: Stage): Told => {
      const chat = arrives(stage);
      stage.world.now = start + minute - second;
      for (const act of before) act(stage, chat);
      const last = stage.world.entries.findLast(({ body }) => body.id === chat.conversation.id);
      stage.world.now = start + minute;
      closeConversation(stage.world, chat.conversation);
      const body = last === undefined ? null : callbackBody({ ...last, eventType: 'conversation.updated' });
      const timestamp = isoTime(start + minute + 4 * second);
      return { names: names(chat, stage), side: [{ ...body, timestamp }] };
    };
  book.tell(
    'is possibly opened again where only a callback says so, and what an update before the close said',
    calledBack(({ world }, { conversation: talk }) => updateConversation(world, talk, { name: 'Delivery' })),
    [reopened.replace('error confirmed', 'info possible')],
  );
  book.tell('is opened again where a callback says what no update before the close said', calledBack(), [reopened]);
  book.tell('is opened again by INACTIVE, too', later(hour, 'INACTIVE'), [reopened]);
  book.tell('may be updated as closed', later(hour, 'CLOSED'), []);
  book.tell(
    'was opened again where it is closed in the end',
    (stage) => {
      const told = later(hour)(stage);
      const opened = stage.world.entries.at(-1)?.body.id;
      stage.world.now += hour;
      const chat = { id: String(opened) };
      updateConversation(stage.world, { ...conversationOf(stage), id: chat.id }, { status: 'CLOSED' });
      return told;
    },
    [reopened],
    ([finding]) => {
      expect(finding?.ongoing).toBe(false);
    },
  );
  book.tell(
    'may be deleted as ACTIVE',
    (stage) => {
      const chat = arrives(stage);
      stage.world.now = start + minute;
      closeConversation(stage.world, chat.conversation);
      stage.world.now = start + 2 * minute;
      deleteConversation(stage.world, chat.conversation);
      return {};
    },
    [],
  );
  book.tell(
    'may be created late in the log',
    (stage) => {
      const chat = arrives(stage);
      stage.world.now = start - second;
      closeConversation(stage.world, chat.conversation);
      return {};
    },
    [],
  );
  book.tell(
    'is opened again in a lean export, too',
    (stage) => ({ ...later(minute)(stage), entries: exported(stage.world).map(lean), side: [] }),
    [reopened],
  );
  book.tell(
    'is another one where a rollover opens the next',
    (stage) => {
      const chat = arrives(stage);
      stage.world.now = start + minute;
      closeConversation(stage.world, chat.conversation);
      conversation(stage.world, { configurationId: stage.configuration.id });
      return {};
    },
    [],
  );
});

/** Any conversation of the stage, to be given another id. */
function conversationOf({ world, configuration }: Stage) {
  return {
    id: '',
    accountId: world.accountId,
    configurationId: configuration.id,
    status: 'ACTIVE' as const,
    name: null,
    createdAt: isoTime(start),
    updatedAt: isoTime(start),
  };
}

describe('traffic after the close', () => {
  const book = openBook({ rules: ['lifecycle/traffic-after-close'] });
  const late = 'lifecycle/traffic-after-close conversation talk: warning confirmed late-communication';

  const later =
    (...times: readonly number[]) =>
    (stage: Stage): Told => {
      const chat = arrives(stage);
      stage.world.now = start + minute;
      closeConversation(stage.world, chat.conversation);
      for (const time of times) {
        stage.world.now = start + minute + time;
        says(stage.world, chat, 'customer', `And at ${time}`);
      }
      return { names: names(chat, stage) };
    };

  book.tell('is told of a millisecond after five seconds', later(5001), [late], ([finding]) => {
    expect(finding?.data).toMatchObject({ closed_at: '2026-09-14T08:01:00.000Z', late_communications: 1 });
    expect(finding?.firstSeen).toBe('2026-09-14T08:01:05.001Z');
    expect(finding?.evidence.map(({ eventType }) => eventType)).toEqual([
      'conversation.created',
      'conversation.updated',
      'communication.created',
    ]);
  });
  book.tell('may take five seconds', later(5000), []);
  book.tell('is counted without what came in time', later(1000, 6000, 3 * hour), [late], ([finding]) => {
    expect(finding?.data).toMatchObject({ late_communications: 2 });
    expect(finding?.message).toContain('3 hours');
  });
  book.tell(
    'is what was said before the close and an update of it',
    (stage) => {
      deliveredLate(stage);
      return {};
    },
    [],
  );
  book.tell(
    'is not what was said before the close and logged after it',
    (stage) => {
      later(minute)(stage);
      return {
        entries: exported(stage.world).map((entry) =>
          entry.eventType === 'communication.created'
            ? { ...entry, body: { ...entry.body, occurredAt: isoTime(start + 30 * second) } }
            : entry,
        ),
      };
    },
    [],
  );
  book.tell(
    'is not a delivery of what was said before the export began',
    (stage) => {
      deliveredLate(stage);
      return {
        entries: exported(stage.world)
          .filter(({ eventType }) => eventType !== 'communication.created')
          .map(lean),
        side: [],
      };
    },
    [],
  );
  book.tell(
    'shows in a lean export, too',
    (stage) => ({ ...later(minute)(stage), entries: exported(stage.world).map(lean), side: [] }),
    [late],
  );
  book.tell(
    'is none where the conversation is only INACTIVE',
    (stage) => {
      const chat = arrives(stage);
      stage.world.now = start + minute;
      updateConversation(stage.world, chat.conversation, { status: 'INACTIVE' });
      stage.world.now = start + hour;
      says(stage.world, chat, 'customer', 'One more thing');
      return {};
    },
    [],
  );
  const strict = openBook({
    rules: ['lifecycle/traffic-after-close'],
    params: { 'lifecycle/traffic-after-close': { tolerance: '1 minute' } },
  });
  strict.tell('is told of beyond the tolerance of the params', later(minute + 1), [late]);
  strict.tell('is none within it', later(minute), []);
});

describe('a conversation that its timer should have closed', () => {
  const book = openBook({ rules: ['lifecycle/timeout-missed'] });
  const missed = (certainty = 'confirmed', severity = 'warning') =>
    `lifecycle/timeout-missed conversation talk: ${severity} ${certainty} timer-did-not-fire [configuration desk]`;
  const untimed = (certainty = 'confirmed') =>
    `lifecycle/timeout-missed conversation talk: info ${certainty} no-timeout-configured [configuration desk]`;

  /** SMS closes after 60 minutes; a quarter more is allowed. */
  const limit = 75 * minute;

  /** A chat whose only message came at the start, watched for some time. */
  function openFor(stage: Stage, time: number, act?: (chat: Chat) => void, channel: Channel = 'SMS'): Told {
    const other = witness(stage);
    stage.world.now = start;
    const opened = conversation(stage.world, { configurationId: stage.configuration.id });
    stage.world.now = start;
    const customer = participant(stage.world, opened, {
      type: 'CUSTOMER',
      addresses: [{ channel, address: '+15550101004' }],
    });
    const agent = participant(stage.world, opened, {
      type: 'HUMAN_AGENT',
      addresses: [{ channel, address: deskNumber }],
    });
    const chat = { conversation: opened, customer, agent, callId: null };
    stage.world.now = start;
    communication(stage.world, opened, { author: customer, to: agent, text: 'Hello', channel });
    act?.(chat);
    endsAt(stage, start + time, other);
    return { names: names(chat, stage) };
  }

  const withSettings = (stage: Stage, changes: ChannelSettings) => ({
    ...stage.configuration,
    channelSettings: { ...stage.configuration.channelSettings, ...changes },
  });

  book.tell(
    'is told of a millisecond after a quarter more',
    (stage) => openFor(stage, limit + 1),
    [missed()],
    ([finding]) => {
      expect(finding?.message).toContain(
        '1 hour 15 minutes after its last communication, though its timeout is 1 hour',
      );
      expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-09-14T09:00:00.000Z' });
    },
  );
  book.tell('has a quarter more time', (stage) => openFor(stage, limit), []);
  for (const status of ['CLOSED', 'INACTIVE'] as const) {
    book.tell(
      `is ${status === 'CLOSED' ? 'none' : 'told of'} where it was ${status} in time`,
      (stage) =>
        openFor(stage, 5 * hour, (chat) => {
          stage.world.now = start + limit;
          updateConversation(stage.world, chat.conversation, { status });
        }),
      status === 'CLOSED' ? [] : [missed()],
    );
  }
  book.tell(
    'is told of where it was closed too late',
    (stage) =>
      openFor(stage, 9 * hour, (chat) => {
        stage.world.now = start + limit + 1;
        closeConversation(stage.world, chat.conversation);
      }),
    [missed()],
    ([finding]) => {
      expect(finding).toMatchObject({ ongoing: false, lastSeen: '2026-09-14T09:15:00.001Z' });
    },
  );
  book.tell(
    'is none where it was deleted in time',
    (stage) =>
      openFor(stage, 9 * hour, (chat) => {
        stage.world.now = start + hour;
        deleteConversation(stage.world, chat.conversation);
      }),
    [],
  );
  book.tell(
    'counts from the last communication',
    (stage) =>
      openFor(stage, 50 * minute + limit, (chat) => {
        stage.world.now = start + 50 * minute;
        communication(stage.world, chat.conversation, { author: chat.agent, to: chat.customer, text: 'Still there?' });
      }),
    [],
  );
  book.tell(
    'does not count from the delivery of one',
    (stage) =>
      openFor(stage, limit + 1, (chat) => {
        stage.world.now = start;
        const said = communication(stage.world, chat.conversation, {
          author: chat.agent,
          to: chat.customer,
          text: 'Hello',
          deliveryStatus: 'INITIATED',
        });
        stage.world.now = start + 50 * minute;
        updateDelivery(stage.world, said, 'DELIVERED');
      }),
    [missed()],
  );
  book.tell(
    'is none where nothing was ever said',
    (stage) => {
      const other = witness(stage);
      stage.world.now = start;
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      participant(stage.world, opened, { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: '+15550101004' }] });
      endsAt(stage, start + 9 * hour, other);
      return {};
    },
    [],
  );
  book.tell(
    'has the longest timeout of the channels it used',
    (stage) => ({
      ...openFor(stage, 150 * minute, (chat) => {
        joins(stage.world, chat.conversation, 'WHATSAPP', { person: onWhatsApp(person(4)) });
      }),
      side: [withSettings(stage, { WHATSAPP: { statusTimeouts: { closed: 120 }, captureRules: [] } })],
    }),
    [],
  );
  book.tell(
    'is told of a millisecond after the longest of them and a quarter',
    (stage) => ({
      ...openFor(stage, 150 * minute + 1, (chat) => {
        joins(stage.world, chat.conversation, 'WHATSAPP', { person: onWhatsApp(person(4)) });
      }),
      side: [withSettings(stage, { WHATSAPP: { statusTimeouts: { closed: 120 }, captureRules: [] } })],
    }),
    [missed()],
  );
  book.tell(
    'does not have the timeout of a channel that it did not use',
    (stage) => ({
      ...openFor(stage, limit + 1),
      side: [withSettings(stage, { WHATSAPP: { statusTimeouts: { closed: 600 }, captureRules: [] } })],
    }),
    [missed()],
  );

  describe('by a configuration that was changed', () => {
    const changedAt = (stage: Stage, time: number, closed: number, version = 2) => ({
      ...withSettings(stage, { SMS: { statusTimeouts: { closed }, captureRules: [] } }),
      updatedAt: isoTime(time),
      version,
    });

    book.tell(
      'has the timeout of the snapshot in force at its creation',
      (stage) => ({
        ...openFor(stage, limit + 1),
        side: [stage.configuration, changedAt(stage, start + 1, 600)],
      }),
      [missed()],
    );
    book.tell(
      'has the later one from the millisecond of the change',
      (stage) => ({
        ...openFor(stage, limit + 1),
        side: [stage.configuration, changedAt(stage, start, 600)],
      }),
      [],
    );
    book.tell(
      'is not judged by a shorter timeout that came later',
      (stage) => ({
        ...openFor(stage, limit),
        side: [stage.configuration, changedAt(stage, start + minute, 5)],
      }),
      [],
    );
    book.tell(
      'is likely where there was a version in between that nobody kept',
      (stage) => ({
        ...openFor(stage, limit + 1),
        side: [stage.configuration, changedAt(stage, start + minute, 60, 3)],
      }),
      [missed('likely')],
    );
    book.tell(
      'is possible where only a later snapshot is known',
      (stage) => ({
        ...openFor(stage, limit + 1),
        side: [changedAt(stage, start + 1, 60)],
      }),
      [missed('possible', 'info')],
    );
  });

  describe('on voice', () => {
    const call = (stage: Stage, time: number, spoken: boolean): Told => {
      const other = witness(stage);
      stage.world.now = start;
      const chat = callArrives(stage.world, { ...stage, person: person(4), own: deskNumber, seconds: 40 });
      stage.world.now = start;
      if (spoken) says(stage.world, chat, 'customer', 'Hello?');
      endsAt(stage, start + time, other);
      return { names: names(chat, stage) };
    };
    book.tell('is told of after its 30 minutes and a quarter', (stage) => call(stage, 37.5 * minute + 1, true), [
      missed(),
    ]);
    book.tell('has that time', (stage) => call(stage, 37.5 * minute, true), []);
    book.tell('is none where the call is silent', (stage) => call(stage, 30 * day, false), []);
    book.tell(
      'is none where its timeouts are null by design',
      (stage) => ({
        ...call(stage, 30 * day, true),
        side: [withSettings(stage, { VOICE: { statusTimeouts: null, captureRules: [] } })],
      }),
      [],
    );
  });

  describe('where no timeout is configured', () => {
    const withoutTimeout = (stage: Stage) => [withSettings(stage, { SMS: { statusTimeouts: null, captureRules: [] } })];
    book.tell(
      'is told of a millisecond after seven days',
      (stage) => ({ ...openFor(stage, 7 * day + 1), side: withoutTimeout(stage) }),
      [untimed()],
      ([finding]) => {
        expect(finding?.message).toContain('7 days: its configuration has no closed timeout for SMS.');
        expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-09-14T08:00:00.000Z' });
      },
    );
    book.tell('has seven days', (stage) => ({ ...openFor(stage, 7 * day), side: withoutTimeout(stage) }), []);
    book.tell(
      'is told of where its channel has no settings at all',
      (stage) => ({ ...openFor(stage, 8 * day), side: [{ ...stage.configuration, channelSettings: {} }] }),
      [untimed()],
    );
    book.tell(
      'is told of where another of its channels has one',
      (stage) => ({
        ...openFor(stage, 8 * day, (chat) => {
          joins(stage.world, chat.conversation, 'WHATSAPP', { person: onWhatsApp(person(4)) });
        }),
        side: withoutTimeout(stage),
      }),
      [untimed()],
    );
    book.tell(
      'is none where somebody closed it by hand',
      (stage) => ({
        ...openFor(stage, 9 * day, (chat) => {
          stage.world.now = start + 8 * day;
          closeConversation(stage.world, chat.conversation);
        }),
        side: withoutTimeout(stage),
      }),
      [],
    );
  });

  describe('in an export that cannot show it', () => {
    book.tell(
      'is possible where it holds no updates of conversations',
      (stage) => {
        const told = openFor(stage, 9 * hour, (chat) => {
          stage.world.now = start + 9 * hour;
          messageArrives(stage.world, 'SMS', {
            ...stage,
            person: person(9),
            own: deskNumber,
            text: chat.customer.name,
          });
        });
        const witnessed = stage.world.entries.find(({ eventType }) => eventType === 'conversation.created')?.body.id;
        return {
          names: { ...told.names, other: String(witnessed) },
          entries: exported(stage.world).filter(({ eventType }) => eventType !== 'conversation.updated'),
        };
      },
      // The close of the witness is not shown either.
      [missed('possible', 'info'), missed('possible', 'info').replace('talk', 'other')],
    );
    book.tell(
      'is none where it holds no communications',
      (stage) => {
        openFor(stage, 9 * hour);
        return { entries: exported(stage.world).filter(({ eventType }) => !eventType.startsWith('communication.')) };
      },
      [],
    );
    book.tell(
      'is none where it is lean',
      (stage) => {
        openFor(stage, 9 * hour);
        return { entries: exported(stage.world).map(lean) };
      },
      [],
    );
    book.tell(
      'is none where the configuration is not beside it',
      (stage) => ({ ...openFor(stage, 9 * hour), side: [] }),
      [],
    );
  });

  const early = openBook({ rules: ['lifecycle/timeout-missed'], asOf: new Date(start + limit) });
  early.tell('is too young where --as-of says so', (stage) => openFor(stage, 9 * hour), []);
  const strict = openBook({
    rules: ['lifecycle/timeout-missed'],
    params: { 'lifecycle/timeout-missed': { tolerance: '0.5' } },
  });
  strict.tell('has the tolerance of the params', (stage) => openFor(stage, 90 * minute), []);
  strict.tell('is told of beyond it', (stage) => openFor(stage, 90 * minute + 1), [missed()]);
});
