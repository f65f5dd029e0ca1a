import { describe, expect, test } from 'vitest';
import { compareWithBaseline } from '../../src/findings/baseline.ts';
import { type Finding, unknownTime } from '../../src/findings/finding.ts';
import type { AuditResult, KnownFinding } from '../../src/findings/result.ts';
import { account, makeFinding, makeResult, otherAccount } from './make.ts';

const about = (id: string, over: Partial<Finding> = {}) =>
  makeFinding({ subject: { type: 'conversation', id: `conv_conversation_${id}` }, ...over });

const rule = (id: string, findings: number, over: Partial<AuditResult['rules'][number]> = {}) => ({
  id,
  status: findings === 0 ? ('clean' as const) : ('matched' as const),
  reason: null,
  findings,
  durationMs: 1,
  ...over,
});

/** A run of some rules over one account, with these findings. */
function ran(findings: readonly Finding[], over: Partial<AuditResult> = {}): AuditResult {
  const ids = ['profile/creation-failed', 'profile/store-outage', 'voice/silent-call'];
  return makeResult({
    findings,
    rules: ids.map((id) => rule(id, findings.filter(({ ruleId }) => ruleId === id).length)),
    accounts: [{ id: account, skippedRules: [] }],
    ...over,
  });
}

const baselineOf = (...findings: readonly Finding[]) => compareWithBaseline(ran(findings), 'known.json', []).updated;
const ids = (findings: readonly (Finding | KnownFinding)[] = []) => findings.map(({ subject }) => subject.id.slice(18));
const compare = (result: AuditResult, baseline: readonly KnownFinding[]) => {
  const { result: compared, updated } = compareWithBaseline(result, 'known.json', baseline);
  const { known, gone, worse } = compared.baseline ?? {};
  return { new: ids(compared.findings), known, gone: ids(gone), worse, updated: ids(updated) };
};

test('what is known is left out and counted, what is new stays, and what is not there any more is gone', () => {
  const baseline = baselineOf(about('a'), about('b'));
  expect(compare(ran([about('b'), about('c')]), baseline)).toEqual({
    new: ['c'],
    known: 1,
    gone: ['a'],
    worse: [],
    updated: ['b', 'c'],
  });
});

test('rules count what is left of them, and stay matched', () => {
  const { result } = compareWithBaseline(ran([about('a'), about('b')]), 'known.json', baselineOf(about('a')));
  expect(result.rules.map(({ status, findings }) => [status, findings])).toEqual([
    ['clean', 0],
    ['clean', 0],
    ['matched', 1],
  ]);
});

test('what was compared once has nothing new afterwards', () => {
  const result = ran([about('a'), about('b', { severity: 'critical' })]);
  const { updated } = compareWithBaseline(result, 'known.json', baselineOf(about('b'), about('z')));
  expect(compare(result, updated)).toEqual({ new: [], known: 2, gone: [], worse: [], updated: ['a', 'b'] });
});

describe('severity', () => {
  test('that rose makes a finding new, and it is told what it was', () => {
    const finding = about('a', { severity: 'error' });
    expect(compare(ran([finding]), baselineOf(about('a')))).toMatchObject({
      new: ['a'],
      known: 0,
      gone: [],
      worse: [{ fingerprint: finding.fingerprint, was: 'warning' }],
    });
  });

  test('that fell leaves it known, and the baseline follows', () => {
    const fallen = ran([about('a', { severity: 'info' })]);
    const { result, updated } = compareWithBaseline(fallen, 'known.json', baselineOf(about('a')));
    expect(result.baseline).toMatchObject({ known: 1, worse: [] });
    expect(updated.map(({ severity }) => severity)).toEqual(['info']);
    expect(compare(ran([about('a')]), updated).new).toEqual(['a']);
  });
});

test('the first seen of an entry is the earliest of all runs', () => {
  const at = (firstSeen: string) => about('a', { firstSeen });
  const baseline = baselineOf(at('2026-09-14T08:00:00.003Z'));
  const updatedBy = (firstSeen: string) =>
    compareWithBaseline(ran([at(firstSeen)]), 'k', baseline).updated[0]?.firstSeen;
  expect(updatedBy('2026-09-15T08:00:00.000Z')).toBe('2026-09-14T08:00:00.003Z');
  expect(updatedBy('2026-09-13T08:00:00.000Z')).toBe('2026-09-13T08:00:00.000Z');
});

test('a known cause of something new is named', () => {
  const cause = makeFinding({ ruleId: 'profile/store-outage', subject: { type: 'store', id: 'mem_store_1' } });
  const symptom = makeFinding({ ruleId: 'profile/creation-failed', causedBy: [cause.fingerprint] });
  const { result } = compareWithBaseline(ran([cause, symptom]), 'known.json', baselineOf(cause));
  expect(result.findings).toEqual([symptom]);
  expect(result.baseline?.causes).toEqual(baselineOf(cause));
});

