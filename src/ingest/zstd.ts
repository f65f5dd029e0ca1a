import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { messageOf } from '../engine/errors.ts';
import { expander } from './expander.ts';
import { contentHasher } from './xxh64.ts';

/**
 * Gives back one frame, to which its blocks and its checksum are fed each for itself: a block is 128 KiB at most, and can be
 * packed into four bytes, so that a piece of a file fed at once could expand to gigabytes.
 */
type FrameDecoder = {
  push(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  close(): void;
};

/** Whoever refers further back than this needs more memory than an export is worth; `zstd` itself draws the line here. */
const maxWindow = 128 * 1024 * 1024;
/** So much is read nevertheless of what asks for more: most of it is small, and written with a setting for something else. */
const readOfLarger = 32 * 1024 * 1024;
const maxBlock = 128 * 1024;

const cutOff = 'zstd stream is cut off';
const checksumWrong = 'zstd stream is damaged: its checksum does not match';
const lengthWrong = 'zstd stream is damaged: its length does not match';
const notZstd = 'behind the end of the zstd stream stands something that is not zstd: it was not read';

/**
 * The contents of the frames in a zstd stream, one after another; returns why it ended early, or `null`. It takes the frames apart
 * itself, because the package checks neither checksums nor lengths, takes gigabytes where a header asks for them, and goes wrong
 * without a word where a window is beyond its numbers or a dictionary is missing.
 */
export async function* unpackZstd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, string | null> {
  const input = takingFrom(pieces);
  for (let isFirst = true; ; isFirst = false) {
    // As behind gzip: what tapes and block devices leave.
    if (!isFirst) await input.skipZeros();
    const magic = await input.take(4);
    if (magic === null) return isFirst || input.left() > 0 ? cutOff : null;
    const word = magic.readUInt32LE();
    if ((word & 0xfffffff0) >>> 0 === 0x184d2a50) {
      const length = await input.take(4);
      if (length === null || !(await input.skip(length.readUInt32LE()))) return cutOff;
    } else if (word === 0xfd2fb528) {
      const problem = yield* unpackFrame(input);
      if (problem !== null) return problem;
    } else {
      return isFirst ? 'zstd stream is damaged: it does not begin like one' : notZstd;
    }
  }
}

type Header = {
  /** In bytes, as it is asked for. */
  readonly window: number;
  readonly contentSize: number | null;
  readonly hasChecksum: boolean;
};

async function* unpackFrame(input: Input): AsyncGenerator<Uint8Array, string | null> {
  const header = await readHeader(input);
  if (typeof header === 'string') return header;
  const isTooLarge = header.window > maxWindow;
  // Nothing of it is longer than this: a header written anew asks for no more memory than needed.
  const window = Math.min(isTooLarge ? readOfLarger : header.window, header.contentSize ?? header.window);
  const { decoder, checksChecksum } = openDecoder(headerFor(window, header));
  const hasher = header.hasChecksum && !checksChecksum ? contentHasher() : null;
  let bytes = 0;
  try {
    for (let isLast = false; !isLast; ) {
      const blockHeader = await input.take(3);
      if (blockHeader === null) return cutOff;
      const block = blockHeader.readUIntLE(0, 3);
      isLast = (block & 1) === 1;
      const kind = (block >> 1) & 3;
      const size = block >> 3;
      if (kind === 3) return 'zstd stream is damaged: a block is of no known kind';
      if (size > maxBlock) return 'zstd stream is damaged: a block is too long';
      const content = await input.take(kind === 1 ? 1 : size);
      if (content === null) return cutOff;
      for (const expanded of await decoder.push(Buffer.concat([blockHeader, content]))) {
        if (expanded.length === 0) continue;
        bytes += expanded.length;
        hasher?.update(expanded);
        if (isTooLarge && bytes > readOfLarger) return tooFarBack(header.window);
        yield expanded;
      }
    }
    if (header.hasChecksum) {
      const checksum = await input.take(4);
      if (checksum === null) return cutOff;
      if (hasher !== null && (hasher.digest() & 0xffffffffn) !== BigInt(checksum.readUInt32LE())) return checksumWrong;
      if (checksChecksum) await decoder.push(checksum);
    }
    return header.contentSize !== null && header.contentSize !== bytes ? lengthWrong : null;
  } catch (thrown) {
    const message = messageOf(thrown);
    return /checksum/i.test(message) ? checksumWrong : `zstd stream is damaged: ${message}`;
  } finally {
    decoder.close();
  }
}

function tooFarBack(window: number): string {
  const mebibytes = Math.round(window / 1024 / 1024).toLocaleString('en');
  return `zstd stream was written with a window of ${mebibytes} MiB, so that only its first ${readOfLarger / 1024 / 1024} MiB can be read: unpack it first with zstd -d --long=31`;
}

/** Behind the magic; or why it cannot be read. */
async function readHeader(input: Input): Promise<Header | string> {
  const flags = (await input.take(1))?.readUInt8();
  if (flags === undefined) return cutOff;
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeFlag = flags >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const windowBytes = isSingleSegment ? 0 : 1;
  const rest = await input.take(windowBytes + dictionaryBytes + sizeBytes);
  if (rest === null) return cutOff;
  if ((flags & 8) !== 0) return 'zstd stream is damaged: its header is of no known kind';
  const dictionary = dictionaryBytes === 0 ? 0 : rest.readUIntLE(windowBytes, dictionaryBytes);
  if (dictionary !== 0)
    return `zstd stream needs the dictionary ${dictionary} it was written with: unpack it first with zstd -d -D`;
  const contentSize = sizeBytes === 0 ? null : sizeIn(rest.subarray(windowBytes + dictionaryBytes));
  const descriptor = isSingleSegment ? 0 : rest.readUInt8();
  const base = 2 ** (10 + (descriptor >> 3));
  return {
    window: isSingleSegment ? (contentSize ?? 0) : base + (base / 8) * (descriptor & 7),
    contentSize,
    hasChecksum: (flags & 4) !== 0,
  };
}

function sizeIn(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE());
  // With two bytes it begins where one byte ends.
  return bytes.readUIntLE(0, bytes.length) + (bytes.length === 2 ? 256 : 0);
}

