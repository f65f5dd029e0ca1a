/** What an error code means, in postlude's own words. */
export type ErrorCode = {
  readonly code: number;
  readonly title: string;
  /** The level at which it is logged; what the API answers with is an error. */
  readonly level: 'WARNING' | 'ERROR';
  /** Where it comes from: the source of its log entries, or `api` for answers of the API. */
  readonly source: ErrorSource;
  /** The HTTP status that the API sends with it, where that is known. */
  readonly httpStatus: number | null;
  readonly meaning: string;
  readonly advice: string;
  /** Where Twilio documents it. */
  readonly reference: string;
};

export type ErrorSource =
  | 'conversation-orchestrator'
  | 'conversation-memory'
  | 'conversation-intelligence'
  | 'voice'
  | 'api';

type Entry = Omit<ErrorCode, 'httpStatus' | 'reference'> & Partial<Pick<ErrorCode, 'httpStatus' | 'reference'>>;

const troubleshooting = 'https://www.twilio.com/docs/conversations/orchestrator/troubleshooting';

const entries: readonly Entry[] = [
  {
    code: 20001,
    title: 'Request not valid',
    level: 'ERROR',
    source: 'api',
    httpStatus: 400,
    meaning:
      'The API checked the request before doing anything, and a field of it is missing or has a value that is not allowed.',
    advice: 'Read the message and params of the answer: they name the field. Correct it and send the request again.',
  },
  {
    code: 20003,
    title: 'Terms of Service not accepted',
    level: 'ERROR',
    source: 'api',
    httpStatus: 401,
    meaning:
      'The account may not use the API: nobody accepted the terms of service of its AI features. Where the message speaks of something else, the credentials are wrong.',
    advice:
      'Open Conversation Orchestrator in the Console, accept the Predictive and Generative AI/ML Features Addendum, and wait two minutes. Otherwise check the account SID and auth token.',
    reference: `${troubleshooting}#common-twilio-error-codes`,
  },
  {
    code: 20404,
    title: 'Resource not found',
    level: 'ERROR',
    source: 'api',
    httpStatus: 404,
    meaning: 'The resource in the path of the request does not exist for this account.',
    advice: 'Compare the id with the prefix that its path asks for, and check that nobody deleted the resource before.',
  },
  {
    code: 20422,
    title: 'Format not supported',
    level: 'ERROR',
    source: 'api',
    httpStatus: 415,
    meaning: 'The body of the request is in a form that the API does not read.',
    advice: 'Send JSON, and say so in the Content-Type header. Form fields are not read.',
  },
  {
    code: 21614,
    title: 'Invalid phone number',
    level: 'ERROR',
    source: 'api',
    httpStatus: 400,
    meaning: 'A phone number of the request is not one that can be reached.',
    advice:
      'Write it in E.164: a plus sign, the country code and the number, without blanks or dashes. Lookup tells whether it exists.',
    reference: `${troubleshooting}#common-twilio-error-codes`,
  },
  {
    code: 32500,
    title: 'Voice conversation failed',
    level: 'ERROR',
    source: 'voice',
    meaning:
      'The service behind voice conversations could not carry out a request; the fault is most likely on the side of Twilio.',
    advice: 'Read the entries around it in the Debugger. Where it happens again and again, ask Twilio Support.',
  },
  {
    code: 70001,
    title: 'Operator not valid',
    level: 'ERROR',
    source: 'api',
    meaning: 'The definition of a language operator did not pass the checks of Conversational Intelligence.',
    advice: 'Read which field the answer names, and compare the operator with the API reference.',
  },
  {
    code: 95305,
    title: 'Rule of an intelligence configuration failed',
    level: 'ERROR',
    source: 'conversation-intelligence',
    meaning: 'A rule was triggered and then did not come to its end; the failed operator executions tell why.',
    advice:
      'Look for the operator execution events of the same request, and check that all operators of the rule exist and are set up.',
  },
  {
    code: 95306,
    title: 'Language operator failed',
    level: 'ERROR',
    source: 'conversation-intelligence',
    meaning: 'One operator gave no result: it took too long or broke. The other operators of its rule may have worked.',
    advice:
      'Check the operators of the rule. Where it goes on, give Twilio Support the log id, the resource and the time.',
  },
  {
    code: 95407,
    title: 'Operator ran without observations',
    level: 'WARNING',
    source: 'conversation-intelligence',
    meaning:
      'An operator wanted the observations of Conversation Memory and did not get them. There is a result, made without them.',
    advice: 'Check that the memory store is ACTIVE and that its id is right. If so, it was an outage.',
  },
  {
    code: 95408,
    title: 'Operator ran without traits',
    level: 'WARNING',
    source: 'conversation-intelligence',
    meaning: 'An operator wanted the traits of a profile and did not get them. There is a result, made without them.',
    advice:
      'Check that the memory store is ACTIVE, and that store id and profile id are right. If so, it was an outage.',
  },
  {
    code: 520005,
    title: 'Profile does not fit its schema',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning:
      'A profile was not created: its data does not have the structure that the store asks for, or two requests created it at once.',
    advice:
      'Compare the data with the schema, and send an idempotency key so that requests at the same time do no harm.',
  },
  {
    code: 520042,
    title: 'Memory store is not active',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning: 'The store exists, but its status is not ACTIVE, so nothing can be read from it or written to it.',
    advice:
      'Fetch the store and look at its status. Wait while it is being created; otherwise name a store that is ACTIVE.',
  },
  {
    code: 520046,
    title: 'Request to memory not valid',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning: 'What was sent to Conversation Memory lacks a required field or has a value out of range.',
    advice: 'The details of the answer name the fields; correct them as the API reference has them.',
  },
  {
    code: 520064,
    title: 'Extraction strategy exists already',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning: 'The account has a strategy for extracting observations under this display name already.',
    advice: 'Take another name, or change the strategy that is there.',
  },
  {
    code: 520065,
    title: 'Too many extraction strategies',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning: 'The account has as many strategies for extracting observations as it may have.',
    advice: 'Delete one that nobody uses before you create another.',
  },
  {
    code: 520066,
    title: 'Extraction strategy does not exist',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning:
      'There is no strategy for extracting observations with this id on the account: the id is wrong, or it was deleted.',
    advice: 'List the strategies of the account and use the id of one of them.',
  },
  {
    code: 520067,
    title: 'Id of an extraction strategy not valid',
    level: 'ERROR',
    source: 'conversation-memory',
    meaning: 'The id is malformed, or is that of a resource of another kind.',
    advice: 'Use the id of a strategy as the API returned it.',
  },
  {
    code: 530001,
    title: 'Profile resolution skipped',
    level: 'WARNING',
    source: 'conversation-orchestrator',
    meaning:
      'Nobody looked for a profile: agents never get one, and an address such as client:alice belongs to none. UNKNOWN participants are looked up, but nothing is created for them. By itself it is no failure.',
    advice:
      'Where a profile is expected, check that the participant is a CUSTOMER with a phone number, e-mail or WhatsApp address.',
  },
  {
    code: 530003,
    title: 'Profile lookup failed',
    level: 'WARNING',
    source: 'conversation-orchestrator',
    meaning:
      'The profile service did not answer the lookup as it should. A new profile is created instead, so a customer who had one may now have two.',
    advice:
      'Read the HTTP status in the reason: 5xx passes by itself, 4xx points at the memory store id or at the data. Look for duplicate profiles afterwards.',
  },
  {
    code: 530004,
    title: 'Profile creation failed',
    level: 'ERROR',
    source: 'conversation-orchestrator',
    meaning: 'The participant was added to the conversation, but without a profile: memory does not work for it.',
    advice:
      'Read the HTTP status in the reason: 5xx is an outage, 4xx points at the memory store, the profile data or the trait mapping. Then add the participant again.',
  },
];

