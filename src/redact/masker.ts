import { canonicalAddress, canonicalName } from './canonical.ts';
import type { KnownValue } from './known.ts';
import type { Masks } from './masks.ts';
import { type Phrase, phraseFinder } from './phrases.ts';
import { addressSpans, canHoldAddress, overlapsAny, plainAddressSpans, protectedSpans, type Span } from './spans.ts';
import { wordsOf } from './words.ts';

/** Masks what is known to be an address or a name, and what looks like one in free text. */
export type Masker = {
  /** A value that is an address, whatever it looks like. */
  readonly address: (text: string) => string;
  /** A value that is what somebody, or something, is called. */
  readonly name: (text: string) => string;
  /** A value that may be an address or name as a whole, and else is free text. */
  readonly value: (text: string) => string;
  /** Free text. `own` are addresses that it was written with: those are masked, however short or ordinary they are. */
  readonly text: (text: string, own?: ReadonlySet<string>) => string;
  /** What should be an id, and stays unless it is an address after all. */
  readonly id: (text: string) => string;
  /** What a rule advises: the examples of its author stay. */
  readonly advice: (text: string) => string;
};

/**
 * @param known what the loaded files call people and addresses
 * @param templates what rules say, before anything is filled in: a name that stands there is a word like others in free text
 */
export function createMasker(masks: Masks, known: Iterable<KnownValue>, templates: readonly string[] = []): Masker {
  const ordinary = phraseTest(templates);
  const examples = new Set(
    templates.flatMap((text) => addressSpans(text, protectedSpans(text)).map((span) => cut(text, span))),
  );
  const addressMask = (text: string): string => {
    const { kind, prefix, value } = canonicalAddress(text);
    return prefix + masks.of(kind, value);
  };
  const nameMask = (text: string): string => masks.of('person', canonicalName(text));

  const wholes = new Map<string, string>();
  const addresses = new Set<string>();
  const phrases: Phrase[] = [];
  const names: string[] = [];
  const people = new Set<string>();
  for (const { text, isName } of known) {
    // Who has no name is called by an address; and a name can be that of a chat.
    if (isName && !isAddress(text)) {
      names.push(text);
      continue;
    }
    // Rules compare addresses without what names the channel, and say them so.
    const { prefix } = canonicalAddress(text);
    for (const form of new Set([text.trim(), text.trim().slice(prefix.length)])) {
      wholes.set(form, addressMask(form));
      addresses.add(form);
      if (isTelling(form, ordinary)) phrases.push({ text: form, isExact: true, mask: addressMask(form) });
    }
  }
  for (const text of names) {
    if (wholes.has(text.trim())) continue;
    people.add(canonicalName(text));
    wholes.set(text.trim(), nameMask(text));
    if (isTelling(text, ordinary)) phrases.push({ text, isExact: false, mask: nameMask(text) });
  }
  const find = phraseFinder(phrases, (part) => masks.of('identity', part));

  /** A value as a whole; blanks around it stay, because they can be what is wrong with it. */
  const whole = (text: string, mask: (bare: string) => string): string => {
    const bare = text.trim();
    if (bare === '' || bare === '*' || isMasked(bare)) return text;
    return text.replace(bare, () => mask(bare));
  };
  const isMasked = (text: string) => masks.isMask(text.replace(/^(?:whatsapp|rcs|client|messenger|tel):\s*/i, ''));

  const text = (given: string, own: ReadonlySet<string> = none, kept: ReadonlySet<string> = none): string => {
    const ids = protectedSpans(given);
    const shown = [...maskSpans(given, masks)];
    const found: Masked[] = [];
    for (const span of addressSpans(given, ids)) {
      const part = cut(given, span);
      if (!kept.has(part) && !isMasked(part)) found.push({ ...span, mask: addressMask(part) });
    }
    for (const span of find(given)) if (!overlapsAny(ids, span)) found.push(span);
    // An id that somebody is addressed by is an address.
    for (const span of ids) {
      const part = cut(given, span);
      if (addresses.has(part)) found.push({ ...span, mask: addressMask(part) });
    }
    for (const value of own) {
      for (const span of occurrences(given, value)) {
        if (!overlapsAny(ids, span)) found.push({ ...span, mask: addressMask(value) });
      }
    }
    return replaced(
      given,
      found.filter((span) => !overlapsAny(shown, span)),
    );
  };

  // Files and reasons are said again and again.
  const plainText = remembering((given) => text(given));

  return {
    address: (given) => whole(given, addressMask),
    name: (given) =>
      whole(given, (bare) => {
        const there = wholes.get(bare);
        if (there !== undefined) return there;
        if (isAddress(bare)) return addressMask(bare);
        const plain = canonicalName(bare);
        return masks.of(people.has(plain) ? 'person' : 'name', plain);
      }),
    value(given) {
      const there = wholes.get(given.trim());
      return there === undefined ? plainText(given) : whole(given, () => there);
    },
    text: (given, own = none) => (own.size === 0 ? plainText(given) : text(given, own)),
    advice: remembering((given) => text(given, none, examples)),
    id: remembering((given) => {
      const bare = given.trim();
      if (addresses.has(bare)) return whole(given, addressMask);
      return replaced(
        given,
        plainAddressSpans(given, protectedSpans(given)).flatMap((span) => {
          const part = cut(given, span);
          return isMasked(part) ? [] : [{ ...span, mask: addressMask(part) }];
        }),
      );
    }),
  };
}

