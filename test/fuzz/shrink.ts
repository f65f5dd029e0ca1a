/** Cuts pieces away as long as it still fails, halves first and single bytes last. */
export async function shrunk(
  bytes: Buffer,
  fails: (bytes: Buffer) => Promise<boolean>,
  milliseconds: number,
): Promise<Buffer> {
  const end = Date.now() + milliseconds;
  let best = bytes;
  for (let piece = Math.ceil(best.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let at = 0; at < best.length; ) {
      if (Date.now() > end) return best;
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + piece)]);
      if (await fails(shorter)) best = shorter;
      else at += piece;
    }
  }
  return best;
}
