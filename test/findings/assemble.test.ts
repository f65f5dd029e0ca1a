import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/engine/errors.ts';
import { assembleFindings } from '../../src/findings/assemble.ts';
import type { CitedEvent, CitedEvents } from '../../src/findings/evidence.ts';
import type { Candidate } from '../../src/rules/candidate.ts';
import { parseRuleText } from '../../src/rules/header.ts';
import { account, makeEvidence, otherAccount } from './make.ts';

const { header } = parseRuleText(
  'rules/x/y.sql',
  `/*
title: Something is wrong
severity: warning
subject: conversation
causes:
  first: { message: first, fix: mend the first }
  second: { message: second, fix: mend the second }
*/ SELECT 1`,
);
if (header === null) throw new Error('the header of the test is wrong');
const rule = { id: 'x/y', file: 'rules/x/y.sql', header };
const asOf = new Date('2026-09-14T12:00:00Z');

const candidate = (over: Partial<Candidate> = {}): Candidate => ({
  accountId: account,
  subjectId: 'conv_conversation_1',
  subjectType: 'conversation',
  cause: 'first',
  severity: 'warning',
  certainty: 'confirmed',
  firstSeen: null,
  lastSeen: null,
  ongoing: false,
  eventKeys: [],
  related: [],
  data: {},
  message: 'message',
  fix: 'fix',
  reference: '',
  ...over,
});

/** Events 1 to 9, one a minute from 08:01 on. */
const events = Array.from({ length: 9 }, (_, at): CitedEvent => {
  const n = at + 1;
  return {
    key: BigInt(n),
    evidence: makeEvidence(`log-${n}`, {
      eventTime: `2026-09-14T08:0${n}:00.000Z`,
      requestId: n === 3 ? null : `req-${10 - n}`,
    }),
    correlationId: n % 2 === 0 ? 'cor-even' : 'cor-odd',
  };
});
const cited: CitedEvents = (keys) => {
  const wanted = new Set(keys);
  return events.filter(({ key }) => wanted.has(key));
};
const assemble = (candidates: readonly Candidate[]) => assembleFindings(rule, candidates, cited, asOf);

describe('one candidate', () => {
  test('becomes a finding with its evidence in the order of time', () => {
    const [finding] = assemble([candidate({ eventKeys: [4n, 2n, 3n], data: { a: 1 } })]);
    expect(finding).toMatchObject({
      ruleId: 'x/y',
      title: 'Something is wrong',
      accountId: account,
      subject: { type: 'conversation', id: 'conv_conversation_1' },
      cause: 'first',
      message: 'message',
      fix: 'fix',
      data: { a: 1 },
      causedBy: [],
      ongoing: false,
    });
    expect(finding?.evidence.map(({ logId }) => logId)).toEqual(['log-2', 'log-3', 'log-4']);
    expect(finding?.requestIds).toEqual(['req-8', 'req-6']);
    expect(finding?.correlationIds).toEqual(['cor-even', 'cor-odd']);
  });

  test('was seen from its first to its last evidence where the rule does not say when', () => {
    expect(assemble([candidate({ eventKeys: [5n, 2n] })])[0]).toMatchObject({
      firstSeen: '2026-09-14T08:02:00.000Z',
      lastSeen: '2026-09-14T08:05:00.000Z',
    });
  });

  test('was seen when the rule says, whatever its evidence', () => {
    const firstSeen = new Date('2026-09-14T07:00:00.001Z');
    const lastSeen = new Date('2026-09-14T10:00:00Z');
    expect(assemble([candidate({ eventKeys: [5n], firstSeen, lastSeen })])[0]).toMatchObject({
      firstSeen: '2026-09-14T07:00:00.001Z',
      lastSeen: '2026-09-14T10:00:00.000Z',
    });
  });

  test('never ended before it began', () => {
    const firstSeen = new Date('2026-09-14T11:00:00Z');
    expect(assemble([candidate({ eventKeys: [5n], firstSeen })])[0]?.lastSeen).toBe('2026-09-14T11:00:00.000Z');
  });

  test('was seen at the end of the export where neither rule nor evidence says when', () => {
    expect(assemble([candidate()])[0]).toMatchObject({ firstSeen: asOf.toISOString(), lastSeen: asOf.toISOString() });
    const lastSeen = new Date('2026-09-14T10:00:00Z');
    expect(assemble([candidate({ lastSeen })])[0]?.firstSeen).toBe('2026-09-14T10:00:00.000Z');
  });

  test('is not related to its own subject, nor twice to anything', () => {
    const related = [
      { type: 'participant', id: 'p2' },
      { type: 'conversation', id: 'conv_conversation_1' },
      { type: 'participant', id: 'p1' },
      { type: 'call', id: 'CA1' },
      { type: 'participant', id: 'p2' },
    ] as const;
    expect(assemble([candidate({ related })])[0]?.related).toEqual([
      { type: 'call', id: 'CA1' },
      { type: 'participant', id: 'p1' },
      { type: 'participant', id: 'p2' },
    ]);
  });

  test('that cites an event which does not exist is a mistake of the rule', () => {
    expect(() => assemble([candidate({ eventKeys: [1n, 77n] })])).toThrow(UserError);
    expect(() => assemble([candidate({ eventKeys: [1n, 77n] })])).toThrow(/rules\/x\/y\.sql: .*an event.*77/);
  });
});

