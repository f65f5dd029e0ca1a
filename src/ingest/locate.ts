import { type FileHandle, open } from 'node:fs/promises';

/** A plain NDJSON file: as the user named it, and where it is read. */
export type LocatableFile = { readonly path: string; readonly readPath: string };

/** Where an entry stands, and its line as it is. */
export type LocatedEntry = { readonly path: string; readonly line: number; readonly raw: string };

const pieceSize = 4 << 20;
const newline = 10;

/** How log ids are written in the entries that DuckDB reads itself. */
const marker = Buffer.from('"logId"');

/**
 * Finds entries by log id in one scan of each file: the first file in their order, and the first line in it, wins.
 * A parallel read knows no line numbers, and findings cite few entries of many, so they are looked up afterwards.
 */
export async function locateEntries(
  files: readonly LocatableFile[],
  logIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, LocatedEntry>> {
  const found = new Map<string, LocatedEntry>();
  for (const file of files) {
    if (found.size === logIds.size) break;
    const handle = await open(file.readPath);
    try {
      await scan(handle, file, logIds, found);
    } finally {
      await handle.close();
    }
  }
  return found;
}

async function scan(
  handle: FileHandle,
  file: LocatableFile,
  logIds: ReadonlySet<string>,
  found: Map<string, LocatedEntry>,
): Promise<void> {
  let buffer = Buffer.allocUnsafe(pieceSize);
  let kept = 0;
  let line = 1;
  for (;;) {
    if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    const { bytesRead } = await handle.read(buffer, kept, buffer.length - kept);
    const end = kept + bytesRead;
    let begin = 0;
    for (;;) {
      const at = buffer.indexOf(newline, begin);
      const stop = at >= 0 && at < end ? at : bytesRead === 0 ? end : -1;
      if (stop < 0 || (stop === end && begin === end)) break;
      lookAt(buffer, begin, stop, line++, file, logIds, found);
      begin = stop + 1;
      if (begin >= end) break;
    }
    if (bytesRead === 0 || found.size === logIds.size) return;
    kept = Math.max(0, end - begin);
    buffer.copy(buffer, 0, begin, end);
  }
}

function lookAt(
  buffer: Buffer,
  begin: number,
  end: number,
  line: number,
  file: LocatableFile,
  logIds: ReadonlySet<string>,
  found: Map<string, LocatedEntry>,
): void {
  const key = buffer.indexOf(marker, begin);
  if (key < 0 || key >= end) return;
  const open = buffer.indexOf(34, key + marker.length);
  const close = open < 0 ? -1 : buffer.indexOf(34, open + 1);
  if (close < 0 || close > end) return;
  const logId = buffer.toString('utf8', open + 1, close);
  if (!logIds.has(logId) || found.has(logId)) return;
  found.set(logId, { path: file.path, line, raw: buffer.toString('utf8', begin, end) });
}
