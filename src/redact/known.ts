import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { wordsOf } from './words.ts';

/** What the loaded files call somebody, or an address of theirs, as written. */
export type KnownValue = { readonly text: string; readonly isName: boolean };

/** The least of a word that is cut short to be looked up by. */
export const leastCut = 3;

/**
 * The names and addresses of the loaded files that some texts can hold, going by their first words. The whole log may know millions
 * of people, and a result tells of few of them.
 */
export async function fetchKnown(session: Session, texts: Iterable<string>): Promise<readonly KnownValue[]> {
  const { words, cuts } = mentioned(texts);
  const isMentioned = (first: string): boolean => {
    if (words.has(first)) return true;
    for (let length = leastCut; length < first.length && cuts.size > 0; length++) {
      if (cuts.has(first.slice(0, length))) return true;
    }
    return false;
  };
  const known: KnownValue[] = [];
  const result = await session.connection.stream(await sqlFile(import.meta.url, './known.sql'));
  for await (const rows of result.yieldRows()) {
    for (const [text, isName] of rows) {
      if (typeof text !== 'string') continue;
      const { value: first } = wordsOf(text).next();
      // Without any word it can only be recognised as a whole.
      if (first === undefined || isMentioned(first.text)) known.push({ text, isName: isName === true });
    }
  }
  // Rows come in any order, and which of two masks is the longer one should not change from run to run.
  return known.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : Number(a.isName) - Number(b.isName)));
}

function mentioned(texts: Iterable<string>): { readonly words: Set<string>; readonly cuts: Set<string> } {
  const words = new Set<string>();
  const cuts = new Set<string>();
  for (const text of texts) {
    for (const { text: word, end } of wordsOf(text)) {
      words.add(word);
      if (text[end] === '…') cuts.add(word);
    }
  }
  return { words, cuts };
}
