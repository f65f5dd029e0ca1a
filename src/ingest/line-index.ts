import type { Session } from '../engine/session.ts';
import type { FileState } from './file-state.ts';

/**
 * Where the lines of a file begin, and a number for the log id on each: whoever looks for entries a second time need not read
 * the file again. Four and a half bytes a line; beyond `mostLines` there is none, and the file is read again.
 */
export type LineIndex = {
  /** Of the log id of each line; 0 where it has none at the usual place. In pieces, one after the other. */
  readonly hashes: readonly Int32Array[];
  /** Where the first line and every `markEvery`th after it begin, in bytes, and at last the end of the file. */
  readonly marks: Float64Array;
  /** What the file was like when it was read: of another content it says nothing. */
  readonly state?: FileState | null;
};

/** A line is found by reading so many, mostly a page or three of the disk. */
export const markEvery = 16;

// 150 MB.
const mostLines = 1 << 25;
/** So that little is there twice, and less is there for nothing, when the next piece is begun. */
const linesAPiece = 1 << 20;

export type LineIndexer = { add(hash: number, offset: number): void; finish(end: number): LineIndex | null };

export function lineIndexer(): LineIndexer {
  const pieces: Int32Array[] = [];
  // Most files are small, and there can be thousands.
  let piece = new Int32Array(1 << 12);
  let marks = new Float64Array(1 << 9);
  /** In the piece. */
  let at = 0;
  let lines = 0;
  const makeRoom = () => {
    if (at === linesAPiece) {
      pieces.push(piece);
      piece = new Int32Array(linesAPiece);
      at = 0;
      return;
    }
    const longer = new Int32Array(at * 4);
    longer.set(piece);
    piece = longer;
  };
  const mark = (offset: number) => {
    const place = lines / markEvery;
    if (place + 2 >= marks.length) {
      const longer = new Float64Array(marks.length * 2);
      longer.set(marks);
      marks = longer;
    }
    marks[place] = offset;
  };
  return {
    add(hash, offset) {
      if (lines < mostLines) {
        if (at === piece.length) makeRoom();
        if (lines % markEvery === 0) mark(offset);
        piece[at++] = hash;
      }
      lines++;
    },
    finish(end) {
      if (lines > mostLines) return null;
      const marked = Math.ceil(lines / markEvery);
      marks[marked] = end;
      // Copied, as what there was room for would stay: 20 KB for each of thousands of small files.
      return { hashes: [...pieces, piece.slice(0, at)], marks: marks.slice(0, marked + 1) };
    },
  };
}

/** The lines of a file, from 1 and in their order, whose numbers are among the given ones, with those. */
export function linesAmong(
  { hashes }: LineIndex,
  numbers: Iterable<number>,
): readonly { readonly line: number; readonly hash: number }[] {
  const isOurs = isAmong(numbers);
  const lines: { readonly line: number; readonly hash: number }[] = [];
  let before = 1;
  for (const piece of hashes) {
    for (let at = 0; at < piece.length; at++) {
      const hash = piece[at] ?? 0;
      if (isOurs(hash)) lines.push({ line: before + at, hash });
    }
    before += piece.length;
  }
  return lines;
}

/** Asked of every line, and nearly always no: a look into a small table answers that in a tenth of the time that a set takes. */
export function isAmong(numbers: Iterable<number>): (number: number) => boolean {
  const all = new Set(numbers);
  // Of many files each has few that are wanted, and the table is made anew for each.
  const mask = all.size <= 64 ? 0xfff : 0xffff;
  const lowBits = new Uint8Array(mask + 1);
  for (const number of all) lowBits[number & mask] = 1;
  return (number) => lowBits[number & mask] === 1 && all.has(number);
}

// By connection: who times or filters the queries of a session hands on a session of another identity.
const ofSessions = new WeakMap<Session['connection'], Map<string, LineIndex>>();
const kept = new WeakMap<Session['connection'], KeptLineIndexes>();

/** Those of some files, one after the other as together they can be more than fits into memory; by `readPath`, where one was kept. */
export type KeptLineIndexes = (readPaths: readonly string[]) => AsyncIterable<readonly [string, LineIndex]>;

/** The indexes of the files that a session has read, by `readPath`; they go with the session. */
export function lineIndexes({ connection }: Session): Map<string, LineIndex> {
  const known = ofSessions.get(connection) ?? new Map<string, LineIndex>();
  ofSessions.set(connection, known);
  return known;
}

/** For a session whose files were read earlier: where the indexes come from that were kept then. */
export function useKeptLineIndexes({ connection }: Session, indexes: KeptLineIndexes): void {
  kept.set(connection, indexes);
}

/** The indexes that were kept of files when they were read; files may have changed since. */
export function keptLineIndexes({ connection }: Session): KeptLineIndexes {
  return kept.get(connection) ?? none;
}

async function* none(): AsyncGenerator<never> {}
