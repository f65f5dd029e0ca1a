import { hex, intBelow, type Random } from './random.ts';

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * An id of the new kind: prefix and 26 characters of Crockford base32 that spell a UUIDv7, such as
 * `conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k`. The first ten characters are exactly the 48 bits of the time (epoch
 * milliseconds); the version nibble and the variant fall into characters 11 and 14.
 */
export function typeId(random: Random, prefix: string, time: number): string {
  let clock = '';
  for (let rest = time; clock.length < 10; rest = Math.floor(rest / 32)) clock = symbol(rest % 32) + clock;
  const version = symbol(0b01110 + intBelow(random, 2));
  const variant = symbol(0b01000 + intBelow(random, 4) + 16 * intBelow(random, 2));
  return `${prefix}_${clock}${version}${symbols(random, 2)}${variant}${symbols(random, 12)}`;
}

function symbols(random: Random, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += symbol(intBelow(random, 32));
  return text;
}

function symbol(value: number): string {
  return crockford.charAt(value);
}

/** A classic SID: two letters and 32 hexadecimal digits. */
export function sid(random: Random, letters: string): string {
  return letters + hex(random, 32);
}

/** An account SID that nobody can take for a real one: `AC000…01`. */
export function accountSid(number: number): string {
  return `AC${String(number).padStart(32, '0')}`;
}
