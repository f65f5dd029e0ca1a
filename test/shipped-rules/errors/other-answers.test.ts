import { describe, expect } from 'vitest';
import { typeId } from '../../generate/ids.ts';
import { openBook, type Stage, start, type Told } from '../case.ts';
import { beside, documented, logged, type Refusal, refused, specified } from './refusals.ts';

const book = openBook({ rules: ['errors/*'] });

const plays =
  (status: number, refusal: Partial<Refusal> = {}, form = documented) =>
  (stage: Stage): Told => {
    const { record, requestId } = refused(stage, status, { code: 20001, ...refusal }, form);
    return beside(stage, { request: requestId }, record);
  };
const told = (cause: string, severity = 'warning', subject = 'request request') =>
  `errors/api-error ${subject}: ${severity} confirmed ${cause}`;

describe('any other answer of the API', () => {
  book.tell(
    'is a rejection at 400',
    plays(400, { message: 'Field "name" is too long.' }),
    [told('rejected')],
    ([finding]) => {
      expect(finding?.message).toMatch(
        /^Request \S+ was refused \(HTTP 400, code 20001: Field "name" is too long\)\.$/,
      );
      expect(finding?.data).toMatchObject({ http_status: 400, code: 20001, method: 'POST', path: '/v2/Conversations' });
    },
  );
  book.tell('is a rejection at 403', plays(403), [told('rejected')]);
  book.tell('is too fast at 429', plays(429, { code: 20429 }), [told('rate-limited')]);
  book.tell('is a rejection at 499', plays(499), [told('rejected')]);
  book.tell('is a fault of the server at 500', plays(500), [told('server', 'error')]);
  book.tell('is a fault of the server at 503, in the other form', plays(503, {}, specified), [told('server', 'error')]);
  book.tell('is none at 200', plays(200), []);
  book.tell(
    'takes its status from its code where the log tells of it',
    (stage) => {
      const entry = logged(stage, 20429, 'Too many requests');
      return beside(stage, { request: entry.requestId });
    },
    [told('rate-limited')],
    ([finding]) => expect(finding?.data).toMatchObject({ http_status: 429, code: 20429 }),
  );
  book.tell(
    'needs no status',
    (stage) => {
      const entry = logged(stage, 70001, 'Operator is not valid.');
      return beside(stage, { request: entry.requestId });
    },
    [told('rejected')],
    ([finding]) => expect(finding?.message).toMatch(/was refused \(code 70001: Operator is not valid\)\.$/),
  );
  book.tell(
    'is a page of a server that is down',
    (stage) => {
      const { record, requestId } = refused(stage, 502, { code: 0 });
      return beside(stage, { request: requestId }, { ...record, response: { status: 502, body: '<html></html>' } });
    },
    [told('server', 'error')],
  );
});

describe('a conflict', () => {
  book.tell(
    'names what it is with in its message',
    (stage) => {
      const id = typeId(stage.world.random, 'conv_conversation', start);
      const message = `Address mapping already exists on conversation ${id}.`;
      const { record, requestId } = refused(stage, 409, { code: 400, message });
      return beside(stage, { request: requestId, other: id }, record);
    },
    [`${told('conflict')} [conversation other]`],
    ([finding]) => expect(finding?.data.conflicting_resource).toMatch(/^conv_conversation_\w{26}$/),
  );
  book.tell(
    'names what it is with in its headers',
    (stage) => {
      const id = typeId(stage.world.random, 'conv_configuration', start);
      const headers = { 'x-conflicting-resource-id': id };
      const { record, requestId } = refused(stage, 409, { code: 20409, message: 'Conflict', headers });
      return beside(stage, { request: requestId, other: id }, record);
    },
    [`${told('conflict')} [resource other]`],
  );
  book.tell('need not name it', plays(409, { message: 'Version conflict' }), [told('conflict')]);
});

describe('an answer without its request', () => {
  book.tell(
    'is told by its code, with all others of that code',
    (stage) =>
      beside(
        stage,
        {},
        documented(400, { code: 20001, message: 'a' }),
        documented(400, { code: 20001, message: 'b' }),
        documented(415, { code: 20422 }),
      ),
    [told('rejected', 'warning', 'code 20001'), told('rejected', 'warning', 'code 20422')],
    (findings) => expect(findings.find(({ subject }) => subject.id === '20001')?.data.records).toBe(2),
  );
});
