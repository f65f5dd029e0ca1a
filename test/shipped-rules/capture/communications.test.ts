import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import {
  type Address,
  type Channel,
  type Communication,
  communication,
  conversation,
  type Participant,
  type ParticipantType,
  participant,
  updateDelivery,
} from '../../generate/orchestrator.ts';
import { type CaptureRule, type Configuration, messagePage } from '../../generate/side.ts';
import { deskNumber, deskWhatsApp, person } from '../../generate/stories/desk.ts';
import { exported, isoTime } from '../../generate/world.ts';
import { minute, openBook, type Stage, second, start, type Told } from '../case.ts';

/** A number of the account's own that no capture rule of the desk names. */
const otherOwn = '+15550100177';
const outside = person(5).address;

type Talk = { readonly author: Participant; readonly to: Participant; readonly id: string };

type Parties = {
  readonly channel?: Channel;
  readonly from?: string;
  readonly to?: string;
  readonly authorType?: ParticipantType;
  readonly channelId?: string;
};

/** Somebody writes to the desk. */
function talk({ world, configuration }: Stage, parties: Parties = {}): Talk {
  const channel = parties.channel ?? 'SMS';
  const at = (address: string): Address => ({ channel, address });
  world.now = start;
  const opened = conversation(world, { configurationId: configuration.id });
  const author = participant(world, opened, {
    type: parties.authorType ?? 'CUSTOMER',
    addresses: [at(parties.from ?? outside)],
  });
  const to = participant(world, opened, { type: 'HUMAN_AGENT', addresses: [at(parties.to ?? deskNumber)] });
  return { author, to, id: opened.id };
}

type Writing = { readonly text?: string; readonly resourceId?: string; readonly channelId?: string };

/** Writes at exactly that time, so many milliseconds after the start. */
function writes({ world, configuration }: Stage, chat: Talk, time: number, writing: Writing = {}): Communication {
  world.now = start + time;
  const owner = { ...bare, id: chat.id, accountId: world.accountId, configurationId: configuration.id };
  return communication(world, owner, {
    author: chat.author,
    to: chat.to,
    text: writing.text ?? 'Is my order on its way?',
    ...(writing.resourceId === undefined ? {} : { resourceId: writing.resourceId }),
    ...(writing.channelId === undefined ? {} : { channelId: writing.channelId }),
  });
}

const bare = {
  id: '',
  accountId: '',
  configurationId: '',
  status: 'ACTIVE',
  name: null,
  createdAt: isoTime(start),
  updatedAt: isoTime(start),
} as const;

const message = (number: number) => `SM${String(number).padStart(32, '0')}`;

