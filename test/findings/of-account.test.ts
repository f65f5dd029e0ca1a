import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compareWithBaseline } from '../../src/findings/baseline.ts';
import { mergeResults } from '../../src/findings/merge.ts';
import { resultOfAccount, resultsByAccount } from '../../src/findings/of-account.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { account, makeFinding, makeResult, otherAccount } from './make.ts';

const file = { path: 'both.ndjson', format: 'debugger-log', rows: 4, rejected: 0, duplicates: 1, account: null };
const ownFile = { ...file, path: 'own.ndjson', duplicates: 2, account };
const otherFile = { ...file, path: 'other.ndjson', duplicates: 4, account: otherAccount };
const needs = 'needs calls: add an export of them to the folder of the logs';
const entry = { rule: 'voice', account: null, subject: null, fingerprint: null, reason: 'known', expires: null };

const whole = makeResult({
  run: { ...makeResult().run, events: 30, duplicates: 7, accounts: 2 },
  files: [file, ownFile, otherFile],
  issues: [
    { severity: 'notice', message: 'about nobody' },
    { severity: 'notice', file: 'README', message: 'passed over' },
    { severity: 'notice', file: 'both.ndjson', message: 'about both' },
    { severity: 'notice', file: 'own.ndjson', message: 'about its own' },
    { severity: 'notice', file: 'other.ndjson', message: 'about the other' },
    { severity: 'notice', accounts: [account, otherAccount], message: 'all 2 accounts: it is lean.' },
    { severity: 'notice', accounts: [otherAccount], message: `${otherAccount}: no profiles.` },
  ],
  rules: [
    { id: 'a/clean', status: 'clean', reason: null, findings: 0, durationMs: 1 },
    { id: 'a/failed', status: 'failed', reason: 'no', findings: 0, durationMs: 1 },
    { id: 'a/other', status: 'matched', reason: `skipped for ${account}: ${needs}`, findings: 1, durationMs: 1 },
    { id: 'a/skipped', status: 'skipped', reason: needs, findings: 0, durationMs: 1 },
    { id: 'voice/silent-call', status: 'matched', reason: null, findings: 2, durationMs: 1 },
  ],
  findings: [
    makeFinding(),
    makeFinding({ accountId: otherAccount }),
    makeFinding({ accountId: otherAccount, ruleId: 'a/other' }),
  ],
  suppressions: [{ ...entry, status: 'used', findings: 3, accounts: [{ id: otherAccount, findings: 3 }] }],
  accounts: [
    { id: account, events: 10, skippedRules: ['a/other'] },
    { id: otherAccount, events: 20, skippedRules: [] },
  ],
});

describe('the result of an account', () => {
  const own = resultOfAccount(whole, account);

  it('has its findings, and what is said of the run', () => {
    expect(own.findings).toEqual([makeFinding()]);
    expect(own.run).toEqual({ ...whole.run, events: 10, duplicates: 3, accounts: 1 });
    expect(own.accounts?.map(({ id }) => id)).toEqual([account]);
  });

  it('has the files that are its own or of several, and the issues about them', () => {
    expect(own.files).toEqual([file, ownFile]);
    expect(own.issues).toEqual([
      { severity: 'notice', message: 'about nobody' },
      { severity: 'notice', file: 'README', message: 'passed over' },
      { severity: 'notice', file: 'both.ndjson', message: 'about both' },
      { severity: 'notice', file: 'own.ndjson', message: 'about its own' },
      { severity: 'notice', accounts: [account], message: 'it is lean.' },
    ]);
  });

  it('says what became of the rules for it', () => {
    expect(own.rules.map(({ id, status, reason, findings }) => [id, status, reason, findings])).toEqual([
      ['a/clean', 'clean', null, 0],
      ['a/failed', 'failed', 'no', 0],
      ['a/other', 'skipped', needs, 0],
      ['a/skipped', 'skipped', needs, 0],
      ['voice/silent-call', 'matched', null, 1],
    ]);
  });

  it('counts what suppressions took of it', () => {
    expect(own.suppressions).toEqual([{ ...entry, status: 'unused', findings: 0, accounts: [] }]);
    expect(resultOfAccount(whole, otherAccount).suppressions).toEqual(whole.suppressions);
  });

  it('has of the baseline what is about it', () => {
    const before = makeFinding({ subject: { type: 'conversation', id: 'gone' } });
    const plain = { ...whole, suppressions: [] };
    const known = compareWithBaseline({ ...plain, findings: [...whole.findings.slice(0, 2), before] }, '', []).updated;
    const { result } = compareWithBaseline(plain, 'known.json', known);
    const one = resultOfAccount(result, account);
    expect(one.baseline).toMatchObject({ known: 1, gone: [{ subject: { id: 'gone' } }] });
    expect(one.rules.at(-1)).toMatchObject({ status: 'matched', findings: 0 });
    expect(resultOfAccount(result, otherAccount).baseline).toMatchObject({ known: 1, gone: [] });
  });

  it('has its people and timelines', () => {
    const person = { accountId: account, participantId: 'p', conversationId: null, type: null, addresses: [] };
    const event = (accountId: string, n: number) => ({
      ...{ accountId, logId: String(n), eventTime: '', eventType: '', level: null, errorCode: null, errorReason: null },
      ...{ status: null, requestId: null, file: '', line: null, source: null, conversationId: null, name: null },
      ...{ participantId: null, communicationId: null, resourceId: null, participantType: null, profileId: null },
      ...{ channel: null, address: null },
    });
    const [first, second] = whole.findings.map(({ fingerprint }) => fingerprint);
    const { people, timelines } = resultOfAccount(
      {
        ...whole,
        people: [person, { ...person, accountId: otherAccount }],
        timelines: {
          begin: null,
          end: null,
          events: [event(otherAccount, 0), event(account, 1), event(otherAccount, 2), event(account, 3)],
          ofFindings: new Map([
            [second ?? '', { events: [0, 2], total: 2 }],
            [first ?? '', { events: [1, 3], total: 9 }],
          ]),
          leftOut: 1,
        },
      },
      account,
    );
    expect(people).toEqual([person]);
    expect(timelines?.events.map(({ logId }) => logId)).toEqual(['1', '3']);
    expect(timelines?.ofFindings).toEqual(new Map([[first, { events: [0, 1], total: 9 }]]));
    expect(timelines?.leftOut).toBe(0);
  });

  it('of an account that nobody heard of has nothing but what is everybody’s', () => {
    const nobody = resultOfAccount(whole, 'AC9');
    expect([nobody.findings, nobody.files]).toEqual([[], [file]]);
  });
});

