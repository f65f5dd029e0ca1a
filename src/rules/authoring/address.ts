import { createRequire } from 'node:module';
import type * as Phone from 'libphonenumber-js/min';

export type AddressOptions = {
  /** Two letters, such as `US`: what a number without `+` and country code is taken for. None by default. */
  readonly country?: string;
};

/** True for the pattern of E.164: `+` and 8 to 15 digits. It does not say that the number is assigned. */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{7,14}$/u.test(text);
}

/**
 * A key under which addresses of one person compare equal, whatever the channel wrote them like:
 * `whatsapp:+1 555 010 0001`, `rcs:+15550100001` and `+1 (555) 010-0001` are all `+15550100001`.
 * E-mail addresses are folded to lower case; everything else (`client:alice`, SIP, chat identities, senders) stays as it is,
 * without the prefix of its channel and blanks around it. Never throws.
 */
export function normaliseAddress(address: string, options: AddressOptions = {}): string {
  const bare = address
    .trim()
    .replace(/^(?:whatsapp|rcs):/iu, '')
    .trim();
  if (isE164(bare)) return bare;
  if (/^[^\s@:]+@[^\s@:]+$/u.test(bare)) return bare.toLowerCase();
  return toE164(bare, options) ?? bare;
}

/**
 * The E.164 form of a written phone number, or null where it cannot be derived: `+1 (555) 010-0001`, `0044 20 7946 0958`;
 * with `country` also numbers as they are dialled in there.
 */
export function toE164(text: string, options: AddressOptions = {}): string | null {
  const bare = text
    .trim()
    .replace(/^(?:whatsapp|rcs):/iu, '')
    .trim();
  if (isE164(bare)) return bare;
  // Only what is made like a phone number: digits in a name, an id or a SIP address are no number.
  if (!/^\+?[\d\s().\-/\u00a0\u2010-\u2015]{7,40}$/u.test(bare)) return null;
  // 00 is how most of the world dials the +; no national number that is written out begins with it.
  const dialled = bare.replace(/^00(?=[\s\d])/u, '+');
  const { country } = options;
  const phone = library();
  const parsed = phone.parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(country !== undefined && phone.isSupportedCountry(country) ? { defaultCountry: country } : {}),
  });
  if (parsed !== undefined && isE164(parsed.number)) return parsed.number;
  // Numbers that the library knows no country for are compared by their digits all the same.
  const digits = `+${dialled.replaceAll(/\D/gu, '')}`;
  return dialled.startsWith('+') && isE164(digits) ? digits : null;
}

let loadedLibrary: typeof Phone | undefined;

/** Its tables take 60 ms to load, and addresses in E.164, which is most of them, need none of it. */
function library(): typeof Phone {
  const load: NodeJS.Require = createRequire(import.meta.url);
  loadedLibrary ??= load('libphonenumber-js/min');
  if (loadedLibrary === undefined) throw new Error('libphonenumber-js is not installed');
  return loadedLibrary;
}

/** True where two lists of addresses, as logged, have one in common. */
export function sharesAddress(addresses: readonly string[], others: readonly string[]): boolean {
  const known = new Set(addresses.map((address) => normaliseAddress(address)));
  return others.some((address) => known.has(normaliseAddress(address)));
}
