/** Times of all years, zones and spellings, and what is no time. */
import { bothWays, countsOfBoth, line, lineWith, lineWithBody } from './entries.ts';
import { type HostileCase, hostile } from './hostile.ts';

const utc = (column: string) =>
  `SELECT strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') FROM events ORDER BY log_id`;

const idAt = (at: number) => `"time-${String(at).padStart(2, '0')}"`;

/** Entries with times as they are written in JSON, and when that is. Each is told from the others by its log id alone. */
function times(name: string, written: Readonly<Record<string, string>>, more: Partial<HostileCase> = {}): HostileCase {
  return {
    name,
    files: bothWays(
      ...Object.keys(written).map((json, at) => lineWith(1, 'eventTime', json).replace('"hostile-1"', () => idAt(at))),
    ),
    counts: countsOfBoth(Object.keys(written).length),
    notices: [],
    answers: { [utc('event_time')]: Object.values(written) },
    ...more,
  };
}

/** Entries with what is no time, of which the reason names the value. */
function noTimes(name: string, written: readonly string[], reason = 'eventTime is not a time: '): HostileCase {
  const rejects = (file: string) =>
    written.map((json, at) => `${file}:${at + 2}: ${reason}${reason.endsWith(' ') ? json : ''}`);
  return {
    name,
    files: bothWays(line(1), ...written.map((json, at) => lineWith(at + 2, 'eventTime', json))),
    counts: countsOfBoth(1, written.length),
    rejects: [...rejects('a.ndjson'), ...rejects('b.ndjson.gz')],
    notices: [],
  };
}

const readAsUtc = ['a.ndjson', 'b.ndjson.gz'].map(
  (file) => `notice: ${file}: times without a zone were read as UTC; say which zone they are in with --timezone.`,
);

