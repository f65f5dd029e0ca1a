import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../../src/audit.ts';
import { withinAskedTimes } from '../../src/findings/asked-times.ts';
import { unknownTime } from '../../src/findings/finding.ts';
import { account, makeEvidence, makeFinding } from './make.ts';

const time = (text: string) => `2026-09-14T${text}Z`;
const asked = { from: new Date(time('08:00:00.000')), to: new Date(time('10:00:00.000')) };
/** Of no log entry, but of records. */
const ofRecords = (first: string, last: string, over: Parameters<typeof makeFinding>[0] = {}) =>
  makeFinding({ ruleId: 'operations/failed', firstSeen: time(first), lastSeen: time(last), ...over });

test.each([
  ['ends at the beginning', ofRecords('07:00:00.000', '08:00:00.000'), true],
  ['ends before it', ofRecords('07:00:00.000', '07:59:59.999'), false],
  ['ends before it and goes on', ofRecords('07:00:00.000', '07:00:00.000', { ongoing: true }), true],
  ['begins at the end', ofRecords('10:00:00.000', '11:00:00.000'), true],
  ['begins behind it', ofRecords('10:00:00.001', '11:00:00.000'), false],
  ['begins behind it and goes on', ofRecords('10:00:00.001', '11:00:00.000', { ongoing: true }), false],
  ['is of an unknown time', makeFinding({ firstSeen: unknownTime, lastSeen: unknownTime }), true],
  [
    'rests on the log, which is cropped where it is loaded',
    ofRecords('01:00:00.000', '01:00:00.000', { evidence: [makeEvidence('a')] }),
    true,
  ],
])('a finding that %s', (_, finding, stays) => {
  expect(withinAskedTimes([finding], asked)).toEqual(stays ? [finding] : []);
});

test('an end that is not given is open, and the earlier of two is meant', () => {
  const findings = [ofRecords('01:00:00.000', '01:00:00.000'), ofRecords('23:00:00.000', '23:00:00.000')];
  expect(withinAskedTimes(findings, {})).toEqual(findings);
  expect(withinAskedTimes(findings, { from: asked.from })).toEqual(findings.slice(1));
  expect(withinAskedTimes(findings, { to: asked.to })).toEqual(findings.slice(0, 1));
  expect(
    withinAskedTimes(findings, { asOf: new Date(time('22:59:59.999')), to: new Date(time('23:30:00.000')) }),
  ).toEqual(findings.slice(0, 1));
});

test('what explains a finding that stays does stay, and what explains that', () => {
  const subject = (id: string) => ({ subject: { type: 'operation', id } }) as const;
  const first = ofRecords('01:00:00.000', '01:00:00.000', subject('first'));
  const second = ofRecords('02:00:00.000', '02:00:00.000', { ...subject('second'), causedBy: [first.fingerprint] });
  const third = ofRecords('03:00:00.000', '03:00:00.000', subject('third'));
  const inside = ofRecords('09:00:00.000', '09:00:00.000', { ...subject('inside'), causedBy: [second.fingerprint] });
  expect(withinAskedTimes([first, second, third, inside], asked)).toEqual([first, second, inside]);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-asked-'));
  const error = (requestId: string, more: object) => ({
    accountId: account,
    requestId,
    url: 'https://conversations.twilio.com/v2/Conversations',
    method: 'POST',
    status: 400,
    code: 21211,
    message: `Invalid 'To' Phone Number: 555-010-1177`,
    ...more,
  });
  await writeFile(
    join(folder, 'api-errors.ndjson'),
    [
      error('91a8e159-9b0e-4c21-b1fa-09cc97d0d415', { timestamp: time('09:00:00.000') }),
      error('91a8e159-9b0e-4c21-b1fa-09cc97d0d416', { timestamp: time('11:00:00.000') }),
      error('91a8e159-9b0e-4c21-b1fa-09cc97d0d417', {}),
    ]
      .map((each) => `${JSON.stringify(each)}\n`)
      .join(''),
  );
});
afterAll(() => rm(folder, { recursive: true }));

test('an audit of records leaves out those of other times', async () => {
  const found = async (options: object) => {
    const { findings } = await audit({ paths: [folder], rules: ['errors/*'], ...options });
    return findings.map(({ subject, firstSeen }) => [subject.id.slice(-1), firstSeen]);
  };
  const undated = ['7', unknownTime];
  expect(await found({})).toEqual([['5', time('09:00:00.000')], ['6', time('11:00:00.000')], undated]);
  expect(await found(asked)).toEqual([['5', time('09:00:00.000')], undated]);
  expect(await found({ asOf: new Date(time('08:00:00.000')) })).toEqual([undated]);
});