/** Remembers what was asked lately. */
function remembering(work: (text: string) => string): (text: string) => string {
  const answers = new Map<string, string>();
  return (text) => {
    const there = answers.get(text);
    if (there !== undefined) return there;
    const answer = work(text);
    if (answers.size >= 10_000) answers.clear();
    if (text.length < 1000) answers.set(text, answer);
    return answer;
  };
}

const none: ReadonlySet<string> = new Set();

type Masked = Span & { readonly mask: string };

function cut(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

/** A whole text that is an address by its form. */
function isAddress(text: string): boolean {
  const bare = text.trim();
  if (!canHoldAddress(bare)) return false;
  const spans = addressSpans(bare, protectedSpans(bare));
  return spans.some(({ start, end }) => start === 0 && end === bare.length);
}

/**
 * Whether a value can be told from other words of a text. Two letters cannot, unless they are of a script whose names are that
 * short; nor a number that could be a status or a count; nor what rules say themselves.
 */
function isTelling(text: string, ordinary: (text: string) => boolean): boolean {
  const letters = text.trim();
  if (/^\d+$/.test(letters)) return letters.length >= 5;
  const least = /^\p{ASCII}*$/u.test(letters) ? 3 : 2;
  return letters.length >= least && !ordinary(letters);
}

/** Tells whether the words of a text stand one after the other in one of the templates. */
function phraseTest(templates: readonly string[]): (text: string) => boolean {
  const plain = (text: string) => ` ${Array.from(wordsOf(text), (word) => word.text).join(' ')} `;
  const all = templates.map(plain).join('|');
  const words = new Set(all.split(/[ |]+/));
  return (text) => {
    const { value: first } = wordsOf(text).next();
    return first !== undefined && words.has(first.text) && all.includes(plain(text));
  };
}

/** Where a text stands by itself, and not within a word. */
function* occurrences(text: string, value: string): Generator<Span> {
  if (value === '') return;
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
    const end = start + value.length;
    const isInWord =
      /[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, start - 2), start)) ||
      /^[\p{L}\p{N}]/u.test(text.slice(end, end + 2));
    if (!isInWord) yield { start, end };
  }
}

/** The masks that a text holds already. */
function* maskSpans(text: string, masks: Masks): Generator<Span> {
  for (const { 0: found, index } of text.matchAll(/(?:phone|mail|sip|identity|person|name)-[0-9a-f]{8,64}/g)) {
    if (masks.isMask(found)) yield { start: index, end: index + found.length };
  }
}

/** The text with its spans masked, the longer one first where several begin at one place. One that sticks out of another is told, too. */
function replaced(text: string, spans: readonly Masked[]): string {
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, mask } of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= done) continue;
    parts.push(start < done ? ' ' : text.slice(done, start), mask);
    done = end;
  }
  return parts.join('') + text.slice(done);
}
