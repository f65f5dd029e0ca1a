import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/findings/result.ts';
import { type RawEntry, type SupportOptions, supportText } from '../../src/report/support.ts';
import { makeFinding, makeResult } from '../findings/make.ts';
import { expectGolden } from '../golden.ts';
import { hostile, poison } from './hostile-known.ts';
import { incident } from './incident.ts';

const withoutLogs: SupportOptions = { raw: null, all: false, terminal: false };

/** The text about the first finding of a rule. */
function told(result: AuditResult, ruleId: string, options: Partial<SupportOptions> = {}): string {
  const finding = result.findings.find((found) => found.ruleId === ruleId);
  if (finding === undefined) throw new Error(`no finding of ${ruleId}`);
  return [...supportText(result, finding, { ...withoutLogs, ...options })].join('');
}

const rawOf = (result: AuditResult, over: Partial<RawEntry> = {}) =>
  new Map(
    result.findings
      .flatMap(({ evidence }) => evidence)
      .map(({ logId, file }) => [
        logId,
        { path: file, line: 1, text: `{"logId":"${logId}"}`, isVerbatim: true, ...over },
      ]),
  );

test('tells of a finding in the middle of an incident what support asks for', () => {
  const result = incident({ symptoms: 2, silentCalls: 1 });
  const raw = rawOf(result);
  expectGolden(import.meta.url, './golden/support.txt', told(result, 'profile/creation-failed', { raw }));
});

test('counts what a cause explains by rule, in several steps, and names all of it', () => {
  const text = told(incident({ symptoms: 3 }), 'profile/store-outage');
  expect(text).toContain('explains 3 findings of profile/creation-failed:');
  expect(text).toContain('explains 2 findings of profile/unresolved-customer:');
  expect(text.match(/^ {4}participant conv_participant_\S+, finding [0-9a-f]{16}$/gm)).toHaveLength(5);
});

test('tells 50 of each kind and how many more there are, and everything where that is asked for', () => {
  const result = incident({ symptoms: 60 });
  const raw = rawOf(result);
  const entries = (text: string) => text.match(/^\{"logId".*\}$/gm)?.length;
  const short = told(result, 'profile/store-outage', { raw });
  expect(short).toContain('as they stand in the export: 50 of 60\n');
  expect(short).toContain('… 10 more, left out here');
  expect(entries(short)).toBe(50);
  const all = told(result, 'profile/store-outage', { raw, all: true });
  expect(entries(all)).toBe(60);
  expect(all).not.toContain('left out');
});

test('says of raw entries that they were not at hand, not found, or are no lines of the export', () => {
  const result = incident();
  expect(told(result, 'merge/shared-profile')).toContain('None: the logs were not at hand');
  const [first] = [...rawOf(result, { isVerbatim: false })].filter(([id]) => id === '1-a');
  const text = told(result, 'merge/shared-profile', { raw: new Map(first === undefined ? [] : [first]) });
  expect(text).toContain('as JSON of records that are no lines of JSON in the export: 1 of 2\n{"logId":"1-a"}\n');
  expect(text).toContain('Not found in the logs: 1 log entry\n  log id 1-b, once at exports/events.ndjson\n');
});

test('gives no raw entries of a result whose addresses are masked', () => {
  const result = incident();
  const masked = { ...result, run: { ...result.run, redacted: true as const } };
  const text = told(masked, 'merge/shared-profile', { raw: rawOf(result) });
  expect(text).toContain('None: they would tell what this result masks.');
  expect(text).not.toContain('"logId"');
});

test('names ids by type, those in the data among them, each once', () => {
  const finding = makeFinding({
    related: [{ type: 'store', id: 'mem_store_01knq9vx4qfghrt2dyrh4942w0' }],
    requestIds: ['r-1'],
    correlationIds: ['r-1', 'c-1'],
    data: {
      store_id: 'mem_store_01knq9vx4qfghrt2dyrh4942w0',
      operation_id: 'op-7',
      nested: [{ callSid: 'CA00000000000000000000000000000001', note: 'CALL' }],
      found: ['mem_profile_00000000000000000000000001'],
      open_for: 'PT12M',
    },
  });
  const text = told(makeResult({ findings: [finding] }), finding.ruleId);
  const [, ids = ''] = /\nIds\n(.*?)\n(?:\n|$)/s.exec(text) ?? [];
  expect(ids.split('\n')).toEqual([
    '  account       AC00000000000000000000000000000001',
    '  conversation  conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k',
    '  store         mem_store_01knq9vx4qfghrt2dyrh4942w0',
    '  operation     op-7',
    '  call          CA00000000000000000000000000000001',
    '  profile       mem_profile_00000000000000000000000001',
    '  request       r-1',
    '  correlation   c-1',
  ]);
});

test('names a cause that the baseline knows, and one that the result lacks', () => {
  const finding = makeFinding({ causedBy: ['0123456789abcdef', 'fedcba9876543210'] });
  const { fingerprint: _, ...cause } = makeFinding({ ruleId: 'profile/store-outage' });
  const { ruleId, accountId, subject, severity, firstSeen, title } = cause;
  const known = { ruleId, accountId, subject, severity, firstSeen, title, fingerprint: '0123456789abcdef' };
  const baseline = { file: 'known.json', known: 1, gone: [], worse: [], causes: [known] };
  const text = told(makeResult({ findings: [finding], baseline }), finding.ruleId);
  expect(text).toContain('explained by 1 finding of profile/store-outage:');
  expect(text).toContain('explained by finding fedcba9876543210, which this result does not hold');
});

describe('hostile text', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]/;
  const raw = new Map([[poison, { path: poison, line: 1, text: `{"x": "${poison}"}`, isVerbatim: true }]]);

  test('cannot steer a terminal, nor make a line of its own', () => {
    const text = told(hostile(), poison, { raw, terminal: true });
    expect(text).not.toMatch(steering);
    expect(text).not.toMatch(/^## /m);
    expect(text).toContain('<script>alert(1)</script>');
  });

  test('in raw entries stays as it is in a file, and nowhere else', () => {
    const text = told(hostile(), poison, { raw });
    const [own = '', entries = ''] = text.split(/^Raw log entries.*$/m);
    expect(own).not.toMatch(steering);
    expect(entries).toBe(`\n{"x": "${poison}"}\n`);
  });
});
