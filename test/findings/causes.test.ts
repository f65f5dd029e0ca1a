import { describe, expect, test } from 'vitest';
import { linkCauses } from '../../src/findings/causes.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { explained } from '../../src/rules/explains.ts';
import { makeFinding, otherAccount } from './make.ts';

const explains = new Map([
  ['profile/store-outage', [explained('profile/creation-failed')]],
  ['profile/creation-failed', [explained('profile/unresolved-customer')]],
  ['profile/unresolved-customer', []],
]);
const store = { type: 'store', id: 'mem_store_1' } as const;
const participant = { type: 'participant', id: 'conv_participant_1' } as const;
const outage = makeFinding({ ruleId: 'profile/store-outage', subject: store, related: [participant] });
const failed = makeFinding({ ruleId: 'profile/creation-failed', subject: participant });

const causesOf = (symptom: Finding, ...others: Finding[]) =>
  linkCauses([symptom, ...others], explains).find(({ fingerprint }) => fingerprint === symptom.fingerprint)?.causedBy;

describe('X causes Y', () => {
  test('when Y is among what X is related to', () => {
    expect(causesOf(failed, outage)).toEqual([outage.fingerprint]);
  });

  test('when both are about the same subject', () => {
    const unresolved = makeFinding({ ruleId: 'profile/unresolved-customer', subject: participant });
    expect(causesOf(unresolved, failed)).toEqual([failed.fingerprint]);
  });

  test('when X is among what Y is related to', () => {
    const bare = makeFinding({ ruleId: 'profile/store-outage', subject: store });
    const naming = makeFinding({ ruleId: 'profile/creation-failed', subject: participant, related: [store] });
    expect(causesOf(naming, bare)).toEqual([bare.fingerprint]);
  });

  test('when it began in the very moment in which Y ended, and not a millisecond later', () => {
    const symptom = { ...failed, lastSeen: '2026-09-14T08:30:00.000Z' };
    expect(causesOf(symptom, { ...outage, firstSeen: '2026-09-14T08:30:00.000Z' })).toEqual([outage.fingerprint]);
    expect(causesOf(symptom, { ...outage, firstSeen: '2026-09-14T08:30:00.001Z' })).toEqual([]);
  });
});

describe('X does not cause Y', () => {
  test('when its rule does not explain that rule', () => {
    expect(causesOf(outage, failed)).toEqual([]);
    const unresolved = makeFinding({ ruleId: 'profile/unresolved-customer', subject: participant });
    expect(causesOf(unresolved, outage)).toEqual([]);
  });

  test('when its rule explains another cause of that rule', () => {
    const of = new Map([[outage.ruleId, [explained(`${failed.ruleId}:store-down`)]]]);
    const causedBy = (cause: string) => linkCauses([outage, { ...failed, cause }], of)[1]?.causedBy;
    expect(causedBy('other')).toEqual([]);
    expect(causedBy('store-down')).toEqual([outage.fingerprint]);
  });

  test('in another account', () => {
    expect(causesOf(failed, { ...outage, accountId: otherAccount })).toEqual([]);
  });

  test('when they only share something related', () => {
    const conversation = { type: 'conversation', id: 'conv_conversation_1' } as const;
    const one = makeFinding({ ruleId: 'profile/store-outage', subject: store, related: [conversation] });
    const two = makeFinding({ ruleId: 'profile/creation-failed', subject: participant, related: [conversation] });
    expect(causesOf(two, one)).toEqual([]);
  });

  test('when the same id is of another type', () => {
    expect(causesOf(failed, { ...outage, related: [{ type: 'profile', id: participant.id }] })).toEqual([]);
  });
});

test('several causes are listed once each, sorted', () => {
  const outages = ['mem_store_1', 'mem_store_2', 'mem_store_3'].map((id) =>
    makeFinding({ ruleId: 'profile/store-outage', subject: { type: 'store', id }, related: [participant] }),
  );
  const naming = { ...failed, related: [{ type: 'store', id: 'mem_store_2' }] } as const;
  const causes = causesOf(naming, ...outages) ?? [];
  expect(causes).toHaveLength(3);
  expect(causes).toEqual([...causes].sort());
});

test('order and everything else of the findings stay', () => {
  const linked = linkCauses([outage, failed], explains);
  expect(linked.map(({ causedBy, ...rest }) => rest)).toEqual([outage, failed].map(({ causedBy, ...rest }) => rest));
});

test('twenty thousand symptoms of twenty thousand causes are linked at once', () => {
  const n = 20_000;
  const participants = Array.from(
    { length: n },
    (_, at) => ({ type: 'participant', id: `conv_participant_${at}` }) as const,
  );
  const findings = [
    makeFinding({ ruleId: 'profile/store-outage', subject: store, related: participants }),
    ...participants.flatMap((subject) => [
      makeFinding({ ruleId: 'profile/creation-failed', subject }),
      makeFinding({ ruleId: 'profile/unresolved-customer', subject }),
    ]),
  ];
  const started = performance.now();
  const linked = linkCauses(findings, explains);
  // All pairs would be 1.6 billion, which takes many seconds.
  expect(performance.now() - started).toBeLessThan(3000);
  expect(linked.filter(({ causedBy }) => causedBy.length === 1)).toHaveLength(2 * n);
});
