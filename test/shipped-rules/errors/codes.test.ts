import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import { messageArrives } from '../../generate/scenes.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { emit, exported } from '../../generate/world.ts';
import { hour, openBook, type Stage, type Told } from '../case.ts';

const book = openBook({ rules: ['errors/unrecognised-code'] });

type Logged = { readonly errorCode: number; readonly level?: 'INFO' | 'WARNING' | 'ERROR'; readonly reason?: string };

const plays =
  (...codes: readonly Logged[]) =>
  (stage: Stage): Told => {
    const { world, configuration } = stage;
    const chat = messageArrives(world, 'SMS', { configuration, own: deskNumber, person: person(3), text: 'Hello' });
    for (const { errorCode, level = 'WARNING', reason } of codes) {
      world.now += hour;
      emit(world, {
        eventType: 'diagnostic',
        level,
        errorCode,
        ...(reason === undefined ? {} : { errorReason: reason }),
        body: { resourceSid: chat.customer.id, errorCode, status: 'FAILED' },
      });
    }
    return { names: { guest: chat.customer.id } };
  };
const told = (code: number, severity: string) =>
  `errors/unrecognised-code code ${code}: ${severity} confirmed not-in-dictionary [participant guest]`;

describe('a code of Conversation Orchestrator that nobody knows', () => {
  book.tell(
    'is a warning where it is logged as one',
    plays({ errorCode: 530_002, reason: 'Nobody was found.' }),
    [told(530_002, 'warning')],
    ([finding]) => {
      expect(finding?.message).toBe(
        'Code 530002 of Conversation Orchestrator is not in the dictionary: it was logged once (Nobody was found).',
      );
      expect(finding?.evidence).toHaveLength(1);
    },
  );
  book.tell('is only worth knowing where it is logged as information', plays({ errorCode: 530_002, level: 'INFO' }), [
    told(530_002, 'info'),
  ]);
  book.tell(
    'is as bad as the worst of its entries',
    plays({ errorCode: 530_002, level: 'INFO' }, { errorCode: 530_002, level: 'ERROR' }, { errorCode: 530_002 }),
    [told(530_002, 'error')],
    ([finding]) => {
      expect(finding?.evidence).toHaveLength(3);
      expect(finding?.message).toContain('it was logged 3 times');
    },
  );
  book.tell('is one finding each', plays({ errorCode: 530_000 }, { errorCode: 530_999 }), [
    told(530_000, 'warning'),
    told(530_999, 'warning'),
  ]);
  book.tell('is no code of others', plays({ errorCode: 529_999 }, { errorCode: 531_000 }), []);
  book.tell(
    'is none of the dictionary',
    plays({ errorCode: 530_001 }, { errorCode: 530_003 }, { errorCode: 530_004, level: 'ERROR' }),
    [],
  );
  book.tell(
    'is seen in a lean export',
    (stage) => ({ ...plays({ errorCode: 530_010 })(stage), entries: exported(stage.world).map(lean) }),
    [told(530_010, 'warning')],
  );
});
