import { typeId } from '../../generate/ids.ts';
import { deleteConversation } from '../../generate/orchestrator.ts';
import { uuid } from '../../generate/random.ts';
import { apiError } from '../../generate/side.ts';
import { type Body, emit, inRequest, wait } from '../../generate/world.ts';
import { fullBodies, type Plant } from '../plant.ts';
import { finish, goesOn, opens } from '../scenes.ts';
import { between, label, newPerson, oneOf, type Site } from '../site.ts';

const rule = (name: string) => `errors/${name}`;

/** An error response in either of the API's two forms, with its request around it. Returns the request's id. */
function answers(
  site: Site,
  options: {
    readonly status: number;
    readonly code: number;
    readonly message: string;
    readonly path: string;
    readonly method?: string;
    readonly params?: Body;
  },
): string {
  const requestId = uuid(site.world.random);
  const { status, code, message, params = {} } = options;
  const response =
    between(site, 0, 1) === 0
      ? { code, httpStatusCode: status, message, userError: status < 500, params }
      : { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status, params };
  site.records.push(
    apiError(site.world, { requestId, method: options.method ?? 'POST', path: options.path, response }),
  );
  return requestId;
}

const conversations = '/v2/Conversations';

/** The API takes a text for no phone number. */
function refusesNumber(site: Site, value: string): string {
  return answers(site, {
    status: 400,
    code: 21614,
    message: `'To' number is not a valid mobile number: ${value}`,
    path: conversations,
    params: { field: 'address', value },
  });
}

