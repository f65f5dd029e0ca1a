import { gzipSync } from 'node:zlib';

export function gzip(text: string): Uint8Array {
  return gzipSync(text);
}

const magic = 0xfd2fb528;
/** Single segment (so no window size), content size in four bytes, no checksum, no dictionary. */
const frameDescriptor = 0b10_1_00_0_00;
const rawBlock = 0;
const maxBlockSize = 128 * 1024;

/**
 * A Zstandard frame (RFC 8878) of uncompressed blocks. Node 20 has no compressor, and a reader cannot tell: raw blocks are part of the format.
 */
export function zstd(text: string): Uint8Array {
  const content = Buffer.from(text);
  const header = Buffer.alloc(9);
  header.writeUInt32LE(magic, 0);
  header.writeUInt8(frameDescriptor, 4);
  header.writeUInt32LE(content.length, 5);

  const parts: Buffer[] = [header];
  let start = 0;
  do {
    const block = content.subarray(start, start + maxBlockSize);
    start += block.length;
    const isLast = start === content.length ? 1 : 0;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE(isLast | (rawBlock << 1) | (block.length << 3), 0, 3);
    parts.push(blockHeader, block);
  } while (start < content.length);
  return Buffer.concat(parts);
}