test('a result of older versions is taken apart by its findings', () => {
  const { accounts: _, ...old } = whole;
  const results = [...resultsByAccount(old)];
  expect(results.map(({ account }) => account)).toEqual([account, otherAccount]);
  expect(results.map(({ result }) => result.findings.length)).toEqual([1, 2]);
  expect(results[0]?.result.rules.map(({ status }) => status)).toEqual([
    'clean',
    'failed',
    'clean',
    'skipped',
    'matched',
  ]);
});

test('a rule can be called like what every object has', () => {
  const ids = ['constructor', 'toString', '__proto__'];
  const rules = ids.map((id) => ({ id, status: 'clean' as const, reason: null, findings: 0, durationMs: 1 }));
  const summary = { id: account, skippedRules: [], byRule: {}, knownByRule: {} };
  const findings = [makeFinding({ ruleId: '__proto__' })];
  const none = resultOfAccount({ ...whole, rules, findings: [], accounts: [summary] }, account);
  expect(none.rules).toEqual(rules);
  const { accounts: _, ...older } = whole;
  const found = resultOfAccount({ ...older, rules, findings }, account);
  expect(found.rules.map(({ status, findings }) => [status, findings])).toEqual([
    ['clean', 0],
    ['clean', 0],
    ['matched', 1],
  ]);
});

test('what was taken apart is whole again when it is merged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.nat(20), fc.constantFrom('error', 'info')), { maxLength: 30 }),
      (drawn) => {
        const byPrint = new Map(
          drawn.map(([at, subject, severity]) => {
            const found = makeFinding({
              accountId: `AC${at}`,
              severity: severity === 'error' ? 'error' : 'info',
              subject: { type: 'conversation', id: `c${subject}` },
            });
            return [found.fingerprint, found];
          }),
        );
        const parts = [0, 1, 2, 3, 4, 5].map((at): AuditResult => {
          const id = `AC${at}`;
          const findings = [...byPrint.values()].filter(({ accountId }) => accountId === id);
          const status = findings.length > 0 ? 'matched' : 'clean';
          return makeResult({
            files: [{ ...file, path: id, account: id }],
            findings,
            rules: [{ id: 'voice/silent-call', status, reason: null, findings: findings.length, durationMs: 0 }],
            accounts: [{ id, events: 12345, skippedRules: [] }],
          });
        });
        const all = mergeResults(parts);
        const again = mergeResults([...resultsByAccount(all)].map(({ result }) => result));
        expect({ ...again, run: { ...again.run, durationMs: 0 } }).toEqual({
          ...all,
          run: { ...all.run, durationMs: 0 },
        });
      },
    ),
  );
});

test('a thousand accounts take no longer than their findings', () => {
  const ids = Array.from({ length: 1000 }, (_, at) => `AC${String(at).padStart(32, '0')}`);
  const large = makeResult({
    findings: ids.flatMap((accountId) =>
      Array.from({ length: 60 }, (_, at) =>
        makeFinding({ accountId, subject: { type: 'conversation', id: `c${at}` } }),
      ),
    ),
    files: ids.map((id) => ({ ...file, path: `${id}.ndjson`, account: id })),
    issues: ids.map((id) => ({ severity: 'notice', file: `${id}.ndjson`, message: 'no zone' })),
    accounts: ids.map((id) => ({ id, events: 1, skippedRules: [] })),
  });
  const began = performance.now();
  expect([...resultsByAccount(large)]).toHaveLength(1000);
  // It takes some 0.1 s; looking through all findings for every account took 6 s.
  expect(performance.now() - began).toBeLessThan(2000);
});
