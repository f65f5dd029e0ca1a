import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import {
  closeConversation,
  conversation,
  deleteConversation,
  participant,
  updateConversation,
} from '../../generate/orchestrator.ts';
import { type Chat, callArrives, messageArrives, says } from '../../generate/scenes.ts';
import { deskNumber, onWhatsApp, person } from '../../generate/stories/desk.ts';
import { exported, inRequest } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';

function call({ world, configuration }: Stage, time = start): Chat {
  world.now = time;
  return callArrives(world, { configuration, person: person(3), own: deskNumber, seconds: 40 });
}

const names = ({ conversation: { id }, callId }: Chat) => ({ talk: id, phone: callId ?? '' });

/** A call on which nobody speaks, watched for some time after its beginning. */
function silentFor(stage: Stage, time: number, meanwhile?: (chat: Chat) => void): Chat {
  const other = witness(stage);
  const chat = call(stage);
  meanwhile?.(chat);
  endsAt(stage, start + time, other);
  return chat;
}

const silent = (severity = 'warning', certainty = 'confirmed') =>
  `voice/silent-call conversation talk: ${severity} ${certainty} no-transcription [call phone]`;
const stuck = (severity = 'warning', certainty = 'confirmed') =>
  `voice/stuck-active conversation talk: ${severity} ${certainty} timeout-never-started [call phone] < voice/silent-call talk`;
const withoutCall = (line: string) => line.replace(' [call phone]', '');

/** All cases of it share one audit. */
const book = openBook({ rules: ['voice/*'] });

