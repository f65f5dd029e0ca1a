import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import {
  type Communication,
  communication,
  type ParticipantType,
  participant,
  updateDelivery,
} from '../../generate/orchestrator.ts';
import { type Chat, callArrives, messageArrives } from '../../generate/scenes.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { exported } from '../../generate/world.ts';
import { openBook, type Stage, second, start, type Told } from '../case.ts';

/** A call that an AI agent answers. */
function call({ world, configuration }: Stage, agentType: ParticipantType = 'AI_AGENT'): Chat {
  const chat = callArrives(world, { configuration, person: person(3), own: deskNumber, seconds: 600 });
  if (agentType === 'AGENT') return chat;
  const agent = participant(world, chat.conversation, {
    type: agentType,
    addresses: [{ channel: 'VOICE', address: deskNumber, channelId: chat.callId }],
  });
  return { ...chat, agent };
}

type Said = { readonly text?: string; readonly resourceId?: string };

/** Says something at exactly that time, so many milliseconds after the start of the case. */
function speaks(stage: Stage, chat: Chat, who: 'customer' | 'agent', time: number, said: Said = {}): Communication {
  const { world } = stage;
  world.now = start + time;
  const [author, to] = who === 'customer' ? [chat.customer, chat.agent] : [chat.agent, chat.customer];
  return communication(world, chat.conversation, {
    author,
    to,
    text: said.text ?? `Sentence at ${time}`,
    ...(chat.callId === null ? {} : { channelId: chat.callId }),
    ...(said.resourceId === undefined ? {} : { resourceId: said.resourceId }),
  });
}

/** One answer in so many pieces, `gap` milliseconds apart. Returns when the last one came. */
function answers(stage: Stage, chat: Chat, time: number, pieces: number, gap = 1000): number {
  for (let piece = 0; piece < pieces; piece++) speaks(stage, chat, 'agent', time + piece * gap);
  return time + (pieces - 1) * gap;
}

const names = ({ conversation: { id } }: Chat) => ({ talk: id });
const fragments = 'voice/fragmented-turns conversation talk: info confirmed tts-fragments';
const twice = 'voice/duplicate-transcription conversation talk: warning confirmed passive-and-active-capture';

/** Two answers, each after a question. */
function twoAnswers(stage: Stage, chat: Chat, pieces: readonly [number, number], gap = 1000): Told {
  speaks(stage, chat, 'customer', 5 * second);
  answers(stage, chat, 10 * second, pieces[0], gap);
  speaks(stage, chat, 'customer', 40 * second);
  answers(stage, chat, 50 * second, pieces[1], gap);
  speaks(stage, chat, 'customer', 80 * second);
  return { names: names(chat) };
}

