import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { isErrno, messageOf } from '../engine/errors.ts';
import { expander } from './expander.ts';
import { unpackZstd } from './zstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** A stream of bytes that never throws: what could be read, and afterwards why it ended early, if it did. */
export type ByteSource = {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Once `chunks` has ended: `gzip stream is cut off`, …; `null` where everything was read. */
  readonly problem: () => string | null;
};

/** Told how many more bytes of a file were read from the disk. */
export type BytesRead = (bytes: number) => void;

/** The bytes of a file, decompressed. */
export function openBytes(path: string, compression: Compression, read: BytesRead = () => {}): ByteSource {
  let problem: string | null = null;
  const tell = (what: string) => {
    problem = what;
  };
  return {
    chunks: compression === 'none' ? readPlain(path, tell, read) : decompress(path, compression, tell, read),
    problem: () => problem,
  };
}

const chunkBytes = 1024 * 1024;
/** Small enough that what one piece expands to (a thousandfold at worst) is bounded. */
const compressedChunkBytes = 64 * 1024;

async function* readPlain(path: string, tell: (problem: string) => void, read: BytesRead): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of buffers(path, 0, chunkBytes)) {
      read(chunk.length);
      yield chunk;
    }
  } catch (thrown) {
    tell(cannotRead(thrown));
  }
}

async function* buffers(path: string, start: number, size: number): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { start, highWaterMark: size })) {
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}

function cannotRead(thrown: unknown): string {
  return `cannot be read further: ${messageOf(thrown)}`;
}

async function* decompress(
  path: string,
  compression: 'gzip' | 'zstd',
  tell: (problem: string) => void,
  read: BytesRead,
): AsyncGenerator<Uint8Array> {
  async function* pieces() {
    for await (const piece of buffers(path, 0, compressedChunkBytes)) {
      read(piece.length);
      yield piece;
    }
  }
  try {
    const problem = yield* compression === 'gzip' ? unpackGzip(path, pieces()) : unpackZstd(pieces());
    if (problem !== null) tell(problem);
  } catch (thrown) {
    tell(cannotRead(thrown));
  }
}

/** Returns why the stream ended early, or `null`. */
async function* unpackGzip(path: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, string | null> {
  const inflater = gunzipper();
  let pieceStart = 0;
  let delivered = 0;
  try {
    for await (const piece of pieces) {
      let expanded: readonly Uint8Array[];
      try {
        expanded = await inflater.push(piece);
      } catch (thrown) {
        yield* lastGoodBytes(path, { start: pieceStart, bytes: piece, delivered });
        return broken(thrown);
      }
      pieceStart += piece.length;
      for (const bytes of expanded) {
        delivered += bytes.length;
        yield bytes;
      }
    }
    try {
      yield* await inflater.end();
    } catch (thrown) {
      return broken(thrown);
    }
    return null;
  } finally {
    inflater.close();
  }
}

/**
 * Gunzip throws away what it already had of a piece when its end is broken, which of a small file with a wrong
 * checksum is everything. So the broken piece is fed again in smaller ones, and the broken one of those byte by byte.
 */
async function* lastGoodBytes(
  path: string,
  piece: { readonly start: number; readonly bytes: Uint8Array; readonly delivered: number },
): AsyncGenerator<Uint8Array> {
  const step = piece.bytes.length > 256 ? 256 : 1;
  const inflater = gunzipper();
  let expandedBytes = 0;
  const fresh = (expanded: readonly Uint8Array[]) =>
    expanded.flatMap((bytes) => {
      const known = Math.min(Math.max(piece.delivered - expandedBytes, 0), bytes.length);
      expandedBytes += bytes.length;
      return known === bytes.length ? [] : [bytes.subarray(known)];
    });
  let at = 0;
  try {
    let fed = 0;
    for await (const before of buffers(path, 0, compressedChunkBytes)) {
      if (fed >= piece.start) break;
      const part = before.subarray(0, piece.start - fed);
      yield* fresh(await inflater.push(part));
      fed += part.length;
    }
    for (; at < piece.bytes.length; at += step) yield* fresh(await inflater.push(piece.bytes.subarray(at, at + step)));
    return;
  } catch {
    // The break itself, which was told already.
  } finally {
    inflater.close();
  }
  if (step > 1) {
    const bytes = piece.bytes.subarray(at, at + step);
    yield* lastGoodBytes(path, { start: piece.start + at, bytes, delivered: expandedBytes });
  }
}

const notGzip = 'behind the end of the gzip stream stands something that is not gzip: it was not read';

function broken(thrown: unknown): string {
  const message = messageOf(thrown);
  if (isErrno(thrown, 'Z_BUF_ERROR') || /unexpected end/i.test(message)) return 'gzip stream is cut off';
  if (/incorrect (data|length) check/i.test(message)) return 'gzip stream is damaged: its checksum does not match';
  // The header of the first member is what made it gzip.
  return /incorrect header check/.test(message) ? notGzip : `gzip stream is damaged: ${message}`;
}

/** Gives back what a piece of compressed bytes expands to; throws where it is broken. */
type Gunzipper = {
  push(piece: Uint8Array): Promise<readonly Uint8Array[]>;
  end(): Promise<readonly Uint8Array[]>;
  close(): void;
};

/** Node's own takes one member after another by itself, but ends where zeros follow; behind those another one goes on. */
function gunzipper(): Gunzipper {
  const begin = () => {
    const stream = createGunzip({ chunkSize: chunkBytes });
    return { stream, ...expander(stream), fed: 0 };
  };
  let member = begin();
  return {
    async push(piece) {
      const expanded: Uint8Array[] = [];
      for (let rest = piece; ; ) {
        if (member.stream.readableEnded) {
          const next = rest.findIndex((byte) => byte !== 0);
          if (next < 0) break;
          rest = rest.subarray(next);
          member = begin();
        }
        member.fed += rest.length;
        await member.write(rest);
        expanded.push(...member.take());
        if (!member.stream.readableEnded) break;
        rest = rest.subarray(rest.length - (member.fed - member.stream.bytesWritten));
      }
      return expanded;
    },
    async end() {
      if (!member.stream.readableEnded) {
        member.stream.end();
        if (!member.stream.readableEnded) await once(member.stream, 'end');
      }
      return member.take();
    },
    close: () => member.stream.destroy(),
  };
}
