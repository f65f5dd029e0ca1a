import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { isErrno, messageOf } from '../engine/errors.ts';

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

/** Gives back what a piece of compressed bytes expands to; throws where it is broken. */
type Inflater = {
  push(piece: Uint8Array): Promise<readonly Uint8Array[]>;
  end(): Promise<readonly Uint8Array[]>;
  close(): void;
};

async function* decompress(
  path: string,
  compression: 'gzip' | 'zstd',
  tell: (problem: string) => void,
  read: BytesRead,
): AsyncGenerator<Uint8Array> {
  const inflater = inflaterOf(compression);
  let pieceStart = 0;
  let delivered = 0;
  try {
    for await (const piece of buffers(path, 0, compressedChunkBytes)) {
      read(piece.length);
      let expanded: readonly Uint8Array[];
      try {
        expanded = await inflater.push(piece);
      } catch (thrown) {
        tell(broken(compression, thrown));
        yield* lastGoodBytes(path, compression, { start: pieceStart, bytes: piece, delivered });
        return;
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
      tell(broken(compression, thrown));
    }
  } catch (thrown) {
    tell(cannotRead(thrown));
  } finally {
    inflater.close();
  }
}

/**
 * Decompressors throw away what they already had of a piece when its end is broken, which of a small file with a wrong
 * checksum is everything. So the broken piece is fed again in smaller ones, and the broken one of those byte by byte.
 */
async function* lastGoodBytes(
  path: string,
  compression: 'gzip' | 'zstd',
  piece: { readonly start: number; readonly bytes: Uint8Array; readonly delivered: number },
): AsyncGenerator<Uint8Array> {
  const step = piece.bytes.length > 256 ? 256 : 1;
  const inflater = inflaterOf(compression);
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
    yield* lastGoodBytes(path, compression, { start: piece.start + at, bytes, delivered: expandedBytes });
  }
}

function broken(compression: string, thrown: unknown): string {
  const message = messageOf(thrown);
  if (isErrno(thrown, 'Z_BUF_ERROR') || /unexpected end|unexpected EOF|incomplete/i.test(message))
    return `${compression} stream is cut off`;
  if (/incorrect (data|length) check|checksum/i.test(message))
    return `${compression} stream is damaged: its checksum does not match`;
  return `${compression} stream is damaged: ${message}`;
}

function inflaterOf(compression: 'gzip' | 'zstd'): Inflater {
  // Gunzip takes one member after another by itself, and what it leaves at the end is padding.
  if (compression === 'gzip') return streaming(() => zlib.createGunzip({ chunkSize: chunkBytes }), false);
  // Node 22.15 and later have it, three times as fast as the package, and it checks the checksum.
  if ('createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function' && tellsCutOff()) {
    const create = zlib.createZstdDecompress;
    return streaming(() => {
      const native: unknown = create({ chunkSize: chunkBytes });
      if (!(native instanceof Transform)) throw new Error('createZstdDecompress gave no stream');
      return native;
    }, true);
  }
  return packaged();
}

/** To Node 22 a zstd stream that is cut off is one that ends, and what is lost of a download would be lost without a word. */
function tellsCutOff(): boolean {
  if (!('zstdDecompressSync' in zlib) || typeof zlib.zstdDecompressSync !== 'function') return false;
  try {
    // A frame of three bytes without the last of them.
    zlib.zstdDecompressSync(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 0x61, 0x62]));
    return false;
  } catch {
    return true;
  }
}

/** By a stream of Node's. Where `goesOn`, what it leaves behind its end is for another one: Node's zstd stops after one frame. */
function streaming(create: () => Transform, goesOn: boolean): Inflater {
  let expanded: Uint8Array[] = [];
  let failure: Error | null = null;
  let fed = 0;
  const begin = () => {
    const created = create();
    created.on('data', (bytes: Uint8Array) => expanded.push(bytes));
    created.on('error', (error) => {
      failure = error;
    });
    fed = 0;
    return created;
  };
  let transform = begin();

  const take = () => {
    if (failure !== null) throw failure;
    const taken = expanded;
    expanded = [];
    return taken;
  };
  const write = (piece: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      fed += piece.length;
      transform.once('error', reject);
      transform.write(piece, () => {
        transform.off('error', reject);
        // The data event of the last bytes can come after this callback.
        setImmediate(resolve);
      });
    });

  return {
    async push(piece) {
      for (let rest = piece; rest.length > 0; ) {
        if (transform.readableEnded) {
          if (!goesOn) break;
          transform = begin();
        }
        await write(rest);
        if (failure !== null || !goesOn || !transform.readableEnded) break;
        rest = rest.subarray(rest.length - Math.max(0, fed - consumedBy(transform)));
      }
      return take();
    },
    async end() {
      if (!transform.readableEnded) {
        transform.end();
        if (!transform.readableEnded) await once(transform, 'end');
      }
      return take();
    },
    close: () => transform.destroy(),
  };
}

function consumedBy(transform: Transform): number {
  return 'bytesWritten' in transform && typeof transform.bytesWritten === 'number'
    ? transform.bytesWritten
    : Number.MAX_SAFE_INTEGER;
}

function packaged(): Inflater {
  let expanded: Uint8Array[] = [];
  // A copy: the package writes the next block over the same memory.
  const stream = new Decompress((bytes) => expanded.push(Buffer.from(bytes)));
  const take = () => {
    const taken = expanded;
    expanded = [];
    return taken;
  };
  return {
    async push(piece) {
      stream.push(piece);
      return take();
    },
    async end() {
      stream.push(new Uint8Array(0), true);
      return take();
    },
    close() {},
  };
}
