import type { Session } from '../engine/session.ts';
import type { FileState } from './file-state.ts';

/**
 * Where the lines of a file begin, and a number for the log id on each: whoever looks for entries a second time need not read
 * the file again. Twelve bytes a line; beyond `mostLines` there is none, and the file is read again.
 */
export type LineIndex = {
  /** Of the log id of each line; 0 where it has none at the usual place. */
  readonly hashes: Int32Array;
  /** In bytes from the beginning of the file; one more than there are lines, the end of the file. */
  readonly offsets: Float64Array;
  /** What the file was like when it was read: of another content it says nothing. */
  readonly state?: FileState | null;
};

const mostLines = 8_000_000;

export type LineIndexer = { add(hash: number, offset: number): void; finish(end: number): LineIndex | null };

export function lineIndexer(): LineIndexer {
  let hashes = new Int32Array(1 << 12);
  let offsets = new Float64Array(1 << 12);
  let lines = 0;
  const grow = () => {
    const longer = [new Int32Array(lines * 2), new Float64Array(lines * 2)] as const;
    longer[0].set(hashes);
    longer[1].set(offsets);
    [hashes, offsets] = longer;
  };
  return {
    add(hash, offset) {
      if (lines >= mostLines) {
        lines++;
        return;
      }
      if (lines + 1 >= hashes.length) grow();
      hashes[lines] = hash;
      offsets[lines] = offset;
      lines++;
    },
    finish(end) {
      if (lines > mostLines) return null;
      offsets[lines] = end;
      return { hashes: hashes.subarray(0, lines), offsets: offsets.subarray(0, lines + 1) };
    },
  };
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