describe('nothing is gone', () => {
  const baseline = baselineOf(about('a'));
  const stays = { gone: [], updated: ['a'] };

  test('for an account that was not in the run', () => {
    expect(compare(ran([], { accounts: [{ id: otherAccount, skippedRules: [] }] }), baseline)).toMatchObject(stays);
  });

  test('for a rule that was not in it, failed, was skipped, or was skipped for the account alone', () => {
    for (const rules of [
      [rule('profile/store-outage', 0)],
      [rule('voice/silent-call', 0, { status: 'failed', reason: 'column "x" does not exist' })],
      [rule('voice/silent-call', 0, { status: 'skipped', reason: 'needs calls' })],
    ]) {
      expect(compare(ran([], { rules }), baseline)).toMatchObject(stays);
    }
    const accounts = [{ id: account, skippedRules: ['voice/silent-call'] }];
    expect(compare(ran([], { accounts }), baseline)).toMatchObject(stays);
    expect(compare(ran([]), baseline)).toMatchObject({ gone: ['a'], updated: [] });
  });

  test('that began after the end of the run, as with --to or an export of the day before', () => {
    const until = (asOf: string | null) => ran([], { run: { ...ran([]).run, asOf } });
    const [{ firstSeen = '' } = {}] = baseline;
    const before = new Date(Date.parse(firstSeen) - 1).toISOString();
    expect(compare(until(before), baseline)).toMatchObject(stays);
    expect(compare(until(firstSeen), baseline)).toMatchObject({ gone: ['a'], updated: [] });
  });

  test('that began before --from', () => {
    const [{ firstSeen = '' } = {}] = baseline;
    const from = (ms: number) => compareWithBaseline(ran([]), 'k', baseline, new Date(Date.parse(firstSeen) + ms));
    expect(ids(from(1).updated)).toEqual(['a']);
    expect(from(1).result.baseline?.gone).toEqual([]);
    expect(ids(from(0).result.baseline?.gone)).toEqual(['a']);
  });

  test('of an account of which only records were there', () => {
    const of = (events: number) => ran([], { accounts: [{ id: account, events, skippedRules: [] }] });
    expect(compare(of(0), baseline)).toMatchObject(stays);
    expect(compare(of(1), baseline)).toMatchObject({ gone: ['a'] });
  });

  test('where no event was left, but for what has no time', () => {
    const empty = ran([], { run: { ...ran([]).run, asOf: null } });
    expect(compare(empty, baseline)).toMatchObject(stays);
    expect(compare(empty, baselineOf(about('b', { firstSeen: unknownTime })))).toMatchObject({ gone: ['b'] });
  });

  test('where a named input could not be used: it may have held it', () => {
    const issues = [{ severity: 'error', file: 'x.ndjson', message: 'no such file' }] as const;
    expect(compare(ran([], { issues }), baseline)).toMatchObject(stays);
  });

  test('where the result lacks findings of the rule, because it was written with --severity', () => {
    expect(compare(ran([], { rules: [rule('voice/silent-call', 1)] }), baseline)).toMatchObject(stays);
  });

  test('in a result that does not say for which accounts a rule could not run', () => {
    const { accounts: _, ...older } = ran([]);
    const partly = [rule('voice/silent-call', 0, { reason: 'skipped for 3 of 7 accounts: needs calls' })];
    expect(compare({ ...older, rules: partly }, baseline)).toMatchObject(stays);
    expect(compare(older, baseline)).toMatchObject({ gone: ['a'] });
    expect(compare({ ...older, files: [] }, baseline)).toMatchObject(stays);
  });
});

test('what is suppressed by now is neither known nor gone, and leaves the baseline', () => {
  const none = { account: null, subject: null, fingerprint: null, reason: 'Known', expires: null };
  const suppressed = (over: Partial<AuditResult['suppressions'][number]>) =>
    ran([], { suppressions: [{ ...none, rule: 'voice', status: 'used', findings: 1, ...over }] });
  const baseline = baselineOf(about('a'));
  const away = { known: 0, gone: [], updated: [] };
  expect(compare(suppressed({}), baseline)).toMatchObject(away);
  expect(compare(suppressed({ account: 'AC*1', subject: baseline[0]?.subject.id ?? '' }), baseline)).toMatchObject(
    away,
  );
  expect(compare(suppressed({ fingerprint: baseline[0]?.fingerprint ?? '' }), baseline)).toMatchObject(away);
  for (const other of [{ rule: 'profile' }, { account: 'AC*2' }, { subject: 'x' }, { status: 'unused' }] as const) {
    expect(compare(suppressed(other), baseline)).toMatchObject({ gone: ['a'] });
  }
});

test('a baseline is sorted by account, rule and subject, whatever order findings come in', () => {
  const findings = [
    about('b', { severity: 'critical' }),
    about('a'),
    about('z', { accountId: otherAccount, ruleId: 'a/first' }),
    about('c', { ruleId: 'profile/creation-failed', severity: 'info' }),
  ];
  expect(ids(baselineOf(...findings))).toEqual(['c', 'a', 'b', 'z']);
  expect(baselineOf(...findings.toReversed())).toEqual(baselineOf(...findings));
});
