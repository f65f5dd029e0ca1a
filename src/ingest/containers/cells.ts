import { isUtf8 } from 'node:buffer';

/** How the cells of binary tables become values as JSON has them. */

/** A time counted from 1970 as ISO 8601, with all its digits; `Z` where it is known to be UTC, else no offset. */
export function isoTime(ticks: bigint, ticksPerSecond: bigint, isUtc: boolean): string {
  let seconds = ticks / ticksPerSecond;
  let fraction = ticks % ticksPerSecond;
  if (fraction < 0n) {
    fraction += ticksPerSecond;
    seconds -= 1n;
  }
  const date = new Date(Number(seconds) * 1000);
  // Beyond what a Date holds: infinities, and times that are none.
  if (Number.isNaN(date.getTime())) return String(ticks);
  const digits = String(fraction).padStart(String(ticksPerSecond).length - 1, '0');
  const shown = ticksPerSecond === 1n ? '000' : digits.replace(/^(\d{3})0+$/, '$1').replace(/^(\d{6})0+$/, '$1');
  return `${date.toISOString().slice(0, -5)}.${shown}${isUtc ? 'Z' : ''}`;
}

/** A day, from the milliseconds since 1970; where no Date holds it, as DuckDB's infinity, those as they are. */
export function isoDay(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : (date.toISOString().split('T')[0] ?? '');
}

/** Some writers store text as binary: it is text where it can be. */
export function binary(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isUtf8(buffer) ? 'utf8' : 'base64');
}

/** Sets a field, also where it has the one name that an assignment does not set. */
export function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(fields, name, { value, enumerable: true });
  else fields[name] = value;
}