/** Every code that postlude knows, by number. The codes of Conversation Orchestrator are those from 530000 to 530999. */
export const errorCodes: readonly ErrorCode[] = entries.map((entry) => ({
  ...entry,
  httpStatus: entry.httpStatus ?? null,
  reference: entry.reference ?? errorPage(entry.code),
}));

const byCode = new Map(errorCodes.map((entry) => [entry.code, entry]));

/** What is known about a code, or null. */
export function errorCode(code: number): ErrorCode | null {
  return byCode.get(code) ?? null;
}

/** Where Twilio documents a code, whether postlude knows it or not. */
export function errorPage(code: number): string {
  return `https://www.twilio.com/docs/api/errors/${code}`;
}

/** At most three known codes that somebody who asked for this one may have meant: one digit apart, or of the same thousand. The nearest first. */
export function nearCodes(code: number): readonly number[] {
  return errorCodes
    .map((entry) => entry.code)
    .filter((known) => Math.floor(known / 1000) === Math.floor(code / 1000) || isSlip(String(code), String(known)))
    .toSorted((a, b) => Math.abs(a - code) - Math.abs(b - code) || a - b)
    .slice(0, 3);
}

/** One digit is wrong, missing or too much, or two neighbours are swapped. */
function isSlip(typed: string, meant: string): boolean {
  const least = Math.min(typed.length, meant.length);
  let start = 0;
  while (start < least && typed[start] === meant[start]) start++;
  let end = 0;
  while (end < least - start && typed.at(-1 - end) === meant.at(-1 - end)) end++;
  const left = typed.slice(start, typed.length - end);
  const right = meant.slice(start, meant.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
