import { type Phrase, phraseFinder } from '../redact/phrases.ts';
import { typeOfId } from '../trace/id-type.ts';
import { type NamedKind, namedKinds } from './names.ts';
import { mail, type Pseudonyms } from './pseudonyms.ts';

/** What else the export tells, which may stand in free text. */
export type Mentionable = {
  /** Of any form; those of requests can have any. */
  readonly ids: readonly string[];
  readonly requests: readonly string[];
  readonly names: readonly string[];
  /** Numbers and mail addresses are recognised by their form; identities are not. */
  readonly addresses: readonly string[];
};

const form = [
  // conv_conversation_01kzpz…, SIDs, UUIDs, log ids, and what only a machine writes: 32 hexadecimal digits and more.
  '[A-Za-z][A-Za-z_]*_[0-9A-Za-z]{20,}',
  '[A-Z]{2}[0-9a-fA-F]{32}',
  '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}',
  '1\\d{12}-[0-9a-f]{6,}',
  '[0-9a-fA-F]{32,}',
].join('|');

/** Shorter ones are ordinary words, too. */
const leastId = 8;

/**
 * Makes free text that no longer tells of anybody. An id becomes `{store:store-2}`, which a case fills with the id of that name; one of which a
 * case knows no kind, such as an account's, becomes another of the same form.
 * @param called the name of an id in the case
 */
export function createFreeText(
  called: (id: string) => string,
  people: Pseudonyms,
  { ids, requests, names, addresses }: Mentionable,
): (text: string) => string {
  const known = [...new Set([...ids, ...requests])]
    .filter((each) => each.length >= leastId)
    .sort((a, b) => b.length - a.length)
    .map((each) => each.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&'));
  const id = new RegExp(`(?<![\\p{L}\\p{N}])(?:${[...known, form].join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  const others = new Map<string, string>();

  const phrases = [
    ...names.map((text) => ({ text, isExact: false, mask: () => people.name(text) })),
    ...addresses
      .flatMap((text) => [text, text.replace(/^[a-z]+:/iu, '')])
      .map((text) => ({ text, isExact: true, mask: () => people.address(text) })),
  ].filter(({ text }) => isTelling(text.trim()));
  // Stand-ins are numbered when they are first used: who is mentioned nowhere takes none.
  const find = phraseFinder(
    phrases.map(({ text, isExact }, at): Phrase => ({ text, isExact, mask: String(at) })),
    (part) => part,
  );
  const withoutPeople = (text: string): string => {
    let done = 0;
    let told = '';
    for (const { start, end, mask } of find(text).toSorted((a, b) => a.start - b.start || b.end - a.end)) {
      if (start < done) continue;
      told += people.free(text.slice(done, start)) + (phrases[Number(mask)]?.mask() ?? people.name(mask));
      done = end;
    }
    return told + people.free(text.slice(done));
  };

  const standIn = (found: string): string => {
    const kind = kindOf(typeOfId(found)) ?? (isUuid(found) || requests.includes(found) ? 'request' : null);
    if (kind !== null) return `{${kind}:${called(found)}}`;
    if (ids.includes(found)) return called(found);
    const there = others.get(found) ?? sameForm(found, others.size + 1);
    others.set(found, there);
    return there;
  };

  return (text) =>
    between(text, id, standIn, (rest) => between(rest, mail, (found) => people.address(found), withoutPeople));
}

/** Of some scripts two letters are a whole name; of others they are also parts of words. Numbers have a form of their own. */
function isTelling(text: string): boolean {
  return /\p{L}/u.test(text) && text.length >= (/^\p{ASCII}*$/u.test(text) ? 3 : 2);
}

/** A text with what fits the pattern replaced in one way, and what lies between in another. */
function between(
  text: string,
  pattern: RegExp,
  found: (match: string) => string,
  rest: (part: string) => string,
): string {
  let done = 0;
  let told = '';
  for (const { 0: match, index } of text.matchAll(pattern)) {
    told += rest(text.slice(done, index)) + found(match);
    done = index + match.length;
  }
  return told + rest(text.slice(done));
}

function kindOf(type: string): NamedKind | null {
  return namedKinds.find((kind) => kind === type) ?? null;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(text);
}

/** Its prefix stays. `f` and not `0`: the accounts of played cases are those with zeros. */
function sameForm(id: string, place: number): string {
  const [prefix] = /^(?:[A-Z]{2}(?=[0-9a-fA-F]{32}$)|[A-Za-z][A-Za-z_]*_)/u.exec(id) ?? [''];
  const rest = id.slice(prefix.length).replaceAll(/[0-9A-Za-z]/gu, 'f');
  const number = String(place).padStart(4, '0');
  return prefix + rest.slice(0, -number.length) + number;
}
