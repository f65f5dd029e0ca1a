/** What the API answers with when it refuses something, in both of its forms, bare or around its request. */
import { uuid } from '../../generate/random.ts';
import { apiError } from '../../generate/side.ts';
import { type Body, type Entry, emit, inRequest } from '../../generate/world.ts';
import type { Stage, Told } from '../case.ts';

export type Refusal = {
  readonly code: number;
  readonly message?: string;
  readonly params?: Body;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Body;
};

/** `{code, httpStatusCode, message, userError, params}`, as the documentation has it. */
export const documented = (status: number, { code, message = 'Something is wrong', params }: Refusal): Body => ({
  code,
  httpStatusCode: status,
  message,
  userError: status < 500,
  ...(params === undefined ? {} : { params }),
});

/** `{code, message, more_info, status}`, as the specification has it. */
export const specified = (status: number, { code, message = 'Something is wrong' }: Refusal): Body => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

export type Refused = { readonly record: Body; readonly requestId: string };

/** A refusal with the request around it, at the present moment. */
export function refused(
  { world }: Stage,
  status: number,
  refusal: Refusal,
  form: typeof documented | typeof specified = documented,
): Refused {
  const requestId = uuid(world.random);
  const { path = '/v2/Conversations', method = 'POST', headers } = refusal;
  const answer = form(status, refusal);
  const response = headers === undefined ? answer : { status, headers, body: answer };
  return { requestId, record: apiError(world, { requestId, method, path, response }) };
}

/** The log entry of a refusal: an alert of any product has its code and words, and no path. */
export function logged(
  { world }: Stage,
  errorCode: number,
  errorReason: string,
  options: { readonly eventType?: string; readonly level?: 'WARNING' | 'ERROR'; readonly body?: Body } = {},
): Entry {
  const { eventType = 'com.twilio.error-logs.error.logged', level = 'ERROR', body = {} } = options;
  return inRequest(world, () =>
    emit(world, {
      source: 'api',
      eventType,
      level,
      errorCode,
      errorReason,
      body: { accountId: world.accountId, ...body },
    }),
  );
}

/** The records of a case, beside the configuration that tells whose they are. */
export const beside = ({ configuration }: Stage, names: Told['names'], ...records: readonly unknown[]): Told => ({
  ...(names === undefined ? {} : { names }),
  side: [configuration, ...records],
});
