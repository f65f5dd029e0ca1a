import { describe, expect } from 'vitest';
import { endsAt, hour, openBook, type Stage, second, start, type Told, witness } from '../case.ts';
import { beside, documented, logged, type Refusal, refused, specified } from './refusals.ts';

const book = openBook({ rules: ['errors/*'] });

const terms: Refusal = {
  code: 20003,
  message: 'Terms of service have not been accepted.',
  params: { field: 'termsOfService', value: 'not_accepted' },
};
const credentials: Refusal = { code: 20003, message: 'Authenticate', path: '/v2/Conversations' };

/** One refusal with its request around it. */
const plays =
  (status: number, refusal: Refusal, form = documented) =>
  (stage: Stage): Told => {
    const { record, requestId } = refused(stage, status, refusal, form);
    return beside(stage, { account: stage.world.accountId, request: requestId }, record);
  };

/** The bare body of one, as somebody pasted it into a file. */
const bare =
  (status: number, refusal: Refusal, form = documented) =>
  (stage: Stage): Told =>
    beside(stage, { account: stage.world.accountId }, form(status, refusal));

const notAccepted = 'errors/terms-not-accepted account account: error confirmed terms-of-service';
const failed = (cause: string) => `errors/authentication-failed account account: error confirmed ${cause}`;
const rejected = 'errors/api-error request request: warning confirmed rejected';
const ofRequest = (line: string) => `${line} [request request]`;

describe('terms of service that nobody accepted', () => {
  book.tell('are told by an answer with its request', plays(401, terms), [ofRequest(notAccepted)], ([finding]) => {
    expect(finding).toMatchObject({
      firstSeen: '2026-09-14T08:00:00.000Z',
      data: { requests_refused: 1 },
      evidence: [],
    });
  });
  book.tell('are told by a bare answer', bare(401, terms), [notAccepted]);
  book.tell('are told by the message alone', plays(401, { ...terms, params: {} }), [ofRequest(notAccepted)]);
  book.tell('are told by the params alone', plays(401, { ...terms, message: 'Unauthorized' }), [
    ofRequest(notAccepted),
  ]);
  book.tell('are told by the other form of an answer', plays(401, terms, specified), [ofRequest(notAccepted)]);
  book.tell(
    'are told by a log entry',
    (stage) => {
      const entry = logged(stage, 20003, 'Terms of service have not been accepted.');
      return beside(stage, { account: stage.world.accountId, request: entry.requestId });
    },
    [ofRequest(notAccepted)],
    ([finding]) => expect(finding?.evidence).toHaveLength(1),
  );
  book.tell(
    'are one finding, however often they stood in the way',
    (stage) => {
      const first = refused(stage, 401, terms);
      stage.world.now += hour;
      const second = refused(stage, 401, terms);
      const names = { account: stage.world.accountId, one: first.requestId, two: second.requestId };
      // The first record was exported twice.
      return beside(stage, names, first.record, second.record, first.record);
    },
    [`${notAccepted} [request one, request two]`],
    ([finding]) => {
      expect(finding).toMatchObject({
        firstSeen: '2026-09-14T08:00:00.000Z',
        lastSeen: '2026-09-14T09:00:00.000Z',
        data: { requests_refused: 2 },
      });
    },
  );
  book.tell('are not the reason of another 401', plays(401, credentials), [ofRequest(failed('credentials'))]);
  book.tell('are not the reason of another code', plays(401, { ...terms, code: 20006 }), [
    ofRequest(failed('credentials')),
  ]);
  book.tell('are not the reason where the status is another', plays(403, terms), [rejected]);
});

describe('credentials that are not accepted', () => {
  book.tell('are a finding of the account', plays(401, credentials), [ofRequest(failed('credentials'))]);
  book.tell('are seen where the answer has no known code', bare(401, { ...credentials, code: 99999 }), [
    failed('credentials'),
  ]);
  book.tell(
    'are seen in the log',
    (stage) => {
      const entry = logged(stage, 20003, 'Authentication Error - invalid username');
      return beside(stage, { account: stage.world.accountId, request: entry.requestId });
    },
    [ofRequest(failed('credentials'))],
  );
  book.tell(
    'are not what a diagnostic speaks of: that request was Twilio’s own',
    (stage) => {
      const other = witness(stage);
      logged(stage, 530003, '401 Unauthorized', { eventType: 'diagnostic', level: 'WARNING' });
      endsAt(stage, start + second, other);
      return beside(stage, {});
    },
    [],
  );
  book.tell(
    'are not what a callback answered',
    (stage) => {
      logged(stage, 11200, 'HTTP retrieval failure: 401 Unauthorized', { level: 'WARNING' });
      return beside(stage, {});
    },
    [],
  );
});

describe('an account SID in the path', () => {
  const of = (sid: (account: string) => string) => (stage: Stage) => {
    const path = `/2010-04-01/Accounts/${sid(stage.world.accountId)}/Calls.json?PageSize=50`;
    return plays(401, { ...credentials, path })(stage);
  };
  const malformed = [ofRequest(failed('malformed-account-sid'))];
  book.tell(
    'is right with AC and 32 hexadecimal digits',
    of((sid) => sid),
    [ofRequest(failed('credentials'))],
  );
  book.tell(
    'is right in capitals',
    of((sid) => `AC${sid.slice(3).padStart(32, 'F')}`),
    [ofRequest(failed('credentials'))],
  );
  book.tell(
    'is malformed with 31',
    of((sid) => sid.slice(0, -1)),
    malformed,
  );
  book.tell(
    'is malformed with 33',
    of((sid) => `${sid}0`),
    malformed,
  );
  book.tell(
    'is malformed with another letter',
    of((sid) => `${sid.slice(0, -1)}g`),
    malformed,
  );
  book.tell(
    'is malformed with another prefix',
    of((sid) => `US${sid.slice(2)}`),
    malformed,
    ([finding]) => {
      expect(finding?.data.account_sid).toMatch(/^US0+\d+$/);
      expect(finding?.message).toContain(`"US${finding?.accountId.slice(2)}" is no account SID`);
    },
  );
  book.tell(
    'is looked for in the params, too',
    plays(401, { ...credentials, params: { field: 'accountSid', value: 'AC12' } }),
    malformed,
  );
  book.tell(
    'that is malformed once explains more than credentials that are wrong',
    (stage) => {
      const first = refused(stage, 401, credentials);
      const second = refused(stage, 401, { ...credentials, path: '/2010-04-01/Accounts/AC12/Calls.json' });
      const names = { account: stage.world.accountId, one: first.requestId, two: second.requestId };
      return beside(stage, names, first.record, second.record);
    },
    [`${failed('malformed-account-sid')} [request one, request two]`],
    ([finding]) => {
      expect(finding?.message).toMatch(
        /"AC12" is no account SID\. Requests refused: 1; for credentials that were not accepted: 1\.$/,
      );
    },
  );
});