describe('a call on which nobody speaks', () => {
  book.tell(
    'is silent at five minutes',
    (stage) => ({ names: names(silentFor(stage, 5 * minute)) }),
    [silent()],
    ([finding]) => {
      expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-09-14T08:00:00.000Z' });
    },
  );
  book.tell(
    'is not yet silent a millisecond earlier',
    (stage) => ({ names: names(silentFor(stage, 5 * minute - 1)) }),
    [],
  );
  book.tell('is stuck at one hour', (stage) => ({ names: names(silentFor(stage, hour)) }), [silent(), stuck()]);
  book.tell(
    'is silent, not yet stuck, a millisecond earlier',
    (stage) => ({ names: names(silentFor(stage, hour - 1)) }),
    [silent()],
  );
  book.tell(
    'is silent at once where it was closed',
    (stage) => ({
      names: names(
        silentFor(stage, 20 * second, (chat) => {
          stage.world.now = start + 15 * second;
          closeConversation(stage.world, chat.conversation);
        }),
      ),
    }),
    [silent()],
    ([finding]) => {
      expect(finding).toMatchObject({ ongoing: false, lastSeen: '2026-09-14T08:00:15.000Z' });
    },
  );
  for (const status of ['INACTIVE', 'CLOSED'] as const) {
    book.tell(
      `is not stuck where it was ${status} after hours`,
      (stage) => ({
        names: names(
          silentFor(stage, 9 * hour, (chat) => {
            stage.world.now = start + 8 * hour;
            updateConversation(stage.world, chat.conversation, { status });
          }),
        ),
      }),
      [silent()],
    );
  }
  book.tell(
    'is not stuck where it was INACTIVE and came back',
    (stage) => ({
      names: names(
        silentFor(stage, 9 * hour, (chat) => {
          stage.world.now = start + 2 * hour;
          updateConversation(stage.world, chat.conversation, { status: 'INACTIVE' });
          updateConversation(stage.world, chat.conversation, { status: 'ACTIVE' });
        }),
      ),
    }),
    [silent()],
  );
  book.tell(
    'is neither stuck nor going on where it was deleted',
    (stage) => ({
      names: names(
        silentFor(stage, 9 * hour, (chat) => {
          stage.world.now = start + 2 * hour;
          deleteConversation(stage.world, chat.conversation);
        }),
      ),
    }),
    [silent()],
    ([finding]) => {
      expect(finding).toMatchObject({ ongoing: false, lastSeen: '2026-09-14T10:00:00.000Z' });
    },
  );
  book.tell(
    'is no finding where it was deleted before it was old enough',
    (stage) => ({
      names: names(
        silentFor(stage, 9 * hour, (chat) => {
          stage.world.now = start + minute;
          deleteConversation(stage.world, chat.conversation);
        }),
      ),
    }),
    [],
  );
  book.tell(
    'is silent by its channel alone, where no call SID is shown',
    (stage) => {
      const other = witness(stage);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      participant(stage.world, opened, {
        type: 'CUSTOMER',
        addresses: [{ channel: 'VOICE', address: '+15550100001' }],
      });
      endsAt(stage, start + 10 * minute, other);
      return { names: { talk: opened.id } };
    },
    [withoutCall(silent())],
  );
  book.tell(
    'is silent by its call SID alone, where the channel is another',
    (stage) => {
      const other = witness(stage);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      const channelId = `CA${'0'.repeat(32)}`;
      participant(stage.world, opened, {
        type: 'CUSTOMER',
        addresses: [{ channel: 'CHAT', address: 'alice', channelId }],
      });
      endsAt(stage, start + 10 * minute, other);
      return { names: { talk: opened.id, phone: channelId } };
    },
    [silent()],
  );
  book.tell(
    'is silent where its configuration is for voice alone, though nobody has joined',
    (stage) => {
      const other = witness(stage);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      endsAt(stage, start + 10 * minute, other);
      const { VOICE } = stage.configuration.channelSettings;
      return {
        names: { talk: opened.id },
        side: [{ ...stage.configuration, channelSettings: { VOICE } }],
      };
    },
    [withoutCall(silent())],
  );
  book.tell(
    'is at most possible where nobody has joined and the configuration has more channels',
    (stage) => {
      const other = witness(stage);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      endsAt(stage, start + 2 * hour, other);
      return { names: { talk: opened.id } };
    },
    [withoutCall(silent('info', 'possible')), withoutCall(stuck('info', 'possible'))],
  );
  book.tell(
    'is no finding where nobody has joined and the configuration has no voice',
    (stage) => {
      const other = witness(stage);
      conversation(stage.world, { configurationId: stage.configuration.id });
      endsAt(stage, start + 2 * hour, other);
      const { SMS } = stage.configuration.channelSettings;
      return { side: [{ ...stage.configuration, channelSettings: { SMS } }] };
    },
    [],
  );
  book.tell(
    'is no finding where only other channels are known',
    (stage) => {
      const other = witness(stage);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      const { address } = onWhatsApp(person(3));
      participant(stage.world, opened, { type: 'CUSTOMER', addresses: [{ channel: 'WHATSAPP', address }] });
      endsAt(stage, start + 2 * hour, other);
      return {};
    },
    [],
  );
  book.tell(
    'is told of once, where callbacks tell of it as well',
    (stage) => {
      const chat = silentFor(stage, 10 * minute);
      const told = exported(stage.world);
      const again = told.map((entry) => ({ ...entry, logId: `${entry.logId}-callback` }));
      return { names: names(chat), entries: [...told, ...again] };
    },
    [silent()],
  );
  book.tell(
    'was not seen to begin where the export begins later',
    (stage) => {
      silentFor(stage, 2 * hour, (chat) => {
        stage.world.now = start + minute;
        updateConversation(stage.world, chat.conversation, { name: 'Call' });
      });
      return {
        entries: exported(stage.world).filter(
          ({ eventType, body }) =>
            eventType !== 'conversation.created' || body.createdAt !== '2026-09-14T08:00:00.000Z',
        ),
      };
    },
    [],
  );
});

describe('a call on which somebody speaks', () => {
  const spoken = (when: number) => (stage: Stage) => {
    silentFor(stage, 3 * hour, (chat) => {
      stage.world.now = start + when;
      says(stage.world, chat, 'customer', 'Hello?');
    });
    return {};
  };

  book.tell('is not silent', spoken(20 * second), []);
  book.tell('is not silent where that came after hours', spoken(2 * hour), []);
  book.tell('is not silent where that was logged before the conversation', spoken(-12), []);
  book.tell('is not silent where that was logged in the same millisecond', spoken(0), []);
  book.tell(
    'is not silent where all its events are out of order',
    (stage) => {
      spoken(20 * second)(stage);
      return { entries: exported(stage.world).toReversed() };
    },
    [],
  );
});

