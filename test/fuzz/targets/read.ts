/** Sniffing a file and reading its records: never throws, ends, and says the same wherever the bytes are cut. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openSession } from '../../../src/engine/session.ts';
import { readForm } from '../../../src/ingest/containers/form.ts';
import { readJson } from '../../../src/ingest/containers/json.ts';
import { readNdjson } from '../../../src/ingest/containers/ndjson.ts';
import { readTable } from '../../../src/ingest/containers/table.ts';
import { type ByteSource, openBytes } from '../../../src/ingest/decompress.ts';
import { type Batch, readRecords } from '../../../src/ingest/read.ts';
import { type Recognised, sniff } from '../../../src/ingest/sniff.ts';
import { asUtf8 } from '../../../src/ingest/text.ts';
import { type ReadAll, readAll } from '../../ingest-files/reading.ts';
import { exportSeeds } from '../seeds.ts';
import { promise, promiseMessage, type Target } from '../target.ts';

export const read: Target = {
  name: 'read',
  share: 2,
  kind: 'json',
  seeds: exportSeeds,
  async open(folder) {
    const session = await openSession({ threads: 1, tempDir: folder });
    const path = join(folder, 'input');
    return {
      async check(bytes) {
        await writeFile(path, bytes);
        const sniffed = await sniff(path, session);
        if ('unrecognised' in sniffed) {
          promiseMessage(sniffed.unrecognised);
          return;
        }
        const all = await readAll(readRecords(session, { path, readPath: path, named: true }, sniffed));
        promiseSound(all);
        promise(
          isDeepStrictEqual(sniffed.head, all.records.slice(0, sniffed.head.length)),
          'the head is the beginning of the records',
          [sniffed.container, sniffed.head.slice(0, 3), all.records.slice(0, 3)],
        );
        await promiseSameInPieces(path, bytes, sniffed, all);
      },
      close: () => session.close(),
    };
  },
};

function promiseSound({ records, rejects, incomplete }: ReadAll): void {
  for (const { line, reason, text } of rejects) {
    promiseMessage(reason);
    promise(text.length <= 500, 'no more than the beginning of what is rejected is kept');
    promise(Number.isSafeInteger(line) && line >= 1, 'a reject stands on a line', line);
  }
  for (const { line, fields } of records) {
    promise(Number.isSafeInteger(line) && line >= 1, 'a record stands on a line', line);
    promise(typeof fields === 'object' && fields !== null && !Array.isArray(fields), 'a record has fields');
  }
  for (const { line } of incomplete) promise(line >= 1, 'a page stands on a line', line);
  const places = records.map(({ line }) => line);
  promise(
    places.every((line, at) => line >= (places[at - 1] ?? 1)),
    'records come in the order of their lines',
    places.slice(0, 20),
  );
}

async function promiseSameInPieces(path: string, bytes: Buffer, sniffed: Recognised, whole: ReadAll): Promise<void> {
  const readText = readerOf(sniffed);
  if (readText === null) return;
  const source = openBytes(path, sniffed.compression);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.chunks) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
  }
  // What a bomb expands to is read once, above.
  if (length > 8 * bytes.length + 4096) return;
  const expanded = Buffer.concat(chunks);
  let lineEnds = 1;
  for await (const part of asUtf8([expanded], sniffed.encoding)) {
    for (const byte of part) if (byte === 10 || byte === 13) lineEnds++;
  }
  const last = [...whole.records, ...whole.rejects].reduce((most, { line }) => Math.max(most, line), 0);
  promise(last <= lineEnds, 'a record stands on a line that the text has', [last, lineEnds]);
  for (const size of [1, 2, 7, 61]) {
    const pieces = Array.from({ length: Math.ceil(length / size) }, (_, at) =>
      expanded.subarray(at * size, (at + 1) * size),
    );
    const again = await readAll(readText({ chunks: asUtf8(pieces, sniffed.encoding), problem: source.problem }));
    promise(isDeepStrictEqual(again, whole), `the same is read in pieces of ${size}`, [
      sniffed.container,
      difference(again.records, whole.records),
      difference(again.rejects, whole.rejects),
    ]);
  }
}

function readerOf(sniffed: Recognised): ((source: ByteSource) => AsyncGenerator<Batch>) | null {
  switch (sniffed.container) {
    case 'ndjson':
      return readNdjson;
    case 'json':
      return readJson;
    case 'form':
      return readForm;
    case 'table':
      return (source) => readTable(source, sniffed.table);
    default:
      return null;
  }
}

function difference(some: readonly unknown[], others: readonly unknown[]): unknown {
  const at = some.findIndex((each, place) => !isDeepStrictEqual(each, others[place]));
  return [some.length, others.length, at, some[at], others[at]];
}
