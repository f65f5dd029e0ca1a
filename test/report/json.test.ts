import { expect, test } from 'vitest';
import { jsonReport } from '../../src/report/json.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { expectGolden } from '../golden.ts';
import { incident } from './incident.ts';

const print = (result = incident(), leastSeverity: 'info' | 'error' = 'info') =>
  [...jsonReport(result, { leastSeverity })].join('');

test('is the contract: keys, their order, two spaces, and a line feed at the end', () => {
  expectGolden(import.meta.url, './golden/incident.json', print(incident({ symptoms: 2, silentCalls: 1 })));
  expectGolden(import.meta.url, './golden/nothing.json', print(makeResult({ files: [], rules: [] })));
});

test('says where the time went only where somebody asked', () => {
  expect(JSON.parse(print()).run).not.toHaveProperty('timing');
  const timed = [...jsonReport(incident(), { leastSeverity: 'info', timing: { reportMs: () => 0 } })].join('');
  expect(JSON.parse(timed).run.timing).toEqual({
    phases: [
      { name: 'reading rules', ms: 120 },
      { name: 'loading', ms: 900 },
      { name: 'tables', ms: 600 },
      { name: 'rules', ms: 700 },
      { name: 'evidence', ms: 24 },
    ],
    tables: [
      { name: 'coverage', ms: 0 },
      { name: 'participants', ms: 411 },
      { name: 'conversations', ms: 12 },
    ],
    memoryLimit: 8_000_000_000,
  });
});

test('is what JSON.stringify makes of the same value', () => {
  const text = print();
  expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  expect(JSON.parse(text).findings).toEqual(incident().findings);
});

test('has every key, in the same order, whatever order the value was made in and whatever it lacks', () => {
  const [one] = makeResult({ findings: [makeFinding({ evidence: [makeEvidence('1')] })] }).findings;
  const shuffled = Object.fromEntries(Object.entries(one ?? {}).reverse());
  const result = makeResult({
    findings: [{ ...makeFinding(), ...shuffled }],
    issues: [{ message: 'm', severity: 'info' }],
  });
  const keys = Object.keys(JSON.parse(print(result)).findings[0]);
  expect(keys).toEqual([
    'ruleId',
    'title',
    'severity',
    'certainty',
    'cause',
    'accountId',
    'subject',
    'related',
    'message',
    'fix',
    'reference',
    'requestIds',
    'correlationIds',
    'firstSeen',
    'lastSeen',
    'ongoing',
    'evidence',
    'data',
    'causedBy',
    'fingerprint',
  ]);
  expect(JSON.parse(print(result)).issues).toEqual([{ severity: 'info', file: null, line: null, message: 'm' }]);
});

test('has no key for what only other reports count with', () => {
  expect(incident().people).not.toHaveLength(0);
  expect(Object.keys(JSON.parse(print()))).toEqual([
    'tool',
    'run',
    'files',
    'issues',
    'rules',
    'findings',
    'suppressions',
  ]);
});

test('says at the end which accounts were covered, where that is known', () => {
  const accounts = [{ id: 'AC00000000000000000000000000000001', skippedRules: ['voice/silent-call'] }];
  const printed = JSON.parse(print(makeResult({ accounts })));
  expect(Object.keys(printed).at(-1)).toBe('accounts');
  expect(printed.accounts).toEqual(accounts);
});

test('never cuts evidence', () => {
  const evidence = Array.from({ length: 5000 }, (_, at) => makeEvidence(`log-${at}`));
  expect(JSON.parse(print(makeResult({ findings: [makeFinding({ evidence })] }))).findings[0].evidence).toHaveLength(
    5000,
  );
});

test('holds only the findings that were asked for, and everything about the run', () => {
  const { findings, rules, issues } = JSON.parse(print(incident(), 'error'));
  expect(new Set(findings.map(({ severity }: { severity: string }) => severity))).toEqual(
    new Set(['critical', 'error']),
  );
  expect(rules).toHaveLength(9);
  expect(issues).toHaveLength(3);
});

test('does to a terminal nothing but print', () => {
  const text = print(makeResult({ findings: [makeFinding({ message: '\u001b]0;x\u0007\u009b2J\u202e' })] }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});