describe('an agent whose turns are logged in pieces', () => {
  const book = openBook({ rules: ['voice/fragmented-turns'] });

  book.tell(
    'is told of where two turns have three pieces each',
    (stage) => twoAnswers(stage, call(stage), [3, 3]),
    [fragments],
    ([finding]) => {
      expect(finding?.message).toContain('6 pieces, for 2 turns: 1.8 times');
      expect(finding?.data).toMatchObject({
        turns: 2,
        fragments: 6,
        factor: 1.8,
        fragments_per_turn: 3,
        communications: 9,
      });
      expect(finding?.evidence).toHaveLength(6);
      expect(finding).toMatchObject({
        firstSeen: '2026-09-14T08:00:10.000Z',
        lastSeen: '2026-09-14T08:00:52.000Z',
      });
    },
  );
  book.tell('is none where one of the turns has two', (stage) => twoAnswers(stage, call(stage), [3, 2]), []);
  book.tell('is none where only one turn was split', (stage) => twoAnswers(stage, call(stage), [9, 1]), []);
  book.tell(
    'is told of just below two seconds between the pieces',
    (stage) => twoAnswers(stage, call(stage), [3, 3], 2 * second - 1),
    [fragments],
  );
  book.tell(
    'is none at two seconds, where each piece is a turn',
    (stage) => twoAnswers(stage, call(stage), [6, 6], 2 * second),
    [],
  );
  for (const type of ['AGENT', 'HUMAN_AGENT'] as const) {
    book.tell(`is told of where it is of type ${type}`, (stage) => twoAnswers(stage, call(stage, type), [3, 4]), [
      fragments,
    ]);
  }
  for (const type of ['CUSTOMER', 'UNKNOWN'] as const) {
    book.tell(`is none of type ${type}`, (stage) => twoAnswers(stage, call(stage, type), [3, 4]), []);
  }
  book.tell(
    'is none where the pieces are the customer’s',
    (stage) => {
      const chat = call(stage);
      return { ...twoAnswers(stage, { ...chat, agent: chat.customer, customer: chat.agent }, [4, 4]) };
    },
    [],
  );
  book.tell(
    'is none where the customer speaks between the pieces',
    (stage) => {
      const chat = call(stage);
      for (const time of [10, 20, 30]) {
        answers(stage, chat, time * second, 2, 500);
        speaks(stage, chat, 'customer', time * second + 600);
        answers(stage, chat, time * second + 700, 2, 500);
      }
      return { names: names(chat) };
    },
    [],
  );
  book.tell(
    'is none where two agents take turns piece by piece',
    (stage) => {
      const chat = call(stage);
      const colleague = participant(stage.world, chat.conversation, {
        type: 'HUMAN_AGENT',
        addresses: [{ channel: 'VOICE', address: '+15550100109', channelId: chat.callId }],
      });
      for (let piece = 0; piece < 12; piece++) {
        speaks(stage, piece % 2 === 0 ? chat : { ...chat, agent: colleague }, 'agent', 10 * second + piece * 500);
      }
      return { names: names(chat) };
    },
    [],
  );
  book.tell(
    'is told of where two agents had one split turn each',
    (stage) => {
      const chat = call(stage);
      const colleague = participant(stage.world, chat.conversation, {
        type: 'HUMAN_AGENT',
        addresses: [{ channel: 'VOICE', address: '+15550100109', channelId: chat.callId }],
      });
      answers(stage, chat, 10 * second, 3);
      answers(stage, { ...chat, agent: colleague }, 13 * second, 3);
      return { names: names(chat) };
    },
    [fragments],
  );
  book.tell(
    'is told of where the pieces straddle the slices of time that they are counted by',
    (stage) => twoAnswers(stage, call(stage), [3, 3], 1900),
    [fragments],
  );
  book.tell(
    'is none where every piece is logged twice',
    (stage) => {
      const chat = call(stage);
      twoAnswers(stage, chat, [2, 2]);
      const told = exported(stage.world);
      return {
        names: names(chat),
        entries: [...told, ...told.map((entry) => ({ ...entry, logId: `${entry.logId}-b` }))],
      };
    },
    [],
  );
  book.tell(
    'is told of once where updates and callbacks tell of the pieces again',
    (stage) => {
      const chat = call(stage);
      const said = [10, 11, 12, 30, 31, 32].map((time) => speaks(stage, chat, 'agent', time * second));
      stage.world.now = start + 60 * second;
      for (const each of said) updateDelivery(stage.world, each, 'DELIVERED');
      return { names: names(chat), entries: exported(stage.world).toReversed() };
    },
    [fragments],
    ([finding]) => {
      expect(finding?.data).toMatchObject({ fragments: 6, communications: 6, factor: 3 });
    },
  );
  book.tell(
    'is none in a chat',
    (stage) => {
      const chat = messageArrives(stage.world, 'SMS', { ...stage, person: person(3), own: deskNumber, text: 'Hello' });
      return twoAnswers(stage, chat, [5, 5]);
    },
    [],
  );
  book.tell(
    'is none where the export is lean and shows no channel',
    (stage) => {
      twoAnswers(stage, call(stage), [5, 5]);
      return { entries: exported(stage.world).map(lean), side: [] };
    },
    [],
  );
  book.tell(
    'is none where the export holds no participants, and so no agents',
    (stage) => {
      twoAnswers(stage, call(stage), [5, 5]);
      return { entries: exported(stage.world).filter(({ eventType }) => !eventType.startsWith('participant.')) };
    },
    [],
  );
  book.tell(
    'is told of by call SIDs where the channel is not said',
    (stage) => {
      const chat = call(stage);
      twoAnswers(stage, chat, [3, 3]);
      return {
        names: names(chat),
        entries: exported(stage.world).map((entry) =>
          entry.eventType === 'communication.created'
            ? { ...entry, body: { ...entry.body, author: { ...Object(entry.body.author), channel: null } } }
            : entry,
        ),
      };
    },
    [fragments],
  );

  const changed = openBook({
    rules: ['voice/fragmented-turns'],
    params: { 'voice/fragmented-turns': { min_fragments: '2', max_gap: '5 seconds', min_turns: '3' } },
  });
  const threeAnswers = (pieces: number, gap: number) => (stage: Stage) => {
    const chat = call(stage);
    for (const time of [10, 40, 70]) answers(stage, chat, time * second, pieces, gap);
    return { names: names(chat) };
  };
  changed.tell('is told of as the params say', threeAnswers(2, 4999), [fragments]);
  changed.tell('is none beyond the gap of the params', threeAnswers(2, 5000), []);
  changed.tell('is none below the turns of the params', (stage) => twoAnswers(stage, call(stage), [4, 4]), []);
});

