import { describe, expect, test } from 'vitest';
import type { Finding, Related } from '../../src/findings/finding.ts';
import type { Person } from '../../src/findings/people.ts';
import { peopleOf, reachOf } from '../../src/findings/reach.ts';
import { account, makeFinding, otherAccount } from './make.ts';

const participant = (id: string): Related => ({ type: 'participant', id });
const conversation = (id: string): Related => ({ type: 'conversation', id });
const about = (subject: Related, related: readonly Related[] = [], over: Partial<Finding> = {}) =>
  makeFinding({ subject, related, ...over });
const person = (participantId: string, conversationId: string, over: Partial<Person> = {}): Person => ({
  ...{ accountId: account, participantId, conversationId, type: 'CUSTOMER', addresses: [], ...over },
});
const reach = (findings: readonly Finding[], ...persons: readonly Person[]) => reachOf(findings, peopleOf(persons));
const none = { customers: 0, conversations: 0, numbers: 0, otherAddresses: 0 };

describe('customers and conversations', () => {
  test('are subjects and related ones, each once', () => {
    const findings = [
      about(participant('p1'), [conversation('c1')]),
      about(conversation('c1'), [participant('p1'), participant('p2')]),
      about({ type: 'store', id: 's' }, [participant('p2'), conversation('c2')]),
    ];
    expect(reach(findings)).toEqual({ ...none, customers: 2, conversations: 2 });
  });

  test('of two accounts are different, even with equal ids', () => {
    const findings = [about(participant('p1')), about(participant('p1'), [], { accountId: otherAccount })];
    expect(reach(findings).customers).toBe(2);
  });

  test('agents are no customers; whose type is not known may be one', () => {
    const findings = [about(participant('agent')), about(participant('who')), about(participant('nobody'))];
    const agent = person('agent', 'c1', { type: 'AI_AGENT', addresses: ['+15550100100'] });
    const who = person('who', 'c1', { type: 'UNKNOWN', addresses: ['+15550101000'] });
    expect(reach(findings, agent, who)).toEqual({ ...none, customers: 2, conversations: 1, numbers: 1 });
  });

  test('a customer brings the conversation that the finding does not name', () => {
    expect(reach([about(participant('p1'))], person('p1', 'c1'))).toEqual({ ...none, customers: 1, conversations: 1 });
  });

  test('a conversation brings its customers only where the finding names none', () => {
    const persons = [person('p1', 'c1'), person('p2', 'c1'), person('a', 'c1', { type: 'HUMAN_AGENT' })];
    expect(reach([about(conversation('c1'))], ...persons).customers).toBe(2);
    expect(reach([about(conversation('c1'), [participant('p1')])], ...persons).customers).toBe(1);
    expect(reach([about(conversation('c1'), [participant('a')])], ...persons).customers).toBe(2);
  });
});

describe('numbers', () => {
  test('are one for all channels of a phone, and other addresses are counted apart', () => {
    const addresses = ['+15550101000', 'whatsapp:+15550101000', '+1 (555) 010-1000', 'client:alice', 'a@desk.example'];
    expect(reach([about(participant('p1'))], person('p1', 'c1', { addresses }))).toEqual({
      ...{ customers: 1, conversations: 1, numbers: 1, otherAddresses: 2 },
    });
  });

  test('are those that a finding names, too: as subject, as related, in its data', () => {
    const findings = [
      about({ type: 'address', id: '+15550101000' }, [{ type: 'address', id: '+15550101001' }]),
      about({ type: 'message', id: 'SM1' }, [], { data: { address: 'whatsapp:+15550101001' } }),
      about({ type: 'message', id: 'SM2' }, [], { data: { addresses: ['+15550101002', 'its address', 7] } }),
    ];
    expect(reach(findings)).toEqual({ ...none, numbers: 3 });
  });

  test('of a message or call are those of the other end', () => {
    const message = (direction: string | undefined, over: object = {}) =>
      about({ type: 'message', id: `SM ${direction}` }, [], {
        data: { direction, from_address: '+15550101000', to_address: '+15550100100', ...over },
      });
    expect(reach([message('inbound')]).numbers).toBe(1);
    expect(reach([message('inbound'), message('inbound', { to_address: '+15550100101' })]).numbers).toBe(1);
    expect(reach([message('inbound'), message('outbound-api')]).numbers).toBe(2);
    expect(reach([message(undefined)]).numbers).toBe(0);
  });

  test('of agents are nobody’s', () => {
    const agent = person('a', 'c1', { type: 'AGENT', addresses: ['+15550100100'] });
    expect(reach([about(conversation('c1'))], agent).numbers).toBe(0);
  });
});

test('what is about neither customers nor conversations reaches nobody', () => {
  expect(reach([about({ type: 'configuration', id: 'x' })])).toEqual(none);
});