export const errors: readonly Plant[] = [
  {
    rule: rule('terms-not-accepted'),
    cause: 'terms-of-service',
    own: {},
    play({ site }) {
      answers(site, {
        status: 401,
        code: 20003,
        message: 'Terms of service have not been accepted.',
        path: conversations,
        params: { field: 'termsOfService', value: 'not_accepted' },
      });
      label(site, rule('terms-not-accepted'), 'terms-of-service', site.accountId);
    },
  },
  {
    rule: rule('authentication-failed'),
    cause: 'credentials',
    own: {},
    play({ site }) {
      answers(site, { status: 401, code: 20003, message: 'Authenticate', path: conversations, method: 'GET' });
      label(site, rule('authentication-failed'), 'credentials', site.accountId);
    },
  },
  {
    rule: rule('authentication-failed'),
    cause: 'malformed-account-sid',
    own: {},
    play({ site }) {
      const path = oneOf(site, [
        `/2010-04-01/Accounts/${site.accountId.slice(0, -2)}/Calls.json`,
        `/2010-04-01/Accounts/US${site.accountId.slice(2)}/Messages.json`,
      ]);
      answers(site, { status: 401, code: 20003, message: 'Authenticate', path, method: 'GET' });
      label(site, rule('authentication-failed'), 'malformed-account-sid', site.accountId);
    },
  },
  {
    rule: rule('invalid-phone-number'),
    cause: 'not-e164',
    play({ site }) {
      const value = oneOf(site, ['555-010-1234', '0155501012', '+1 (555) 010-1234']);
      const request = refusesNumber(site, value);
      label(site, rule('invalid-phone-number'), 'not-e164', request);
    },
  },
  {
    rule: rule('invalid-phone-number'),
    cause: 'rejected',
    play({ site }) {
      const value = newPerson(site).address;
      const request = refusesNumber(site, value);
      label(site, rule('invalid-phone-number'), 'rejected', request);
    },
  },
  {
    rule: rule('resource-not-found'),
    cause: 'wrong-id-format',
    play({ site }) {
      const id = oneOf(site, [
        typeId(site.world.random, 'conv_participant', site.world.now),
        `conv_conversation_${site.people}`,
        `conv_conv_${site.people}abc`,
      ]);
      answers(site, { status: 404, code: 20404, message: 'Not found', path: `${conversations}/${id}`, method: 'GET' });
      label(site, rule('resource-not-found'), 'wrong-id-format', id);
    },
  },
  {
    // Two ids in one path, of which one is right.
    rule: rule('resource-not-found'),
    cause: 'wrong-id-format',
    play({ site, desk }) {
      const talk = opens(site, { desk });
      goesOn(site, talk);
      finish(site, talk);
      const wrong = typeId(site.world.random, 'mem_profile', site.world.now);
      const path = oneOf(site, [
        `${conversations}/${talk.conversation.id}/Participants/${wrong}`,
        `${conversations}/${wrong}/Participants/${talk.customer.id}`,
      ]);
      answers(site, { status: 404, code: 20404, message: 'Not found', path, method: 'GET' });
      label(site, rule('resource-not-found'), 'wrong-id-format', wrong);
    },
  },
  {
    rule: rule('resource-not-found'),
    cause: 'deleted-before',
    play({ site, desk }) {
      const talk = opens(site, { desk });
      goesOn(site, talk);
      finish(site, talk);
      wait(site.world, between(site, 60, 4000));
      deleteConversation(site.world, { ...talk.conversation, status: 'CLOSED' });
      wait(site.world, between(site, 5, 600));
      const { id } = talk.conversation;
      answers(site, { status: 404, code: 20404, message: 'Not found', path: `${conversations}/${id}`, method: 'GET' });
      label(site, rule('resource-not-found'), 'deleted-before', id);
    },
  },
  {
    rule: rule('resource-not-found'),
    cause: 'unknown',
    play({ site }) {
      const id = typeId(site.world.random, 'conv_conversation', site.world.now - 100_000);
      answers(site, { status: 404, code: 20404, message: 'Not found', path: `${conversations}/${id}`, method: 'GET' });
      label(site, rule('resource-not-found'), 'unknown', id);
    },
  },
  {
    rule: rule('api-error'),
    cause: 'conflict',
    play({ site, desk }) {
      const talk = opens(site, { desk });
      goesOn(site, talk);
      finish(site, talk);
      const message = `Address mapping already exists on conversation ${talk.conversation.id}.`;
      label(
        site,
        rule('api-error'),
        'conflict',
        answers(site, { status: 409, code: 400, message, path: conversations }),
      );
    },
  },
  {
    rule: rule('api-error'),
    cause: 'rate-limited',
    play({ site }) {
      const message = 'Too many requests';
      const request = answers(site, { status: 429, code: 20429, message, path: conversations });
      label(site, rule('api-error'), 'rate-limited', request);
    },
  },
  {
    rule: rule('api-error'),
    cause: 'server',
    play({ site }) {
      const status = oneOf(site, [500, 502, 503]);
      const request = answers(site, { status, code: 20500, message: 'Internal server error', path: conversations });
      label(site, rule('api-error'), 'server', request);
    },
  },
  {
    rule: rule('api-error'),
    cause: 'rejected',
    play({ site }) {
      const [status, code, message] = oneOf<readonly [number, number, string]>(site, [
        [400, 20001, 'Validation failed'],
        [415, 20422, 'Unsupported format'],
        [403, 20006, 'Access is denied'],
      ]);
      label(site, rule('api-error'), 'rejected', answers(site, { status, code, message, path: conversations }));
    },
  },
  {
    rule: rule('unrecognised-code'),
    cause: 'not-in-dictionary',
    grounds: [...fullBodies, 'lean', 'warnings'],
    play({ site, desk }) {
      const errorCode = 530_050 + site.texts;
      const talk = opens(site, { desk });
      emit(site.world, {
        eventType: 'diagnostic',
        level: 'WARNING',
        errorCode,
        errorReason: 'Something that nobody has written down yet',
        body: { resourceSid: talk.customer.id, errorCode, status: 'FAILED', accountId: site.accountId },
      });
      goesOn(site, talk);
      finish(site, talk);
      label(site, rule('unrecognised-code'), 'not-in-dictionary', String(errorCode));
    },
  },
  {
    rule: rule('failed-request'),
    cause: 'error-chain',
    grounds: ['hub', 'plain', 'seconds'],
    play({ site, desk }) {
      const talk = opens(site, { desk });
      const failed = inRequest(site.world, () => {
        const first = emit(site.world, {
          source: 'knowledge',
          eventType: 'com.twilio.knowledge.knowledgebase.updated',
          level: 'ERROR',
          errorCode: 20001,
          errorReason: 'Validation failed',
          body: { account_id: site.accountId, conversation_id: talk.conversation.id, error_code: 20001 },
        });
        wait(site.world, 0.8);
        emit(site.world, {
          source: 'knowledge',
          eventType: 'com.twilio.knowledge.source.refreshed',
          level: 'ERROR',
          errorCode: 520046,
          errorReason: 'Invalid request',
          body: { account_id: site.accountId, conversation_id: talk.conversation.id, error_code: 520046 },
        });
        return first;
      });
      goesOn(site, talk);
      finish(site, talk);
      label(site, rule('failed-request'), 'error-chain', failed.requestId);
    },
  },
];