function headerFor(window: number, { hasChecksum }: Header): Buffer {
  const log = Math.max(10, Math.ceil(Math.log2(Math.max(window, 1))));
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, hasChecksum ? 4 : 0, (log - 10) << 3]);
}

type Input = {
  /** So many bytes; `null` where there are not as many. */
  take(count: number): Promise<Buffer | null>;
  skip(count: number): Promise<boolean>;
  skipZeros(): Promise<void>;
  /** What was read from the file and not taken. */
  left(): number;
};

function takingFrom(pieces: AsyncIterable<Buffer>): Input {
  const iterator = pieces[Symbol.asyncIterator]();
  let pending: Buffer = Buffer.alloc(0);
  const more = async () => {
    const next = await iterator.next();
    if (next.done === true) return false;
    pending = pending.length === 0 ? next.value : Buffer.concat([pending, next.value]);
    return true;
  };
  return {
    async take(count) {
      while (pending.length < count) if (!(await more())) return null;
      const taken = pending.subarray(0, count);
      pending = pending.subarray(count);
      return taken;
    },
    async skip(count) {
      for (let left = count; ; ) {
        const now = Math.min(left, pending.length);
        pending = pending.subarray(now);
        left -= now;
        if (left === 0) return true;
        if (!(await more())) return false;
      }
    },
    async skipZeros() {
      do {
        const at = pending.findIndex((byte) => byte !== 0);
        pending = pending.subarray(at < 0 ? pending.length : at);
      } while (pending.length === 0 && (await more()));
    },
    left: () => pending.length,
  };
}

function openDecoder(header: Uint8Array): { readonly decoder: FrameDecoder; readonly checksChecksum: boolean } {
  // Node 22.15 and later have it, three times as fast as the package, and it checks the checksum.
  if ('createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function') {
    const native: unknown = zlib.createZstdDecompress({ chunkSize: maxBlock });
    if (!(native instanceof Transform)) throw new Error('createZstdDecompress gave no stream');
    return { decoder: streaming(native, header), checksChecksum: true };
  }
  return { decoder: packaged(header), checksChecksum: false };
}

function streaming(transform: Transform, header: Uint8Array): FrameDecoder {
  const { write, take } = expander(transform);
  transform.write(header);
  return {
    async push(bytes) {
      await write(bytes);
      return take();
    },
    close: () => transform.destroy(),
  };
}

function packaged(header: Uint8Array): FrameDecoder {
  let expanded: Uint8Array[] = [];
  // A copy: the package writes the next block over the same memory.
  const stream = new Decompress((bytes) => expanded.push(Buffer.from(bytes)));
  let isFed = false;
  return {
    async push(block) {
      if (isFed) {
        stream.push(block);
      } else {
        // With the first block: the package takes memory for the window as soon as it sees the header. It looks at nothing that is
        // shorter than 18 bytes: empty blocks fill it up.
        const missing = Math.max(0, Math.ceil((18 - header.length - block.length) / 3));
        if (block.length > 3) stream.push(Buffer.concat([header, Buffer.alloc(missing * 3), block]));
        isFed = block.length > 3;
      }
      const taken = expanded;
      expanded = [];
      return taken;
    },
    close() {},
  };
}
