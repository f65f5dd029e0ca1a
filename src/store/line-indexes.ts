import { z } from 'zod';
import { inGroups } from '../engine/groups.ts';
import type { Session } from '../engine/session.ts';
import { type FileState, isSameState } from '../ingest/file-state.ts';
import { type LineIndex, lineIndexes, useKeptLineIndexes } from '../ingest/line-index.ts';
import { indexLines } from '../ingest/locate.ts';

/*
 * DuckDB does not say on which lines it read what, so evidence looks for its lines in the files: half a second for 1.6 GB, a quarter of an
 * audit from the store with kept tables. Whoever loads looks through most of them anyway (payloads.ts), and what is learnt then is kept:
 * four and a half bytes a line, a fortieth of the store.
 */

const directFile = z.object({ fileId: z.number(), path: z.string(), readPath: z.string() });

/**
 * Keeps where the lines of files begin that a session has just read, in the store that is attached to it.
 * @param states of the files that are as they were, by `readPath`
 */
export async function keepLineIndexes(session: Session, states: ReadonlyMap<string, FileState>): Promise<void> {
  const files = await session.rows(
    directFile,
    'SELECT file_id AS "fileId", path, read_path AS "readPath" FROM input_files WHERE direct ORDER BY file_id',
  );
  const indexes = lineIndexes(session);
  await indexLines(files, indexes);
  const appender = await session.connection.createAppender('line_indexes', 'log', 'store');
  for (const { fileId, readPath } of files) {
    const index = indexes.get(readPath);
    if (index?.state === undefined || !isSameState(index.state, states.get(readPath) ?? null)) continue;
    appender.appendInteger(fileId);
    appender.appendInteger(index.hashes.reduce((lines, piece) => lines + piece.length, 0));
    appender.appendBlob(Buffer.concat(index.hashes.map(bytesOf)));
    appender.appendBlob(bytesOf(index.marks));
    appender.endRow();
  }
  appender.closeSync();
}

/** So many are in memory at a time, unless a file has more; each query costs a look at the table. */
const linesAtATime = 4_000_000;

const kept = z.object({ file_id: z.number(), lines: z.number() });
const indexRow = z.object({ file_id: z.number(), hashes: z.instanceof(Uint8Array), marks: z.instanceof(Uint8Array) });

/**
 * Has a session take the indexes of files from the attached store when it needs them. They say nothing of files that are no longer as they were.
 * @param fileIds by `readPath`
 */
export function useLineIndexes(session: Session, fileIds: ReadonlyMap<string, number>): void {
  useKeptLineIndexes(session, async function* (readPaths) {
    const asked = new Set(readPaths);
    const paths = new Map([...fileIds].filter(([path]) => asked.has(path)).map(([path, fileId]) => [fileId, path]));
    const files = await session.rows(kept, 'SELECT file_id, lines FROM store.log.line_indexes ORDER BY file_id');
    const wanted = files.filter(({ file_id }) => paths.has(file_id));
    for (const some of inGroups(wanted, linesAtATime, ({ lines }) => lines)) {
      const rows = await session.rows(
        indexRow,
        `SELECT file_id, hashes, marks FROM store.log.line_indexes WHERE file_id IN (${some.map(({ file_id }) => file_id).join(', ')})`,
      );
      for (const row of rows) {
        const path = paths.get(row.file_id);
        if (path !== undefined) yield [path, indexOf(row)];
      }
    }
  });
}

function bytesOf(numbers: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function indexOf(row: z.infer<typeof indexRow>): LineIndex {
  // Copied, as numbers have to begin at a multiple of their size; `slice` of a Buffer would copy nothing.
  return {
    hashes: [new Int32Array(new Uint8Array(row.hashes).buffer)],
    marks: new Float64Array(new Uint8Array(row.marks).buffer),
  };
}
