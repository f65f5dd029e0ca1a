/** Numbers that are too great, too small or too exact, and numbers where text stands otherwise. */
import { bothWays, countsOfBoth, lines, lineWith, lineWithBody } from './entries.ts';
import { type HostileCase, hostile } from './hostile.ts';

const codes = 'SELECT error_code FROM events ORDER BY event_time';
const rising = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** One entry for each way to write an error code, and the code that it is. */
function errorCodes(name: string, written: Readonly<Record<string, string | null>>): HostileCase {
  const count = Object.keys(written).length;
  return {
    name,
    files: bothWays(...Object.keys(written).map((json, at) => lineWith(at + 1, 'errorCode', json))),
    counts: countsOfBoth(count),
    notices: [],
    answers: { [codes]: Object.values(written) },
  };
}

/** Numbers as one text field of an entry, and the text that they are. */
const asText: Readonly<Record<string, string>> = {
  '7': '7',
  '-7': '-7',
  '0.5': '0.5',
  '9007199254740993': '9007199254740993',
  '12345678901234567890': '12345678901234567890',
  '1e400': '1e400',
  [`1${'0'.repeat(399)}`]: `1${'0'.repeat(399)}`,
};

function numbersAs(
  field: string,
  column: string,
  write: (number: number, field: string, json: string) => string,
): HostileCase {
  return {
    name: `numbers as ${field}`,
    files: bothWays(...Object.keys(asText).map((json, at) => write(at + 1, field, json))),
    counts: countsOfBoth(Object.keys(asText).length),
    notices: [],
    answers: { [`SELECT ${column} FROM events ORDER BY event_time`]: Object.values(asText) },
  };
}

hostile('numbers', [
  errorCodes('error codes as whole numbers and as text', {
    '530003': '530003',
    '"530003"': '530003',
    '" 530003 "': '530003',
    '"+530003"': '530003',
    '530003.0': '530003',
    '"530003.0"': '530003',
    '5.30003e5': '530003',
    '-530003': '-530003',
    '2147483647': '2147483647',
  }),
  errorCodes('error codes that are zero, which means none', {
    '0': null,
    '-0': null,
    '0.0': null,
    '0e9': null,
    '"0"': null,
    '"-0"': null,
    '1e-400': null,
    '-1e-400': null,
  }),
  errorCodes('error codes that no column can hold', {
    '2147483648': null,
    '9007199254740991': null,
    '9007199254740993': null,
    '-9007199254740993': null,
    '1e400': null,
    '-1e400': null,
    [`1${'0'.repeat(399)}`]: null,
    [`"1${'0'.repeat(399)}"`]: null,
  }),
  errorCodes('error codes that are no whole numbers', {
    '530003.5': null,
    '"530003.5"': null,
    '0.5': null,
    '"1e3"': null,
    '"0x81643"': null,
    '"530_003"': null,
    '"530,003"': null,
    '"Infinity"': null,
    '"NaN"': null,
    '"five"': null,
  }),
  errorCodes('error codes of other types', {
    true: null,
    false: null,
    null: null,
    '""': null,
    '"null"': null,
    '[]': null,
    '[530003]': null,
    '{}': null,
    '{"code":530003}': null,
  }),
  {
    name: 'error codes of the body in all these ways',
    files: bothWays(
      ...['530003', '"530003"', '530003.5', '"0x81643"', '1e400', '9007199254740993', 'true', '{}', '[]', '-0'].map(
        (json, at) => lineWithBody(at + 1, 'errorCode', json),
      ),
    ),
    counts: countsOfBoth(10),
    notices: [],
    answers: { [codes]: ['530003', '530003', null, null, null, null, null, null, null, null] },
  },
  {
    name: 'two log ids that are one number in JavaScript',
    files: bothWays(lineWith(1, 'logId', '9007199254740992'), lineWith(2, 'logId', '9007199254740993')),
    counts: countsOfBoth(2),
    notices: [],
    answers: { 'SELECT log_id FROM events ORDER BY event_time': ['9007199254740992', '9007199254740993'] },
  },
  numbersAs('logId', 'log_id', lineWith),
  numbersAs('requestId', 'request_id', lineWith),
  numbersAs('correlationId', 'correlation_id', lineWith),
  numbersAs('errorReason', 'error_reason', lineWith),
  numbersAs('status', 'status', lineWithBody),
  numbersAs('configurationId', 'configuration_id', lineWithBody),
  numbersAs('id', 'conversation_id', lineWithBody),
  {
    name: 'numbers as accountId',
    files: bothWays(...Object.keys(asText).map((json, at) => lineWithBody(at + 1, 'accountId', json))),
    counts: countsOfBoth(Object.keys(asText).length),
    answers: { 'SELECT account_id FROM events ORDER BY event_time': Object.values(asText) },
  },
  {
    name: 'numbers as level, which is INFO then',
    files: bothWays(...rising(3).map((at) => lineWith(at, 'level', String(at)))),
    counts: countsOfBoth(3),
    notices: [],
    answers: { 'SELECT level FROM events ORDER BY event_time': ['INFO', 'INFO', 'INFO'] },
  },
  {
    name: 'numbers as eventType and source',
    files: bothWays(lineWith(1, 'eventType', '7'), lineWith(2, 'source', '7'), lineWith(3, 'eventType', '1e400')),
    counts: countsOfBoth(3),
    answers: { 'SELECT event_type FROM events ORDER BY event_time': ['7', 'conversation.created', '1e400'] },
  },
  {
    name: 'numbers as createdAt of the body: epochs where they can be, else no time',
    files: bothWays(
      ...['1789372800', '1789372800123', '7', '-1', '1e400', '9007199254740993', '12345678901234567890'].map(
        (json, at) => lineWithBody(at + 1, 'createdAt', json),
      ),
    ),
    counts: countsOfBoth(7),
    notices: [],
  },
  {
    name: 'a number of 20 MB as a field of the body',
    files: { 'a.ndjson': `${lines(2)}${lineWithBody(3, 'latency', '9'.repeat(20_000_000))}\n` },
    counts: { 'a.ndjson': { rows: 3 } },
  },
]);
