import { leastCut } from './known.ts';
import type { Span } from './spans.ts';
import { type Word, wordsOf } from './words.ts';

/** A phrase that is looked for, and what of it has to fit. */
export type Phrase = {
  readonly text: string;
  /** False: its words are enough, whatever stands between them: `Ines Duarte` is also `ines_duarte`. */
  readonly isExact: boolean;
  readonly mask: string;
};

export type PhraseSpan = Span & { readonly mask: string };

/** Finds every phrase of a list in a text, in one pass over its words. */
export type PhraseFinder = (text: string) => readonly PhraseSpan[];

type Node = {
  readonly next: Map<string, Node>;
  /** The words that follow, sorted, once somebody asks for what begins with a part of one. */
  sorted: readonly string[] | null;
  /** What ends here. */
  readonly ends: Phrase[];
};

/** Between two words of a name: a blank, `_`, `.`, `-`, `%20`, or what a path has instead. */
const widestGap = 3;

/**
 * @param cutMask the mask of what a message cuts short with `…`: the beginning of some phrase
 */
export function phraseFinder(phrases: Iterable<Phrase>, cutMask: (part: string) => string): PhraseFinder {
  const root = node();
  for (const phrase of phrases) {
    const words = Array.from(wordsOf(phrase.text), ({ text }) => text);
    if (words.length === 0) continue;
    let at = root;
    for (const word of words) {
      const there = at.next.get(word) ?? node();
      at.next.set(word, there);
      at = there;
    }
    at.ends.push(phrase);
  }
  if (root.next.size === 0) return () => [];

  return (text) => {
    const words = [...wordsOf(text)];
    const spans: PhraseSpan[] = [];
    words.forEach((first, begin) => {
      let at: Node | undefined = root;
      let longest: PhraseSpan | null = null;
      for (let place = begin; place < words.length; place++) {
        const word = words[place];
        const before = words[place - 1];
        if (word === undefined || (place > begin && word.start - (before?.end ?? 0) > widestGap)) break;
        if (text[word.end] === '…' && word.end - first.start >= leastCut && beginsWith(at, word.text)) {
          longest = { start: first.start, end: word.end, mask: cutMask(text.slice(first.start, word.end)) };
        }
        at = at.next.get(word.text);
        if (at === undefined) break;
        longest = ending(at, text, first, word) ?? longest;
      }
      if (longest !== null) spans.push(longest);
    });
    return spans;
  };
}

function node(): Node {
  return { next: new Map(), sorted: null, ends: [] };
}

function ending({ ends }: Node, text: string, first: Word, last: Word): PhraseSpan | null {
  let near: PhraseSpan | null = null;
  for (const { text: phrase, isExact, mask } of ends) {
    if (!isExact) {
      near ??= { start: first.start, end: last.end, mask };
      continue;
    }
    const { value: own } = wordsOf(phrase).next();
    const start = first.start - (own?.start ?? 0);
    const end = start + phrase.length;
    const found = start < 0 ? '' : text.slice(start, end);
    if (found === phrase) return { start, end, mask };
    if (found.toLowerCase() === phrase.toLowerCase()) near ??= { start, end, mask };
  }
  return near;
}

function beginsWith(at: Node, part: string): boolean {
  at.sorted ??= [...at.next.keys()].sort();
  let low = 0;
  let high = at.sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at.sorted[middle] ?? '') < part) low = middle + 1;
    else high = middle;
  }
  return at.sorted[low]?.startsWith(part) === true;
}
