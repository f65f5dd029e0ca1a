/** Makes gzip and zstd byte by byte, so that single ones of them can be wrong. */
import { deflateRawSync, gzipSync } from 'node:zlib';

/** A gzip member with what few writers write into its header. */
export function gzipMember(
  text: string | Uint8Array,
  { flags = 0, fields = Buffer.alloc(0), level = 6 }: { flags?: number; fields?: Buffer; level?: number } = {},
): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]);
  // The trailer: checksum and length.
  const trailer = gzipSync(text).subarray(-8);
  return Buffer.concat([header, fields, deflateRawSync(text, { level }), trailer]);
}

/** Another value of the byte that many places from the end. */
export function flipped(bytes: Uint8Array, fromEnd: number): Buffer {
  const spoilt = Buffer.from(bytes);
  spoilt.writeUInt8(spoilt.readUInt8(spoilt.length - fromEnd) ^ 0xff, spoilt.length - fromEnd);
  return spoilt;
}

/** The same bytes again and again. */
export function repeated(bytes: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

/** What a megabyte of one byte is packed into, thousands of which make gigabytes. */
export function megabytes(byte: string, count: number): Buffer {
  const most = 64;
  const member = gzipSync(Buffer.alloc(most * 1024 * 1024, byte), { level: 9 });
  return repeated(member, count / most);
}

export type ZstdBlock = { readonly raw: string | Uint8Array } | { readonly byte: string; readonly times: number };

const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** A zstd frame of blocks that are stored as they are, or as one byte and how often it comes. */
export function zstdFrame(
  blocks: readonly ZstdBlock[],
  {
    windowLog = 20,
    checksum = null,
    dictionary = null,
    contentSize = null,
  }: {
    windowLog?: number;
    checksum?: bigint | null;
    dictionary?: number | null;
    contentSize?: number | null;
  } = {},
): Buffer {
  const flags = (checksum === null ? 0 : 4) | (dictionary === null ? 0 : 3) | (contentSize === null ? 0 : 0x80);
  const head = Buffer.concat([zstdMagic, Buffer.from([flags, (windowLog - 10) << 3])]);
  const parts = blocks.map((block, at) => {
    const isLast = at === blocks.length - 1 ? 1 : 0;
    const content = 'raw' in block ? Buffer.from(block.raw) : Buffer.from(block.byte);
    const size = 'raw' in block ? content.length : block.times;
    const header = Buffer.alloc(3);
    header.writeUIntLE((size << 3) | ('raw' in block ? 0 : 2) | isLast, 0, 3);
    return Buffer.concat([header, content]);
  });
  return Buffer.concat([
    head,
    ...(dictionary === null ? [] : [uint32(dictionary)]),
    ...(contentSize === null ? [] : [uint32(contentSize)]),
    ...parts,
    ...(checksum === null ? [] : [uint32(Number(checksum & 0xffffffffn))]),
  ]);
}

/** A frame of bytes that a reader passes over; it may say that there are more than there are. */
export function skippableFrame(content: string, length = Buffer.byteLength(content)): Buffer {
  return Buffer.concat([uint32(0x184d2a53), uint32(length), Buffer.from(content)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
