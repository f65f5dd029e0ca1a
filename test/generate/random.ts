/** Pseudo-random numbers that depend on a seed alone, so that the same world is made on every machine. */
export type Random = () => number;

/** Numbers from 0 up to 2^32 - 1 (sfc32), seeded from text by FNV-1a. */
export function createRandom(seed: string): Random {
  let a = hashOf(`${seed}/a`);
  let b = hashOf(`${seed}/b`);
  let c = hashOf(`${seed}/c`);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  };
  // The first numbers still show the seed's pattern.
  for (let i = 0; i < 12; i++) next();
  return next;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** A whole number from 0 up to, but not including, `below`. */
export function intBelow(random: Random, below: number): number {
  return Math.floor((random() / 0x1_0000_0000) * below);
}

export function intBetween(random: Random, least: number, most: number): number {
  return least + intBelow(random, most - least + 1);
}

export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[intBelow(random, from.length)] ?? from[0];
}

/** `digits` lower-case hexadecimal digits. */
export function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += random().toString(16).padStart(8, '0');
  return text.slice(0, digits);
}

/** A UUID of version 4. */
export function uuid(random: Random): string {
  const digits = hex(random, 31);
  const variant = pick(random, ['8', '9', 'a', 'b']);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(12, 15)}`,
    `${variant}${digits.slice(15, 18)}`,
    digits.slice(18, 30),
  ].join('-');
}