describe('an export that cannot show what was said', () => {
  const only = (stage: Stage, keep: (eventType: string) => boolean) =>
    exported(stage.world).filter(({ eventType }) => keep(eventType));

  book.tell(
    'makes a silent call possible where it is lean',
    (stage) => {
      const chat = silentFor(stage, 2 * hour);
      return { names: names(chat), entries: exported(stage.world).map(lean), side: [] };
    },
    [withoutCall(silent('info', 'possible')), withoutCall(stuck('info', 'possible'))],
  );
  book.tell(
    'makes an SMS conversation that nobody wrote in possible, too, where it is lean',
    (stage) => {
      const other = witness(stage);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      participant(stage.world, opened, { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: '+15550100001' }] });
      endsAt(stage, start + 10 * minute, other);
      return { names: { talk: opened.id }, entries: exported(stage.world).map(lean), side: [] };
    },
    [withoutCall(silent('info', 'possible'))],
  );
  book.tell(
    'leaves a chat alone where it is lean',
    (stage) => {
      const other = witness(stage);
      messageArrives(stage.world, 'SMS', { ...stage, person: person(1), own: deskNumber, text: 'Hi' });
      endsAt(stage, start + 2 * hour, other);
      return { entries: exported(stage.world).map(lean), side: [] };
    },
    [],
  );
  book.tell(
    'makes all of it possible where it holds no communications',
    (stage) => {
      const chat = silentFor(stage, 2 * hour);
      const other = stage.world.entries.find(({ eventType }) => eventType === 'conversation.created')?.body.id;
      return {
        names: { ...names(chat), other: String(other) },
        entries: only(stage, (type) => !type.startsWith('communication.')),
      };
    },
    [silent('info', 'possible'), stuck('info', 'possible')],
  );
  book.tell(
    'makes a stuck conversation possible where it holds no updates',
    (stage) => {
      const chat = silentFor(stage, 2 * hour);
      says(stage.world, chatElsewhere(stage), 'customer', 'The last word of the export');
      return { names: names(chat), entries: only(stage, (type) => !type.endsWith('.updated')) };
    },
    [silent(), stuck('info', 'possible')],
  );
  book.tell(
    'shows nothing where it holds only warnings and errors',
    (stage) => {
      silentFor(stage, 2 * hour);
      return { entries: exported(stage.world).filter(({ level }) => level !== 'INFO') };
    },
    [],
  );
});

function chatElsewhere(stage: Stage): Chat {
  return messageArrives(stage.world, 'SMS', { ...stage, person: person(9), own: deskNumber, text: 'Hello' });
}

describe('the end of what could be watched', () => {
  const early = openBook({ rules: ['voice/*'], asOf: new Date(start + 5 * minute - 1) });
  const late = openBook({ rules: ['voice/*'], asOf: new Date(start + 3 * hour) });
  const threeHours = (stage: Stage): Told => ({ names: names(silentFor(stage, 3 * hour)) });
  const threeMinutes = (stage: Stage): Told => ({ names: names(silentFor(stage, 3 * minute)) });
  const spokenLate = (stage: Stage): Told => ({
    names: names(
      silentFor(stage, 3 * hour, (chat) => {
        stage.world.now = start + 10 * minute;
        says(stage.world, chat, 'agent', 'Hello?');
      }),
    ),
  });

  early.tell('is moved forward by --as-of: the call is too young', threeHours, []);
  late.tell('is moved back by --as-of: the call is old enough', threeMinutes, [silent(), stuck()]);

  const between = openBook({ rules: ['voice/*'], asOf: new Date(start + 7 * minute) });
  between.tell('cuts what was said later', spokenLate, [silent()]);
  late.tell('does not cut what was said before', spokenLate, []);
});

describe('the params of the voice rules', () => {
  const book = openBook({
    rules: ['voice/*'],
    params: { 'voice/silent-call': { min_age: '1 minute' }, 'voice/stuck-active': { max_active: '2 minutes' } },
  });
  book.tell('move the age of a silent call', (stage) => ({ names: names(silentFor(stage, minute)) }), [silent()]);
  book.tell('move it not below', (stage) => ({ names: names(silentFor(stage, minute - 1)) }), []);
  book.tell('move the age of a stuck one', (stage) => ({ names: names(silentFor(stage, 2 * minute)) }), [
    silent(),
    stuck(),
  ]);
});

describe('a stuck conversation', () => {
  const alone = openBook({ rules: ['voice/stuck-active'] });
  alone.tell('is found without the rule that explains it', (stage) => ({ names: names(silentFor(stage, 2 * hour)) }), [
    stuck().replace(/ <.*/, ''),
  ]);
  book.tell(
    'hangs below its own silent call, not below that of another',
    (stage) => {
      const other = witness(stage);
      const one = call(stage);
      const next = inRequest(stage.world, () => call(stage, start + minute));
      endsAt(stage, start + hour, other);
      return { names: { ...names(one), talk2: next.conversation.id, phone2: next.callId ?? '' } };
    },
    [silent(), stuck(), 'voice/silent-call conversation talk2: warning confirmed no-transcription [call phone2]'],
  );
});