describe('a message that is in a conversation twice', () => {
  const book = openBook({ rules: ['capture/duplicate-communication'] });
  const double = (cause: 'two-legs' | 'two-rules' | 'unexplained') =>
    `capture/duplicate-communication conversation talk: warning confirmed ${cause}`;

  /** The same message again, so many milliseconds later. */
  const twice =
    (apart: number, parties: Parties = {}, again: Writing = {}) =>
    (stage: Stage): Told => {
      const chat = talk(stage, parties);
      writes(stage, chat, second);
      writes(stage, chat, second + apart, again);
      return { names: { talk: chat.id } };
    };
  const withRules = (stage: Stage, rules: readonly CaptureRule[], changes: Partial<Configuration> = {}) => ({
    ...stage.configuration,
    ...changes,
    channelSettings: { ...stage.configuration.channelSettings, SMS: { statusTimeouts: null, captureRules: rules } },
  });

  book.tell('is told of just below a second apart', twice(999), [double('unexplained')], ([finding]) => {
    expect(finding?.data).toMatchObject({ duplicates: 1 });
    expect(finding?.evidence).toHaveLength(2);
    expect(finding).toMatchObject({ firstSeen: '2026-09-14T08:00:01.000Z', lastSeen: '2026-09-14T08:00:01.999Z' });
  });
  book.tell('is none at a second', twice(1000), []);
  book.tell('is told of within the same millisecond', twice(0), [double('unexplained')]);
  book.tell('is none where the texts differ', twice(300, {}, { text: 'And my invoice?' }), []);
  for (const channel of ['WHATSAPP', 'RCS', 'CHAT'] as const) {
    book.tell(`is told of on ${channel}, too`, twice(300, { channel }), [double('unexplained')]);
  }
  book.tell('is none on VOICE', twice(300, { channel: 'VOICE' }), []);
  book.tell(
    'is none where a call SID says that it is voice',
    (stage) => {
      const chat = talk(stage, { channel: 'CHAT' });
      const channelId = `CA${'0'.repeat(32)}`;
      for (const time of [0, 300]) writes(stage, chat, time, { channelId });
      return {};
    },
    [],
  );
  book.tell(
    'is none where another author answers with the same words',
    (stage) => {
      const chat = talk(stage);
      writes(stage, chat, 0, { text: 'Thanks!' });
      writes(stage, { ...chat, author: chat.to, to: chat.author }, 300, { text: 'Thanks!' });
      return {};
    },
    [],
  );
  book.tell(
    'is none where the same author writes the same into two conversations',
    (stage) => {
      writes(stage, talk(stage), 0);
      writes(stage, talk(stage), 300);
      return {};
    },
    [],
  );
  book.tell(
    'is none where it is one communication with two events',
    (stage) => {
      const sent = writes(stage, talk(stage), 0);
      stage.world.now = start + 300;
      updateDelivery(stage.world, sent, 'DELIVERED');
      const told = exported(stage.world);
      return { entries: [...told, ...told.map((entry) => ({ ...entry, logId: `${entry.logId}-b` }))] };
    },
    [],
  );
  book.tell(
    'is found among others, however they are ordered',
    (stage) => {
      const chat = talk(stage);
      for (const time of [0, 5, 10, 15]) writes(stage, chat, time * minute);
      writes(stage, chat, 10 * minute + 400);
      writes(stage, chat, 15 * minute + 300);
      return { names: { talk: chat.id }, entries: exported(stage.world).toReversed() };
    },
    [double('unexplained')],
    ([finding]) => {
      expect(finding?.data).toMatchObject({ duplicates: 2 });
      expect(finding?.evidence).toHaveLength(4);
    },
  );

  describe('because both legs are captured', () => {
    book.tell(
      'is told of where a rule names the sender',
      twice(300, { from: deskWhatsApp.replace('whatsapp:', ''), to: deskNumber }),
      [double('two-legs')],
    );
    book.tell(
      'is told of where an agent elsewhere has the sender’s number',
      (stage) => {
        writes(stage, talk(stage, { to: otherOwn }), 0);
        return twice(300, { from: otherOwn })(stage);
      },
      [double('two-legs')],
    );
    book.tell(
      'is told of where both are agents, and no configuration is known',
      (stage) => ({ ...twice(300, { from: otherOwn, authorType: 'AI_AGENT' })(stage), side: [] }),
      [double('two-legs')],
    );
    book.tell(
      'is told of where the account has sent from that number before',
      (stage) => ({
        ...twice(300, { from: otherOwn })(stage),
        side: [
          stage.configuration,
          messagePage(stage.world, [
            { sid: message(1), from: otherOwn, to: outside, direction: 'outbound-api', time: start - minute },
          ]),
        ],
      }),
      [double('two-legs')],
    );
    book.tell(
      'is not the cause where the sender is a customer whom a rule names beside the desk',
      (stage) => ({
        ...twice(300)(stage),
        side: [withRules(stage, [{ from: outside, to: deskNumber }])],
      }),
      [double('unexplained')],
    );
    book.tell(
      'is not the cause where only the sender is the account’s own',
      (stage) => {
        const chat = talk(stage);
        const back = { ...chat, author: chat.to, to: chat.author };
        for (const time of [0, 300]) writes(stage, back, time);
        return { names: { talk: chat.id } };
      },
      [double('unexplained')],
    );
    book.tell(
      'comes before two rules, where both hold',
      (stage) => ({
        ...twice(300, { from: otherOwn, authorType: 'AGENT' }, {})(stage),
        side: [
          withRules(stage, [
            { from: '*', to: deskNumber },
            { from: otherOwn, to: '*' },
          ]),
        ],
      }),
      [double('two-legs')],
    );
  });

  describe('because two rules take it', () => {
    const everything = { from: '*', to: '*' };
    const toDesk = { from: '*', to: deskNumber };
    book.tell(
      'is told of where both communications are of one message',
      (stage) => {
        const chat = talk(stage);
        for (const time of [0, 300]) writes(stage, chat, time, { channelId: message(1), text: `At ${time}` });
        return { names: { talk: chat.id }, side: [] };
      },
      [double('two-rules')],
    );
    book.tell(
      'is told of just below a second apart, by the message alone',
      (stage) => {
        const chat = talk(stage);
        for (const time of [0, 999]) writes(stage, chat, time, { channelId: message(1), text: `At ${time}` });
        return { names: { talk: chat.id } };
      },
      [double('two-rules')],
    );
    book.tell(
      'is none at a second, by the message alone',
      (stage) => {
        const chat = talk(stage);
        for (const time of [0, 1000]) writes(stage, chat, time, { channelId: message(1), text: `At ${time}` });
        return {};
      },
      [],
    );
    book.tell(
      'is told of where a rule for everything stands beside it',
      (stage) => ({ ...twice(300)(stage), side: [withRules(stage, [toDesk, everything])] }),
      [double('two-rules')],
    );
    book.tell(
      'is told of where another configuration has the same rule',
      (stage) => ({
        ...twice(300)(stage),
        side: [stage.configuration, withRules(stage, [toDesk], { id: `${stage.configuration.id.slice(0, -1)}0` })],
      }),
      [double('two-rules')],
    );
    book.tell(
      'is not the cause where the rules are one for each direction',
      (stage) => ({ ...twice(300)(stage), side: [withRules(stage, [toDesk, { from: deskNumber, to: '*' }])] }),
      [double('unexplained')],
    );
    book.tell(
      'is not the cause where the second rule came later',
      (stage) => ({
        ...twice(300)(stage),
        side: [
          withRules(stage, [toDesk]),
          withRules(stage, [toDesk, everything], { updatedAt: isoTime(start + minute), version: 2 }),
        ],
      }),
      [double('unexplained')],
    );
    book.tell(
      'is not the cause where the other rule is for another channel',
      (stage) => ({
        ...twice(300)(stage),
        side: [
          {
            ...stage.configuration,
            channelSettings: {
              SMS: { statusTimeouts: null, captureRules: [toDesk] },
              CHAT: { statusTimeouts: null, captureRules: [everything] },
            },
          },
        ],
      }),
      [double('unexplained')],
    );
  });

  describe('in an export that cannot show it', () => {
    book.tell(
      'is none where it is lean',
      (stage) => {
        twice(300)(stage);
        return { entries: exported(stage.world).map(lean), side: [] };
      },
      [],
    );
    book.tell(
      'is none where neither texts nor messages are in it',
      (stage) => {
        twice(300)(stage);
        return {
          entries: exported(stage.world).map((entry) => ({
            ...entry,
            body: { ...entry.body, content: null, resourceId: null },
          })),
        };
      },
      [],
    );
    book.tell(
      'is told of by addresses where authors have no participant ids',
      (stage) => ({
        ...twice(300)(stage),
        entries: exported(stage.world).map((entry) =>
          entry.eventType === 'communication.created'
            ? { ...entry, body: { ...entry.body, author: { channel: 'SMS', address: outside } } }
            : entry,
        ),
      }),
      [double('unexplained')],
    );
  });
});

