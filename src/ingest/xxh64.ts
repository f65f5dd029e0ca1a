/** XXH64 of bytes that come in pieces: the checksum of zstd, which the package that unpacks it leaves unchecked. */
export type ContentHasher = {
  update(bytes: Uint8Array): void;
  digest(): bigint;
};

const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

/** How many bytes are mixed at a time: eight into each of four lanes. */
const stripe = 32;

export function contentHasher(): ContentHasher {
  const lanes = [prime1 + prime2, prime2, 0n, -prime1].map(laneOf);
  let length = 0;
  let rest = Buffer.alloc(0);

  return {
    update(bytes) {
      length += bytes.length;
      const given = Buffer.concat([rest, bytes]);
      const view = new DataView(given.buffer, given.byteOffset, given.byteLength);
      const whole = given.length - (given.length % stripe);
      for (const [number, lane] of lanes.entries()) {
        for (let at = number * 8; at < whole; at += stripe)
          mix(lane, view.getInt32(at + 4, true), view.getInt32(at, true));
      }
      rest = Buffer.from(given.subarray(whole));
    },
    digest() {
      let hash = prime5;
      if (length >= stripe) {
        const ends = lanes.map(numberOf);
        hash = u64(ends.reduce((sum, lane, at) => sum + rotated(lane, [1n, 7n, 12n, 18n][at] ?? 0n), 0n));
        for (const lane of ends) hash = u64((hash ^ round(lane)) * prime1 + prime4);
      }
      hash = u64(hash + BigInt(length));
      let at = 0;
      for (; at + 8 <= rest.length; at += 8)
        hash = u64(rotated(hash ^ round(rest.readBigUInt64LE(at)), 27n) * prime1 + prime4);
      if (at + 4 <= rest.length) {
        hash = u64(rotated(hash ^ u64(BigInt(rest.readUInt32LE(at)) * prime1), 23n) * prime2 + prime3);
        at += 4;
      }
      for (; at < rest.length; at++) hash = u64(rotated(hash ^ u64(BigInt(rest.readUInt8(at)) * prime5), 11n) * prime1);
      hash = u64((hash ^ (hash >> 33n)) * prime2);
      hash = u64((hash ^ (hash >> 29n)) * prime3);
      return hash ^ (hash >> 32n);
    },
  };
}

/** A number of 64 bits in two halves: as a bigint it would take ten times as long, and this is done for every eight bytes. */
type Lane = { high: number; low: number };

function laneOf(value: bigint): Lane {
  return { high: Number(BigInt.asIntN(32, value >> 32n)), low: Number(BigInt.asIntN(32, value)) };
}

function numberOf({ high, low }: Lane): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

const { high: high1, low: low1 } = laneOf(prime1);
const { high: high2, low: low2 } = laneOf(prime2);

/** What `round` does, added to what the lane holds. */
function mix(lane: Lane, high: number, low: number): void {
  // Times the second prime.
  const addedLow = Math.imul(low, low2);
  const addedHigh = (upper(low, low2) + Math.imul(high, low2) + Math.imul(low, high2)) | 0;
  const sum = (lane.low >>> 0) + (addedLow >>> 0);
  const sumHigh = (lane.high + addedHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
  const sumLow = sum | 0;
  // Rotated by 31.
  const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
  const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
  // Times the first prime.
  lane.low = Math.imul(turnedLow, low1);
  lane.high = (upper(turnedLow, low1) + Math.imul(turnedHigh, low1) + Math.imul(turnedLow, high1)) | 0;
}

/** The upper 32 bits of a product of two numbers of 32 bits. */
function upper(one: number, other: number): number {
  const oneLow = one & 0xffff;
  const oneHigh = one >>> 16;
  const otherLow = other & 0xffff;
  const otherHigh = other >>> 16;
  const middle = oneHigh * otherLow + ((oneLow * otherLow) >>> 16);
  const cross = oneLow * otherHigh + (middle & 0xffff);
  return (oneHigh * otherHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

function round(input: bigint): bigint {
  return u64(rotated(u64(input * prime2), 31n) * prime1);
}

function rotated(value: bigint, by: bigint): bigint {
  return u64(value << by) | (value >> (64n - by));
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
