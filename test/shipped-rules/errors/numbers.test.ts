import { describe, expect } from 'vitest';
import { openBook, type Stage, type Told } from '../case.ts';
import { beside, documented, logged, type Refusal, refused, specified } from './refusals.ts';

const book = openBook({ rules: ['errors/*'] });

const plays =
  (refusal: Omit<Refusal, 'code'>, form = documented) =>
  (stage: Stage): Told => {
    const { record, requestId } = refused(stage, 400, { code: 21614, ...refusal }, form);
    return beside(stage, { request: requestId }, record);
  };
const finding = (cause: string, subject = 'request request') =>
  `errors/invalid-phone-number ${subject}: error confirmed ${cause}`;

describe('a number that is not valid', () => {
  const written = (value: string) => plays({ message: 'Invalid phone number.', params: { field: 'to', value } });
  book.tell(
    'is not E.164 with dashes and without its country',
    written('555-010-1177'),
    [finding('not-e164')],
    ([found]) => {
      expect(found?.data).toEqual({ number: '555-010-1177', path: '/v2/Conversations' });
      expect(found?.message).toMatch(
        /^The API refused "555-010-1177" in request \S+, which is not a phone number in E\.164\.$/,
      );
    },
  );
  book.tell(
    'is told in E.164 where that can be derived',
    written('+1 (555) 010-1177'),
    [finding('not-e164')],
    ([found]) => {
      expect(found?.data).toMatchObject({ number: '+1 (555) 010-1177', e164: '+15550101177' });
      expect(found?.message).toMatch(/E\.164; it would be \+15550101177\.$/);
    },
  );
  book.tell('is not E.164 with seven digits', written('+1555010'), [finding('not-e164')]);
  book.tell('is E.164 with eight digits, and rejected', written('+15550101'), [finding('rejected')]);
  book.tell('is E.164 with fifteen digits, and rejected', written('+155501000000001'), [finding('rejected')]);
  book.tell('is not E.164 with sixteen digits', written('+1555010000000012'), [finding('not-e164')]);
  book.tell(
    'is rejected behind the name of a channel',
    written('whatsapp:+15550101177'),
    [finding('rejected')],
    ([found]) => {
      expect(found?.message).toContain('whatsapp:+15550101177 in request');
    },
  );
});

describe('the number of an answer', () => {
  const said = (message: string, form = specified) => plays({ message }, form);
  const number =
    (expected: string | undefined) =>
    ([found]: readonly { readonly data: unknown }[]) =>
      expect(found?.data).toHaveProperty('number', expected);
  book.tell(
    'stands in quotes in its message',
    said("'0155 501' is not a valid phone number."),
    [finding('not-e164')],
    number('0155 501'),
  );
  book.tell(
    'stands behind its message',
    said("'To' number is not a valid mobile number: +1555 010 1177"),
    [finding('not-e164')],
    number('+1555 010 1177'),
  );
  book.tell(
    'can be no number at all',
    said("'reception' is not a valid phone number."),
    [finding('not-e164')],
    number('reception'),
  );
  book.tell('can be hidden', said('Invalid phone number.'), [finding('rejected')], ([found]) => {
    expect(found?.data).not.toHaveProperty('number');
    expect(found?.message).toMatch(/^The API refused the phone number in request \S+\.$/);
  });
});

describe('whose number it is', () => {
  book.tell(
    'tells a log entry',
    (stage) => {
      const entry = logged(stage, 21614, "'555-010-1177' is not a valid phone number.");
      return beside(stage, { request: entry.requestId });
    },
    [finding('not-e164')],
    ([found]) => expect(found?.evidence).toHaveLength(1),
  );
  book.tell(
    'is one request where both the answer and the log tell of it',
    (stage) => {
      const entry = logged(stage, 21614, 'Invalid phone number');
      const record = {
        timestamp: entry.eventTime,
        requestId: entry.requestId,
        accountSid: stage.world.accountId,
        method: 'POST',
        path: '/v2/Conversations',
        response: documented(400, { code: 21614, params: { field: 'to', value: '555-010-1177' } }),
      };
      return beside(stage, { request: entry.requestId }, record);
    },
    [finding('not-e164')],
    ([found]) => {
      expect(found?.evidence).toHaveLength(1);
      expect(found?.data).toMatchObject({ number: '555-010-1177', path: '/v2/Conversations' });
    },
  );
  const bare = (message: string) => (stage: Stage) => beside(stage, {}, specified(400, { code: 21614, message }));
  book.tell('is the number itself in a bare answer', bare("'555-010-1177' is not a valid phone number."), [
    finding('not-e164', 'address 555-010-1177'),
  ]);
  book.tell('is all that is known in a bare answer without it', bare('Invalid phone number.'), [
    finding('rejected', 'code 21614'),
  ]);
  book.tell(
    'does not matter for another code',
    (stage) => {
      const { record, requestId } = refused(stage, 400, { code: 21211, message: "'555' is not a valid phone number." });
      return beside(stage, { request: requestId }, record);
    },
    ['errors/api-error request request: warning confirmed rejected'],
  );
});