describe('a call that is transcribed twice', () => {
  const book = openBook({ rules: ['voice/duplicate-transcription'] });

  /** So many sentences, each logged again after `apart` milliseconds. */
  const echoes =
    (count: number, apart: number, again: (said: Communication) => Said = () => ({})) =>
    (stage: Stage): Told => {
      const chat = call(stage);
      for (let turn = 0; turn < count; turn++) {
        const time = (10 + 10 * turn) * second;
        const who = turn % 2 === 0 ? 'customer' : 'agent';
        const text = `Sentence ${turn}`;
        speaks(stage, chat, who, time + apart, { text, ...again(speaks(stage, chat, who, time, { text })) });
      }
      return { names: names(chat) };
    };

  book.tell('is told of where two sentences came twice', echoes(2, 400), [twice], ([finding]) => {
    expect(finding?.data).toMatchObject({ repeats: 2 });
    expect(finding?.evidence).toHaveLength(4);
    expect(finding).toMatchObject({ firstSeen: '2026-09-14T08:00:10.000Z', lastSeen: '2026-09-14T08:00:20.400Z' });
  });
  book.tell('is none where one sentence came twice', echoes(1, 400), []);
  book.tell('is told of at two seconds', echoes(2, 2 * second), [twice]);
  book.tell('is none a millisecond later', echoes(2, 2 * second + 1), []);
  book.tell('is told of where both copies came in the same millisecond', echoes(3, 0), [twice]);
  book.tell(
    'is none where the texts differ',
    echoes(4, 400, () => ({ text: 'Something else' })),
    [],
  );
  book.tell(
    'is none where the resource is the same',
    echoes(4, 400, ({ resourceId }) => ({ resourceId })),
    [],
  );
  book.tell(
    'is none where somebody says a word three times',
    (stage) => {
      const chat = call(stage);
      for (const time of [10, 11, 12]) speaks(stage, chat, 'customer', time * second, { text: 'No.' });
      return { names: names(chat) };
    },
    [],
  );
  book.tell(
    'is none where each of the two says the same once',
    (stage) => {
      const chat = call(stage);
      for (const time of [10, 20, 30]) {
        speaks(stage, chat, 'customer', time * second, { text: 'Hello?' });
        speaks(stage, chat, 'agent', time * second + 300, { text: 'Hello?' });
      }
      return { names: names(chat) };
    },
    [],
  );
  book.tell(
    'is none where one sentence each came twice in two conversations',
    (stage) => {
      echoes(1, 400)(stage);
      echoes(1, 400)(stage);
      return {};
    },
    [],
  );
  book.tell(
    'is none in a chat',
    (stage) => {
      const chat = messageArrives(stage.world, 'SMS', { ...stage, person: person(3), own: deskNumber, text: 'Hi' });
      for (const time of [10, 20, 30]) {
        speaks(stage, chat, 'customer', time * second, { text: `At ${time}` });
        speaks(stage, chat, 'customer', time * second + 300, { text: `At ${time}` });
      }
      return {};
    },
    [],
  );
  book.tell(
    'is none where the texts are not in the export',
    (stage) => {
      echoes(4, 400)(stage);
      return {
        entries: exported(stage.world).map((entry) => ({ ...entry, body: { ...entry.body, content: null } })),
      };
    },
    [],
  );
  book.tell(
    'is none where the export is lean',
    (stage) => {
      echoes(4, 400)(stage);
      return { entries: exported(stage.world).map(lean), side: [] };
    },
    [],
  );
  book.tell(
    'is none where each sentence is one communication with two events',
    (stage) => {
      const chat = call(stage);
      for (const time of [10, 20, 30, 40]) {
        const said = speaks(stage, chat, 'customer', time * second);
        stage.world.now = start + time * second + 300;
        updateDelivery(stage.world, said, 'DELIVERED');
      }
      return { names: names(chat) };
    },
    [],
  );
});
