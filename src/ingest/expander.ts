import type { Transform } from 'node:stream';

/** Feeds a decompressing stream of Node's piece by piece, so that it is known which of them is broken. */
export type Expander = {
  /** Settles when all that the piece expands to is there; throws where the stream cannot take it. */
  write(piece: Uint8Array): Promise<void>;
  /** What has come since it was asked last; throws where the stream has failed meanwhile. */
  take(): readonly Uint8Array[];
};

export function expander(transform: Transform): Expander {
  let expanded: Uint8Array[] = [];
  let failure: Error | null = null;
  transform.on('data', (bytes: Uint8Array) => expanded.push(bytes));
  transform.on('error', (error) => {
    failure = error;
  });
  return {
    write: (piece) =>
      new Promise<void>((resolve, reject) => {
        transform.once('error', reject);
        transform.write(piece, () => {
          transform.off('error', reject);
          // The data event of the last bytes can come after this callback.
          setImmediate(resolve);
        });
      }),
    take() {
      if (failure !== null) throw failure;
      const taken = expanded;
      expanded = [];
      return taken;
    },
  };
}
