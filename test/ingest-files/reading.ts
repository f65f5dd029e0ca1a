import type { Batch } from '../../src/ingest/containers/batch.ts';
import type { ByteSource } from '../../src/ingest/decompress.ts';
import type { InputRecord, Reject } from '../../src/ingest/entry.ts';

/** Bytes in chunks of a given size, as a container reader takes them. */
export function source(input: string | Buffer, chunkSize = 1024 * 1024, problem: string | null = null): ByteSource {
  const bytes = Buffer.from(input);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  return { chunks: chunks(), problem: () => problem };
}

export type ReadAll = {
  readonly records: readonly InputRecord[];
  readonly rejects: readonly Reject[];
  readonly incomplete: readonly { readonly line: number; readonly key: string }[];
};

export async function readAll(batches: AsyncIterable<Batch>): Promise<ReadAll> {
  const records: InputRecord[] = [];
  const rejects: Reject[] = [];
  const incomplete: { readonly line: number; readonly key: string }[] = [];
  for await (const batch of batches) {
    records.push(...batch.records);
    rejects.push(...batch.rejects);
    incomplete.push(...batch.pages.flatMap(({ line, next }) => (next === null ? [] : [{ line, key: next }])));
  }
  return { records, rejects, incomplete };
}

/** `[line, fields]` of each record: what most tests compare. */
export function placed(read: ReadAll): readonly (readonly [number, unknown])[] {
  return read.records.map((record) => [record.line, record.fields]);
}
