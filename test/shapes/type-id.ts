/** Ids as Twilio makes them: a prefix and a UUIDv7 in 26 characters of lowercase Crockford base32. */

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id whose first 10 characters tell `time` (epoch ms); `salt` tells ids of one millisecond apart. */
export function typeId(prefix: string, time: number, salt = 0): string {
  const random = (BigInt(salt) * 0x9e3779b97f4a7c15n + 0x1234567n) & ((1n << 62n) - 1n);
  const uuid = (BigInt(time) << 80n) | (0x7n << 76n) | ((BigInt(salt) & 0xfffn) << 64n) | (0b10n << 62n) | random;
  let text = '';
  for (let at = 0; at < 26; at++) text = alphabet[Number((uuid >> BigInt(at * 5)) & 31n)] + text;
  return `${prefix}_${text}`;
}