hostile('times', [
  times('the first and the last time that can be one', {
    '"1970-01-01T00:00:00Z"': '1970-01-01T00:00:00.000000',
    '"1970-01-01T00:00:00.000001Z"': '1970-01-01T00:00:00.000001',
    '"2999-12-31T23:59:59.999999Z"': '2999-12-31T23:59:59.999999',
  }),
  noTimes('years before and after all exports', [
    '"0000-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00Z"',
    '"1969-12-31T23:59:59.999Z"',
    '"3000-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '"10000-01-01T00:00:00Z"',
    '"+010000-01-01T00:00:00Z"',
    '"-0001-01-01T00:00:00Z"',
    '"-000001-01-01T00:00:00Z"',
  ]),
  ...['"3000-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"infinity"', '"-infinity"', '"epoch"'].map((json) =>
    noTimes(`${json} beside nothing else that is wrong`, [json]),
  ),
  times('every kind of offset', {
    '"2026-09-14T10:00:00+14:00"': '2026-09-13T20:00:00.000000',
    '"2026-09-14T10:00:00-12:00"': '2026-09-14T22:00:00.000000',
    '"2026-09-14T10:00:00+00:00"': '2026-09-14T10:00:00.000000',
    '"2026-09-14T10:00:00-00:00"': '2026-09-14T10:00:00.000000',
    '"2026-09-14T10:00:00Z"': '2026-09-14T10:00:00.000000',
    '"2026-09-14T10:00:00z"': '2026-09-14T10:00:00.000000',
    '"2026-09-14T10:00:00+0530"': '2026-09-14T04:30:00.000000',
    '"2026-09-14T10:00:00-03"': '2026-09-14T13:00:00.000000',
    '"2026-09-14 10:00:00 +02:00"': '2026-09-14T08:00:00.000000',
    '"2026-09-14T10:00:00 UTC"': '2026-09-14T10:00:00.000000',
    '"2026-09-14T10:00:00 GMT+2"': '2026-09-14T08:00:00.000000',
    '"2026-09-14T10:00:00 EST"': '2026-09-14T15:00:00.000000',
  }),
  times('an offset that carries a time over the edge of the years', {
    '"1970-01-01T00:00:00-01:00"': '1970-01-01T01:00:00.000000',
    '"3000-01-01T00:00:00+01:00"': '2999-12-31T23:00:00.000000',
  }),
  noTimes('offsets and names of zones that mean no one time', [
    '"2026-09-14T10:00:00+24:00"',
    '"2026-09-14T10:00:00+1:99"',
    '"2026-09-14T10:00:00+02:00Z"',
    '"2026-09-14T10:00:00ZZ"',
    '"2026-09-14T10:00:00 Europe/Berlin"',
    '"2026-09-14T10:00:00+02:00[Europe/Berlin]"',
    '"2026-09-14T10:00:00 CEST"',
    '"2026-09-14T10:00:00 IST"',
    '"1970-01-01T00:00:00+01:00"',
    '"2999-12-31T23:59:59-01:00"',
  ]),
  times('midnight as 24:00, and fractions of any length', {
    '"2026-09-14T24:00:00Z"': '2026-09-15T00:00:00.000000',
    '"2026-12-31T24:00:00Z"': '2027-01-01T00:00:00.000000',
    '"2026-09-14T24:00:00+02:00"': '2026-09-14T22:00:00.000000',
    '"2026-09-14T10:00:00.1Z"': '2026-09-14T10:00:00.100000',
    '"2026-09-14T10:00:00,5Z"': '2026-09-14T10:00:00.500000',
    '"2026-09-14T10:00:00.123456789Z"': '2026-09-14T10:00:00.123456',
    '"2026-09-14T10:00:00.9999999999999999Z"': '2026-09-14T10:00:00.999999',
  }),
  times('midnight as 24:00 beside nothing else that is odd', {
    '"2026-09-14T24:00:00Z"': '2026-09-15T00:00:00.000000',
  }),
  noTimes('clocks and calendars that do not exist', [
    '"2026-09-14T24:00:01Z"',
    '"2026-09-14T25:00:00Z"',
    '"2026-09-14T10:60:00Z"',
    '"2026-09-14T23:59:60Z"',
    '"2016-12-31T23:59:61Z"',
    '"2026-02-30T10:00:00Z"',
    '"2026-02-29T10:00:00Z"',
    '"2026-13-01T10:00:00Z"',
    '"2026-00-10T10:00:00Z"',
    '"2026-09-00T10:00:00Z"',
    '"2026-09-14T10:00:00.Z"',
  ]),
  times('epochs in seconds, milliseconds, microseconds and nanoseconds, as numbers and as text', {
    '1789372800': '2026-09-14T08:00:00.000000',
    '1789372800.25': '2026-09-14T08:00:00.250000',
    '1789372800123': '2026-09-14T08:00:00.123000',
    '1789372800123456': '2026-09-14T08:00:00.123456',
    '1789372800123456789': '2026-09-14T08:00:00.123456',
    '"1789372800"': '2026-09-14T08:00:00.000000',
    '"1789372800123"': '2026-09-14T08:00:00.123000',
    '"1789372800123456"': '2026-09-14T08:00:00.123456',
    '"1789372800123456789"': '2026-09-14T08:00:00.123456',
  }),
  noTimes('numbers that are no epochs', ['0', '-1', '1', '99999999', '-1789372800', '"0"', '"-1"', '"20260914"']),
  {
    name: 'numbers that are too great for an epoch',
    files: bothWays(
      line(1),
      ...['1e400', '99999999999999999999', `1${'0'.repeat(399)}`].map((json, at) =>
        lineWith(at + 2, 'eventTime', json),
      ),
    ),
    counts: countsOfBoth(1, 3),
    rejects: ['a.ndjson', 'b.ndjson.gz'].flatMap((file) => [
      `${file}:2: eventTime is not a time: "1e400"`,
      new RegExp(
        `^${file.replaceAll('.', '\\.')}:3: eventTime is not a time: "?(?:99999999999999999999|100000000000000000000)"?$`,
      ),
      new RegExp(`^${file.replaceAll('.', '\\.')}:4: eventTime is not a time: "1000000000.*…$`),
    ]),
    notices: [],
  },
  times(
    'times without a zone',
    {
      '"2026-09-14T10:00:00"': '2026-09-14T10:00:00.000000',
      '"2026-09-14 10:00:00"': '2026-09-14T10:00:00.000000',
      '"2026-09-14 10:00"': '2026-09-14T10:00:00.000000',
      '"2026-09-14"': '2026-09-14T00:00:00.000000',
      '"9/14/2026, 10:00:00 AM"': '2026-09-14T10:00:00.000000',
      '"Sep 14, 2026 10:00:00 PM"': '2026-09-14T22:00:00.000000',
    },
    { notices: readAsUtc },
  ),
  {
    name: 'times without a zone where a zone is named',
    files: bothWays(
      lineWith(1, 'eventTime', '"2026-09-14T10:00:00"'),
      lineWithBody(2, 'createdAt', '"2026-09-14T10:00:00"'),
    ),
    args: ['--timezone', 'Europe/Berlin'],
    counts: countsOfBoth(2),
    notices: [],
  },
  times('times as mails, shells and JavaScript write them, and with blanks around', {
    '"Mon, 14 Sep 2026 08:00:00 +0000"': '2026-09-14T08:00:00.000000',
    '"14 Sep 2026 08:00:00 GMT"': '2026-09-14T08:00:00.000000',
    '"Mon Sep 14 2026 10:00:00 GMT+0200 (Central European Summer Time)"': '2026-09-14T08:00:00.000000',
    '"  2026-09-14T08:00:00Z"': '2026-09-14T08:00:00.000000',
    '"2026-09-14T08:00:00Z  "': '2026-09-14T08:00:00.000000',
    '"\\t2026-09-14T08:00:00Z\\n"': '2026-09-14T08:00:00.000000',
    '"2026-09-14T08:00:00 Z"': '2026-09-14T08:00:00.000000',
    '"2026/09/14 08:00:00Z"': '2026-09-14T08:00:00.000000',
  }),
  noTimes('no time at all', ['""', 'null', '"null"'], 'eventTime is missing'),
  noTimes('values of other types, and words', [
    '{"a":1}',
    '["2026-09-14T10:00:00Z"]',
    '[]',
    'true',
    '" "',
    '"yesterday"',
    '"10:00:00"',
    '"14.09.2026 10:00"',
    '"14/9/2026 10:00Z"',
    '"２０２６-09-14T10:00:00Z"',
  ]),
  {
    name: 'every such value as createdAt of the body, which an entry can do without',
    files: bothWays(
      ...[
        '""',
        'null',
        '{}',
        '[]',
        'true',
        '0',
        '-1',
        '1e400',
        '"yesterday"',
        '"infinity"',
        '"-infinity"',
        '"epoch"',
        '"today"',
        '"0001-01-01T00:00:00Z"',
        '"1969-12-31T23:59:59Z"',
        '"3000-01-01T00:00:00Z"',
        '"9999-12-31T23:59:59Z"',
        '"294247-01-10T04:00:54.775807Z"',
        '"2026-02-30T00:00:00Z"',
        '"2026-09-14T10:00:00+24:00"',
      ].map((json, at) => lineWithBody(at + 1, 'createdAt', json)),
    ),
    counts: countsOfBoth(20),
    notices: [],
    answers: { 'SELECT count(*) FROM conversations WHERE isfinite(created_at)': ['20'] },
  },
  {
    name: 'a resource made at infinity, beside nothing else that is wrong',
    files: bothWays(lineWithBody(1, 'createdAt', '"infinity"')),
    counts: countsOfBoth(1),
    notices: [],
    answers: { 'SELECT count(*) FROM conversations WHERE isfinite(created_at)': ['1'] },
  },
]);
