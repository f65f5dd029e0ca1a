import { describe, expect, it } from 'vitest';
import { contentHasher } from '../../src/ingest/xxh64.ts';

describe('XXH64', () => {
  // The first three are those that other implementations are tested with, the last ones what zstd writes behind such a frame.
  it.each([
    ['nothing', '', 'ef46db3751d8e999'],
    ['less than a stripe', 'abc', '44bc2cf5ad770999'],
    ['more than a stripe', 'Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
  ])('of %s', (_, text, digest) => {
    expect(hashOf([Buffer.from(text)])).toBe(digest);
  });

  it.each([
    [31, 'e4a0e629e519a4ae'],
    [32, 'cc6b8aaada790b2d'],
    [33, '35ec49850475a832'],
    [100, '4826e367566ea023'],
    [1000, '128da10cfbdc59d9'],
  ])('of %i bytes, however they are cut', (length, digest) => {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (at * 37 + 11) & 0xff));
    for (const at of [0, 1, 8, length >> 1, length]) {
      expect(hashOf([bytes.subarray(0, at), bytes.subarray(at)])).toBe(digest);
    }
  });
});

function hashOf(parts: readonly Uint8Array[]): string {
  const hasher = contentHasher();
  for (const part of parts) hasher.update(part);
  return hasher.digest().toString(16).padStart(16, '0');
}
