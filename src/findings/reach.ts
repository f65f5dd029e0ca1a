import { isE164, normaliseAddress } from '../rules/authoring/address.ts';
import type { Finding } from './finding.ts';
import { isMaskedNumber } from './masked.ts';
import type { Person } from './people.ts';

/** Whom findings hit, each counted once. */
export type Reach = {
  /** Participants that are not known to be agents. */
  readonly customers: number;
  readonly conversations: number;
  /** Phone numbers, whatever channel they were written for. */
  readonly numbers: number;
  /** Addresses that are no phone numbers: identities of chats and clients, e-mail addresses. */
  readonly otherAddresses: number;
};

/** What the model knows of participants, by their ids and by their conversations. */
export type People = {
  readonly named: (accountId: string, participantId: string) => Person | undefined;
  /** The CUSTOMER participants of a conversation. */
  readonly customersOf: (accountId: string, conversationId: string) => readonly Person[];
};

export function peopleOf(persons: readonly Person[]): People {
  const byId = new Map<string, Person>();
  const byConversation = new Map<string, Person[]>();
  for (const person of persons) {
    byId.set(`${person.accountId}\n${person.participantId}`, person);
    if (person.type !== 'CUSTOMER' || person.conversationId === null) continue;
    const key = `${person.accountId}\n${person.conversationId}`;
    const there = byConversation.get(key);
    if (there === undefined) byConversation.set(key, [person]);
    else there.push(person);
  }
  return {
    named: (accountId, participantId) => byId.get(`${accountId}\n${participantId}`),
    customersOf: (accountId, conversationId) => byConversation.get(`${accountId}\n${conversationId}`) ?? [],
  };
}

const agents = new Set(['HUMAN_AGENT', 'AI_AGENT', 'AGENT']);

/**
 * Counts whom findings hit: the customers and conversations that they are about or related to. A finding that names no
 * customer hits those of its conversations; one that names no conversation hits that of its customers. Addresses are those
 * of the customers, and those that a finding itself names: as subject, as related, and numbers in its data.
 */
export function reachOf(findings: readonly Finding[], people: People): Reach {
  const customers = new Set<string>();
  const conversations = new Set<string>();
  const addresses = new Set<string>();
  const hit = (person: Person) => {
    customers.add(`${person.accountId}\n${person.participantId}`);
    if (person.conversationId !== null) conversations.add(`${person.accountId}\n${person.conversationId}`);
    for (const address of person.addresses) addresses.add(address);
  };
  for (const { accountId, subject, related, data } of findings) {
    const own: string[] = [];
    let namesCustomer = false;
    for (const { type, id } of [subject, ...related]) {
      if (type === 'conversation') own.push(id);
      else if (type === 'address') addresses.add(id);
      else if (type === 'participant') {
        const person = people.named(accountId, id);
        if (person !== undefined && agents.has(person.type ?? '')) continue;
        namesCustomer = true;
        if (person === undefined) customers.add(`${accountId}\n${id}`);
        else hit(person);
      }
    }
    for (const conversation of own) {
      conversations.add(`${accountId}\n${conversation}`);
      if (!namesCustomer) people.customersOf(accountId, conversation).forEach(hit);
    }
    for (const address of addressesIn(data)) {
      if (typeof address === 'string' && isNumber(normaliseAddress(address))) addresses.add(address);
    }
  }
  const different = [...new Set([...addresses].map((address) => normaliseAddress(address)))];
  const numbers = different.filter(isNumber).length;
  return {
    customers: customers.size,
    conversations: conversations.size,
    numbers,
    otherAddresses: different.length - numbers,
  };
}

/** A mask stands for its number: with `--redact` as many are hit as without. */
function isNumber(address: string): boolean {
  return isE164(address) || isMaskedNumber(address);
}

/** Where the data of findings has addresses. Of a message or call it is the other end's, not the account's own. */
function addressesIn({ address, addresses, direction, from_address, to_address }: Finding['data']): readonly unknown[] {
  const isInbound = typeof direction === 'string' && direction.startsWith('inbound');
  const otherEnd = typeof direction !== 'string' ? [] : [isInbound ? from_address : to_address];
  return [address, addresses, otherEnd].flat();
}
