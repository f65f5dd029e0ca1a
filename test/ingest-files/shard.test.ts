import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isInShard } from '../../src/ingest/shard.ts';

const sid = (n: number) => `AC${String(n).padStart(32, '0')}`;

describe('a share of the accounts', () => {
  /** Worked out with `printf %s ID | sha256sum`: whoever has a shard of yesterday must find the same accounts in it. */
  test.each([
    [sid(1), 16, 0x882596f72330],
    ['unknown', 16, 0xb23a6a8439c0],
    ['', 7, 0xe3b0c44298fc],
    ['AC…/../%00\n', 1000, 0x056cc4f82d85],
  ])('of %j of %i never changes', (account, of, digits) => {
    expect(isInShard(account, { index: (digits % of) + 1, of })).toBe(true);
  });

  it('has every account once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (account, of) => {
        const shares = Array.from({ length: of }, (_, at) => ({ index: at + 1, of }));
        expect(shares.filter((shard) => isInShard(account, shard))).toHaveLength(1);
      }),
    );
  });

  it('is about as large as every other', () => {
    const sizes = Array.from(
      { length: 8 },
      (_, at) =>
        Array.from({ length: 4000 }, (_, n) => sid(n)).filter((id) => isInShard(id, { index: at + 1, of: 8 })).length,
    );
    expect(Math.min(...sizes)).toBeGreaterThan(400);
    expect(Math.max(...sizes)).toBeLessThan(600);
  });
});
