import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { isUnreadable } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import { checkStopped } from '../engine/stop.ts';
import { tool } from '../engine/tool.ts';
import { type FileState, isSameState, stateOf } from '../ingest/file-state.ts';
import type { InputFile } from '../ingest/inputs.ts';

/** A file whose content is not known to be in the store. */
export type NewFile = {
  readonly file: InputFile;
  /** Null where it is no lasting file: standard input, or a name that had to be replaced by a link. */
  readonly state: FileState | null;
  /** Also of what does not last: only a content of the same length can be the same. */
  readonly bytes: number;
  /** Sha-256 of its bytes; null where it has not been needed yet. */
  readonly contentHash: string | null;
};

export type KnownFile = { readonly file: InputFile; readonly contentHash: string };

export type SortedFiles = {
  readonly fresh: readonly NewFile[];
  /** Whose content is in the store: nothing of them is read. */
  readonly unchanged: readonly KnownFile[];
  /** Those of them whose path, size or time are news. */
  readonly moved: readonly (KnownFile & { readonly state: FileState })[];
};

const blockBytes = 1 << 22;

/** Gives the sha-256 of files' bytes, in hex, one file after the other; null where one is gone, or cannot be read. */
export function contentHasher(): (path: string) => Promise<string | null> {
  // The same for all: made anew for each of thousands of files, it takes longer than the reading.
  const block = Buffer.allocUnsafe(blockBytes);
  return async (path) => {
    const hash = createHash('sha256');
    try {
      const handle = await open(path);
      try {
        for (;;) {
          checkStopped();
          const { bytesRead } = await handle.read(block, 0, block.length);
          if (bytesRead === 0) return hash.digest('hex');
          hash.update(block.subarray(0, bytesRead));
        }
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      if (isUnreadable(thrown)) return null;
      throw thrown;
    }
  };
}

const knownRow = z.object({
  read_path: z.string(),
  bytes: z.bigint(),
  modified_ns: z.bigint(),
  content_hash: z.string(),
});
const contentRow = z.object({
  content_hash: z.string(),
  bytes: z.bigint(),
  format: z.string().nullable(),
  postlude: z.string(),
});

/** Tells which inputs have to be read. Contents are looked at only where size or time differ, or the path is new. */
export async function sortFiles(session: Session, inputs: readonly InputFile[]): Promise<SortedFiles> {
  const paths = await session.rows(knownRow, 'FROM store.log.known_paths');
  const known = new Map(paths.map((row) => [row.read_path, row]));
  const contents = await session.rows(contentRow, 'SELECT content_hash, bytes, format, postlude FROM store.log.files');
  const { version } = tool();
  // What one version passed over, the next one may know. Whoever names a file wants to hear each time that it is none.
  const isSettled = ({ format, postlude }: z.infer<typeof contentRow>, file: InputFile) =>
    format !== null || (!file.named && postlude === version);
  const contentOf = new Map(contents.map((row) => [row.content_hash, row]));
  const sizes = new Set(contents.map((row) => Number(row.bytes)));

  const contentHashOf = contentHasher();
  const fresh: NewFile[] = [];
  const moved: (KnownFile & { readonly state: FileState })[] = [];
  const unchanged: KnownFile[] = [];
  for (const file of inputs) {
    const isLasting = !file.readPath.startsWith(session.spillDir);
    const state = await stateOf(file.readPath);
    const before = isLasting ? known.get(file.readPath) : undefined;
    const was = before === undefined ? null : { bytes: Number(before.bytes), modifiedNs: before.modified_ns };
    if (before !== undefined && isSameState(was, state)) {
      const content = contentOf.get(before.content_hash);
      if (content !== undefined && isSettled(content, file)) {
        unchanged.push({ file, contentHash: before.content_hash });
        continue;
      }
    }
    // Only a content of the same length can be the same.
    const contentHash = state !== null && sizes.has(state.bytes) ? await contentHashOf(file.readPath) : null;
    const content = contentHash === null ? undefined : contentOf.get(contentHash);
    if (contentHash !== null && content !== undefined && isSettled(content, file)) {
      unchanged.push({ file, contentHash });
      if (isLasting && state !== null) moved.push({ file, state, contentHash });
    } else {
      fresh.push({ file, state: isLasting ? state : null, bytes: state?.bytes ?? 0, contentHash });
    }
  }
  return { fresh, unchanged, moved };
}
