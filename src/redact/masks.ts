import { createHmac } from 'node:crypto';
import type { MaskKind } from '../findings/masked.ts';

/** Gives masks, and knows those that it gave. */
export type Masks = {
  /**
   * The mask of a value: `phone-7f3a91c2`. What is equal has the same digits, whatever kind of thing it is taken for.
   * @param value as values are compared: see `canonical.ts`
   */
  readonly of: (kind: MaskKind, value: string) => string;
  readonly isMask: (text: string) => boolean;
};

const digits = 8;

/**
 * Masks under one key. The key has to be secret: telephone numbers are so few that whoever had a plain hash of one could try them
 * all. Two values whose digits happen to be the same are told apart by more of them.
 */
export function createMasks(key: Uint8Array): Masks {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  const masks = new Set<string>();
  const digestOf = (value: string): string => {
    const there = given.get(value);
    if (there !== undefined) return there;
    const whole = createHmac('sha256', key).update(value).digest('hex');
    let length = digits;
    while (taken.has(whole.slice(0, length)) && length < whole.length) length += 2;
    const digest = whole.slice(0, length);
    taken.add(digest);
    given.set(value, digest);
    return digest;
  };
  return {
    of(kind, value) {
      const mask = `${kind}-${digestOf(value)}`;
      masks.add(mask);
      return mask;
    },
    isMask: (text) => masks.has(text),
  };
}