describe('a communication that was not delivered', () => {
  const book = openBook({ rules: ['capture/delivery-failed'] });
  const failed = 'capture/delivery-failed communication word: warning confirmed failed [conversation talk, message SM]';

  /** The desk writes, and the delivery goes through these states, a second each. */
  const sent =
    (...states: readonly string[]) =>
    (stage: Stage): Told => {
      const chat = talk(stage);
      const back = { ...chat, author: chat.to, to: chat.author };
      let word = writes(stage, back, 0);
      for (const [at, state] of states.entries()) {
        stage.world.now = start + (at + 1) * second;
        word = updateDelivery(stage.world, word, state);
      }
      return { names: { word: word.id, talk: chat.id, SM: word.channelId ?? '' } };
    };

  book.tell('is told of', sent('FAILED'), [failed], ([finding]) => {
    expect(finding?.message).toContain(`was not delivered to ${outside}.`);
    expect(finding?.evidence).toHaveLength(2);
    expect(finding).toMatchObject({ firstSeen: '2026-09-14T08:00:00.000Z', lastSeen: '2026-09-14T08:00:01.000Z' });
  });
  for (const state of ['INITIATED', 'IN_PROGRESS', 'DELIVERED', 'COMPLETED']) {
    book.tell(`is none where it is ${state}`, sent(state), []);
  }
  book.tell('is none where it was delivered in the end', sent('FAILED', 'DELIVERED'), []);
  book.tell('is told of where it failed in the end', sent('IN_PROGRESS', 'FAILED'), [failed]);
  book.tell(
    'is told of where it failed at once',
    (stage) => {
      const chat = talk(stage);
      const word = writes(stage, chat, 0);
      return {
        names: { word: word.id, talk: chat.id, SM: word.channelId ?? '' },
        entries: exported(stage.world).map((entry) =>
          entry.eventType === 'communication.created'
            ? { ...entry, body: { ...entry.body, recipients: [{ ...word.recipients[0], deliveryStatus: 'FAILED' }] } }
            : entry,
        ),
      };
    },
    [failed],
  );
  book.tell(
    'is told of where one of several did not get it',
    (stage) => {
      const chat = talk(stage);
      const word = writes(stage, chat, 0);
      const to = (address: string, deliveryStatus: string) => ({ channel: 'SMS', address, deliveryStatus });
      return {
        names: { word: word.id, talk: chat.id, SM: word.channelId ?? '' },
        entries: exported(stage.world).map((entry) =>
          entry.eventType === 'communication.created'
            ? { ...entry, body: { ...entry.body, recipients: [to(deskNumber, 'DELIVERED'), to(otherOwn, 'FAILED')] } }
            : entry,
        ),
      };
    },
    [failed],
    ([finding]) => {
      expect(finding?.data.failed_addresses).toEqual([otherOwn]);
    },
  );
  book.tell(
    'is none where the export is lean and shows no recipients',
    (stage) => {
      sent('FAILED')(stage);
      return { entries: exported(stage.world).map(lean), side: [] };
    },
    [],
  );
  book.tell(
    'keeps what was logged of it where a later event shows no recipients',
    (stage) => ({
      ...sent('FAILED', 'FAILED')(stage),
      entries: exported(stage.world).map((entry, at, all) => (at === all.length - 1 ? lean(entry) : entry)),
    }),
    [failed],
  );
});