describe('several candidates of one subject', () => {
  const weak = candidate({
    cause: 'second',
    severity: 'critical',
    certainty: 'likely',
    eventKeys: [4n, 5n],
    data: { n: 1 },
    message: 'second',
  });
  const strong = candidate({
    cause: 'first',
    severity: 'info',
    certainty: 'possible',
    eventKeys: [5n, 1n],
    data: { n: 2 },
    message: 'first',
    related: [{ type: 'call', id: 'CA1' }],
    ongoing: true,
  });

  test('become one finding: all evidence once, highest severity, strongest certainty, first cause of the header', () => {
    const findings = assemble([weak, strong]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: 'critical',
      certainty: 'likely',
      cause: 'first',
      message: 'first',
      data: { n: 2 },
      related: [{ type: 'call', id: 'CA1' }],
      ongoing: true,
      firstSeen: '2026-09-14T08:01:00.000Z',
      lastSeen: '2026-09-14T08:05:00.000Z',
    });
    expect(findings[0]?.evidence.map(({ logId }) => logId)).toEqual(['log-1', 'log-4', 'log-5']);
  });

  test('become the same finding in whatever order DuckDB returned them', () => {
    const third = candidate({ data: { n: 3 }, message: 'a', eventKeys: [9n] });
    const fourth = candidate({ data: { n: 4 }, message: 'b', eventKeys: [9n] });
    const one = assemble([weak, strong, third, fourth]);
    expect(assemble([fourth, third, strong, weak])).toEqual(one);
    expect(assemble([third, weak, fourth, strong])).toEqual(one);
  });

  test('stay apart where account or subject differ', () => {
    expect(
      assemble([candidate(), candidate({ accountId: otherAccount }), candidate({ subjectId: 'other' })]),
    ).toHaveLength(3);
  });
});

describe('fingerprint', () => {
  const print = (over: Partial<Candidate>) => assemble([candidate(over)])[0]?.fingerprint;

  test('depends on rule, account and subject alone', () => {
    const one = print({});
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(
      print({
        cause: 'second',
        severity: 'error',
        eventKeys: [3n],
        data: { x: 1 },
        message: 'else',
        subjectType: 'account',
      }),
    ).toBe(one);
    expect(print({ accountId: otherAccount })).not.toBe(one);
    expect(print({ subjectId: 'conv_conversation_2' })).not.toBe(one);
    expect(assembleFindings({ ...rule, id: 'x/z' }, [candidate()], cited, asOf)[0]?.fingerprint).not.toBe(one);
  });
});

test('findings are sorted by severity, account and subject, by code unit and not by locale', () => {
  const order = assemble([
    candidate({ subjectId: 'a' }),
    candidate({ subjectId: 'B' }),
    candidate({ subjectId: 'z', severity: 'critical' }),
    candidate({ subjectId: 'a', accountId: otherAccount, severity: 'error' }),
    candidate({ subjectId: 'b', severity: 'error' }),
  ]).map(({ severity, accountId, subject }) => `${severity} ${accountId.at(-1)} ${subject.id}`);
  expect(order).toEqual(['critical 1 z', 'error 1 b', 'error 2 a', 'warning 1 B', 'warning 1 a']);
});
