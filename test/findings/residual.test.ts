import { expect, test } from 'vitest';
import { dropResidual } from '../../src/findings/residual.ts';
import { makeEvidence, makeFinding, otherAccount } from './make.ts';

const rules = new Set(['errors/api-error', 'errors/failed-request']);
const evidence = (...logIds: string[]) => logIds.map((logId) => makeEvidence(logId));
const subject = (id: string) => ({ type: 'request', id }) as const;
const own = makeFinding({ ruleId: 'profile/lookup-failed', evidence: evidence('a', 'b', 'c') });
const ids = (findings: readonly { ruleId: string; subject: { id: string } }[]) =>
  findings.map((f) => `${f.ruleId} ${f.subject.id}`);

test('a residual finding goes where all its evidence is told by another finding', () => {
  const residual = makeFinding({
    ruleId: 'errors/failed-request',
    subject: subject('r'),
    evidence: evidence('a', 'c'),
  });
  expect(dropResidual([own, residual], rules)).toEqual([own]);
  expect(dropResidual([residual, own], rules)).toEqual([own]);
});

test('a residual finding stays where one of its events is told nowhere else', () => {
  const residual = makeFinding({
    ruleId: 'errors/failed-request',
    subject: subject('r'),
    evidence: evidence('a', 'd'),
  });
  expect(dropResidual([own, residual], rules)).toEqual([own, residual]);
});

test('its evidence may be told by several findings together', () => {
  const other = makeFinding({ ruleId: 'voice/silent-call', evidence: evidence('d') });
  const residual = makeFinding({
    ruleId: 'errors/failed-request',
    subject: subject('r'),
    evidence: evidence('a', 'd'),
  });
  expect(dropResidual([own, other, residual], rules)).toEqual([own, other]);
});

test('the same log id in another account is another event', () => {
  const residual = makeFinding({
    ruleId: 'errors/failed-request',
    accountId: otherAccount,
    subject: subject('r'),
    evidence: evidence('a'),
  });
  expect(dropResidual([own, residual], rules)).toEqual([own, residual]);
});

test('a residual finding without evidence stays', () => {
  const residual = makeFinding({ ruleId: 'errors/api-error', subject: subject('r'), evidence: [] });
  expect(dropResidual([own, residual], rules)).toEqual([own, residual]);
});

test('of two residual findings that cover each other exactly one stays, whatever their order', () => {
  const one = makeFinding({ ruleId: 'errors/api-error', subject: subject('r'), evidence: evidence('x', 'y') });
  const two = makeFinding({ ruleId: 'errors/failed-request', subject: subject('r'), evidence: evidence('y', 'x') });
  expect(ids(dropResidual([one, two], rules))).toEqual(['errors/api-error r']);
  expect(ids(dropResidual([two, one], rules))).toEqual(['errors/api-error r']);
});

test('of two residual findings the one that tells more stays', () => {
  const less = makeFinding({
    ruleId: 'errors/api-error',
    severity: 'critical',
    subject: subject('r'),
    evidence: evidence('x'),
  });
  const more = makeFinding({
    ruleId: 'errors/failed-request',
    severity: 'info',
    subject: subject('r'),
    evidence: evidence('x', 'y'),
  });
  expect(ids(dropResidual([less, more], rules))).toEqual(['errors/failed-request r']);
});

test('findings of other rules never go, even with the same evidence', () => {
  const twin = makeFinding({ ruleId: 'profile/creation-failed', evidence: own.evidence });
  expect(dropResidual([own, twin], rules)).toEqual([own, twin]);
});
