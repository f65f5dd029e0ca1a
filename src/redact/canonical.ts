import type { MaskKind } from '../findings/masked.ts';
import { isE164, normaliseAddress } from '../rules/authoring/address.ts';

/** An address taken apart: what of it may be seen, and what it is compared by. */
export type Canonical = {
  readonly kind: MaskKind;
  /** `whatsapp:`, `client:` and the like, as written: how it was reached tells nobody who it is. */
  readonly prefix: string;
  /** The same for every way to write the address. */
  readonly value: string;
};

const prefixed = /^(whatsapp|rcs|client|messenger|sips?|tel):\s*/iu;
const dialled = /^[+\d\s().\-/\u2010-\u2015]+$/u;

/**
 * What an address is, whatever the channel wrote it like: `whatsapp:+1 555 010 0001`, `+1 (555) 010-0001` and `15550100001` are one
 * number. Numbers compare by their digits, in E.164 where that can be told, and e-mail and SIP addresses without case; everything
 * else as it is.
 */
export function canonicalAddress(text: string): Canonical {
  const trimmed = text.trim();
  const [prefix = '', word = ''] = prefixed.exec(trimmed) ?? [];
  const bare = trimmed.slice(prefix.length);
  if (/^sips?$/iu.test(word)) {
    return { kind: 'sip', prefix: '', value: bare.replace(/[;?].*$/su, '').toLowerCase() };
  }
  const written = bare.replace(/^(?:%2B|\\u002B)/iu, '+');
  const number = normaliseAddress(written);
  if (isE164(number) || (dialled.test(written) && /\d/u.test(written))) {
    return { kind: 'phone', prefix, value: number.replaceAll(/\D/gu, '') };
  }
  const mail = bare.replace(/%40/u, '@');
  if (/^[^@]+@[^@]+$/u.test(mail)) return { kind: 'mail', prefix, value: mail.toLowerCase() };
  return { kind: 'identity', prefix, value: bare };
}

/** A name without case, and with one blank between words. It is nobody's address, even where one is written the same. */
export function canonicalName(text: string): string {
  return `name\n${text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ').toLowerCase()}`;
}
