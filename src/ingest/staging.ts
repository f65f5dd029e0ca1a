import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { asFullTemp } from '../engine/full-disk.ts';

/** NDJSON files in the spill folder, from which DuckDB takes what Node has read: one a table, made when first written to. */
export type Staging = {
  /** Adds one line of JSON, given without its end. Waits where the disk is slower than the reader. */
  add(name: string, json: string): Promise<void> | void;
  /** Closes all files and tells which there are. */
  finish(): Promise<ReadonlyMap<string, StagedFile>>;
};

export type StagedFile = {
  readonly path: string;
  /** No line has more bytes: so much DuckDB has to take at once, and it takes twice that for each thread from the beginning. */
  readonly lineBytes: number;
};

/** What DuckDB is ready for by itself. */
const usualLineBytes = 16 * 1024 * 1024;
/** Of UTF-8, for a unit of UTF-16. */
const mostBytesPerUnit = 3;

/** Enough to make writing cheap, little enough to be of no weight. */
const pieceLength = 1 << 18;

export function openStaging(folder: string): Staging {
  const files = new Map<
    string,
    { readonly path: string; readonly stream: WriteStream; pending: string[]; length: number; longest: number }
  >();

  function write(file: { readonly stream: WriteStream; pending: string[]; length: number }): Promise<void> | void {
    const piece = file.pending.join('');
    file.pending = [];
    file.length = 0;
    if (file.stream.errored) throw asFullTemp(folder, file.stream.errored);
    if (file.stream.write(piece)) return;
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => {
        file.stream.off('drain', done);
        file.stream.off('error', done);
        if (error) reject(asFullTemp(folder, error));
        else resolve();
      };
      file.stream.on('drain', done).on('error', done);
    });
  }

  return {
    add(name, json) {
      let file = files.get(name);
      if (file === undefined) {
        const path = join(folder, `${name}.ndjson`);
        file = { path, stream: createWriteStream(path), pending: [], length: 0, longest: 0 };
        // The error is thrown by the next write or by finish; without a listener it would end the process.
        file.stream.on('error', () => {});
        files.set(name, file);
      }
      const line = `${json}\n`;
      file.pending.push(line);
      file.length += line.length;
      file.longest = Math.max(file.longest, line.length);
      if (file.length >= pieceLength) return write(file);
    },
    async finish() {
      for (const file of files.values()) {
        await write(file);
        file.stream.end();
        await finished(file.stream).catch((thrown: unknown) => {
          throw asFullTemp(folder, thrown);
        });
      }
      return new Map(
        [...files].map(([name, { path, longest }]) => [
          name,
          { path, lineBytes: Math.max(usualLineBytes, longest * mostBytesPerUnit) },
        ]),
      );
    },
  };
}
