import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { isAboutStory, type Touchable, touchingFindings } from '../../src/trace/touching.ts';
import { account, makeEvidence, makeFinding, otherAccount } from '../findings/make.ts';

const conversation = 'conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k';
const profile = 'mem_profile_00000000000000000000000001';
const store = 'mem_store_01knq9vx4qfghrt2dyrh4942w0';

/** A story of one conversation, asked for by its request. */
const story: Touchable = {
  id: 'request-1',
  accountId: account,
  logIds: new Set(['1-a', '1-b']),
  requestIds: ['request-1', 'correlation-1'],
  touched: [
    { type: 'conversation', id: conversation, events: 2, data: {} },
    { type: 'profile', id: profile, events: 1, data: {} },
    { type: 'store', id: store, events: 1, data: {} },
  ],
  addresses: new Set(['+15550100001']),
  records: [{ type: 'operation', id: 'proc_job_1', time: null, through: conversation, data: {}, file: 'f', line: 1 }],
};

/** About nothing that the story knows, unless it is said. */
const about = (over: Partial<Finding>): Finding =>
  makeFinding({ subject: { type: 'conversation', id: 'conv_conversation_elsewhere' }, ...over });
const touchesOf = (...findings: readonly Finding[]) =>
  touchingFindings(findings, story).map(({ subject, touches }) => [subject.id, ...touches].join(' '));

describe('a finding touches a story', () => {
  test.each([
    ['about a conversation of it', { subject: { type: 'conversation', id: conversation } }, ['subject']],
    ['about its request', { subject: { type: 'request', id: 'request-1' } }, ['subject']],
    ['about a request that is its correlation', { subject: { type: 'request', id: 'correlation-1' } }, ['subject']],
    ['about a profile of it', { subject: { type: 'profile', id: profile } }, ['subject']],
    ['about an operation beside it', { subject: { type: 'operation', id: 'proc_job_1' } }, ['subject']],
    ['that cites an event of it', { evidence: [makeEvidence('1-b')] }, ['evidence']],
    ['that is related to it', { related: [{ type: 'conversation', id: conversation }] }, ['related']],
    ['about its store', { subject: { type: 'store', id: store } }, ['context']],
    ['about an address in it', { subject: { type: 'address', id: '+15550100001' } }, ['context']],
    ['that shares only a profile with it', { related: [{ type: 'profile', id: profile }] }, ['context']],
  ] as const)('%s', (_, over, touches) => {
    const [finding, ...others] = touchingFindings([about(over)], story);
    expect(finding?.touches).toEqual(touches);
    expect(others).toEqual([]);
  });

  test('in several ways at once', () => {
    const finding = about({
      subject: { type: 'conversation', id: conversation },
      evidence: [makeEvidence('1-a')],
      related: [{ type: 'profile', id: profile }],
    });
    expect(touchesOf(finding)).toEqual([`${conversation} subject evidence context`]);
  });

  test('not where it is about something else, or another account', () => {
    expect(touchesOf(about({}))).toEqual([]);
    expect(touchesOf(about({ accountId: otherAccount, subject: { type: 'conversation', id: conversation } }))).toEqual(
      [],
    );
    // Another account can have the same log id.
    expect(touchesOf(about({ accountId: otherAccount, evidence: [makeEvidence('1-a')] }))).toEqual([]);
  });

  test('where the id itself is a store, a finding about that store is about the story', () => {
    const [finding] = touchingFindings([about({ subject: { type: 'store', id: store } })], { ...story, id: store });
    expect(finding?.touches).toEqual(['subject']);
  });
});

describe('causes', () => {
  const root = about({ subject: { type: 'store', id: 'mem_store_other' }, ruleId: 'profile/store-outage' });
  const middle = about({
    subject: { type: 'participant', id: 'conv_participant_other' },
    causedBy: [root.fingerprint],
  });

  test('of a finding that touches the story come along, however many steps away', () => {
    const symptom = about({
      subject: { type: 'conversation', id: conversation },
      causedBy: [middle.fingerprint],
    });
    expect(touchesOf(root, middle, symptom)).toEqual([
      'mem_store_other cause',
      'conv_participant_other cause',
      `${conversation} subject`,
    ]);
  });

  test('of a finding about what is only shared do not', () => {
    const shared = about({ subject: { type: 'store', id: store }, causedBy: [middle.fingerprint] });
    expect(touchesOf(root, middle, shared)).toEqual([`${store} context`]);
  });

  test('that are shared with others are about the story all the same', () => {
    const outage = about({ subject: { type: 'store', id: store } });
    const symptom = about({ subject: { type: 'conversation', id: conversation }, causedBy: [outage.fingerprint] });
    const [first] = touchingFindings([outage, symptom], story);
    expect(first?.touches).toEqual(['context', 'cause']);
    expect(first !== undefined && isAboutStory(first)).toBe(true);
  });

  test('in a circle end', () => {
    const one = about({ subject: { type: 'conversation', id: conversation }, causedBy: [middle.fingerprint] });
    const two = { ...middle, causedBy: [one.fingerprint] };
    expect(touchesOf(one, two)).toHaveLength(2);
  });
});
