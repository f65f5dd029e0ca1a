import type { Masker } from './masker.ts';

/*
 * Columns of rules and records, whose names say what stands in them: snake_case in SQL, anything in what an API answered.
 */

const addressKey = /(?:^|[_.\]])(?:address(?:es)?|phone(?:_?numbers?)?|e?mails?|identity|identities|caller|callee)$/i;
const nameKey = /(?:^|_)names?$/i;
/** Called so by the account itself, or not a name of anybody. */
const plainName = /(?:display|file|event|host|field|param|friendly)_?names?$/i;
/** Words that the product has for things. A customer can be called like one of them. */
const wordKey =
  /(?:^|_)(?:type|types|status|channel|channels|direction|level|severity|certainty|cause|kind|source|method|format|reason)$/i;

export function maskData(
  data: Readonly<Record<string, unknown>>,
  masker: Masker,
  own?: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [masker.text(key), maskValue(key, value, masker, own)]),
  );
}

/** The texts that stand where data has addresses. */
export function addressesIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(data).flatMap(([key, value]) => (isAddressKey(key) ? textsIn(value) : []));
}

function maskValue(key: string, value: unknown, masker: Masker, own: ReadonlySet<string> | undefined): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => maskValue(key, each, masker, own));
  if (isPlain(value)) return maskData(value, masker, own);
  // A number where an address is expected is one that somebody wrote without quotes.
  if (isAddressKey(key) && isLongNumber(value)) return masker.address(String(value));
  if (typeof value !== 'string') return value;
  if (isAddressKey(key)) return masker.address(value);
  if (nameKey.test(key) && !plainName.test(key)) return masker.name(value);
  if (wordKey.test(key) && /^[A-Za-z_-]{1,40}$/.test(value)) return value;
  return own?.has(value.trim()) === true ? masker.address(value) : masked(value, masker, own);
}

function masked(value: string, masker: Masker, own: ReadonlySet<string> | undefined): string {
  const whole = masker.value(value);
  return whole === value ? masker.text(value, own) : whole;
}

function isAddressKey(key: string): boolean {
  return addressKey.test(key);
}

function isLongNumber(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'bigint') && /^\d{7,15}$/.test(String(value));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isPlain(value) ? Object.entries(value).flatMap(([key, each]) => (isAddressKey(key) ? textsIn(each) : [])) : [];
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
