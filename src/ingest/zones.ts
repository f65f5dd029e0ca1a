import { UserError } from '../engine/errors.ts';

/** Checks a zone given by a person: an IANA name (`Europe/Berlin`), an offset (`+02:00`, `-0530`) or `UTC`. */
export function parseZone(zone: string): string {
  const wanted = zone.trim();
  const offset = parseOffset(wanted);
  if (offset !== null) return offset === 0 ? 'UTC' : formatOffset(offset);
  const formatter = zoneFormatter(wanted);
  if (formatter !== null) return formatter.resolvedOptions().timeZone;
  throw new UserError(
    `"${zone}" is not a time zone; give an IANA name such as Europe/Berlin, an offset such as +02:00, or UTC`,
  );
}

/** Minutes east of UTC of `Z`, `UTC`, `GMT`, `+02:00`, `-0600`, `+2`, `GMT-0600` and the zone names of RFC 2822; else `null`. */
export function parseOffset(zone: string): number | null {
  const match = /^(?:UTC|GMT|UT|Z)?(?:([+-])(\d{1,2})(?::?(\d{2}))?)?$/i.exec(zone);
  if (match === null || zone === '') return namedOffsets.get(zone.toUpperCase()) ?? null;
  const [, sign, hours = '0', minutes = '0'] = match;
  const size = Number(hours) * 60 + Number(minutes);
  // The widest offsets ever in use are -12:00 and +14:00; beyond them the text is no offset.
  if (size > 15 * 60 || Number(minutes) > 59) return null;
  return sign === '-' && size > 0 ? -size : size;
}

const namedOffsets: ReadonlyMap<string, number> = new Map([
  ['EST', -300],
  ['EDT', -240],
  ['CST', -360],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
]);

/** As `parseOffset` reads it: `+05:30`. */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const twoDigits = (part: number) => String(part).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
}

/** How often the clocks of a zone show a time on its day: `twice` where they were put back over it, `never` where put forward. */
export type Showing = 'once' | 'twice' | 'never';

/**
 * The instant (epoch ms) of a wall-clock time, given as epoch ms as if it were UTC, and how often the zone has it.
 * Around a change of the clocks the earlier offset counts: a time that occurs twice is the first of the two, and a time
 * that does not occur is told by the clock that was not put forward yet (02:30 becomes 03:30 summer time).
 */
export function instantOf(wallClock: number, zone: string): { readonly instant: number; readonly shown: Showing } {
  const fixed = fixedOffset(zone);
  if (fixed !== null) return { instant: wallClock - fixed * 60_000, shown: 'once' };
  const before = offsetAt(wallClock - day, zone);
  const after = offsetAt(wallClock + day, zone);
  const first = wallClock - before;
  if (before === after) return { instant: first, shown: 'once' };
  const second = wallClock - after;
  const isBefore = offsetAt(first, zone) === before;
  const isAfter = offsetAt(second, zone) === after;
  if (isBefore) return { instant: first, shown: isAfter ? 'twice' : 'once' };
  return isAfter ? { instant: second, shown: 'once' } : { instant: first, shown: 'never' };
}

const day = 86_400_000;

const fixedOffsets = new Map<string, number | null>();

function fixedOffset(zone: string): number | null {
  let offset = fixedOffsets.get(zone);
  if (offset === undefined) {
    offset = parseOffset(zone);
    fixedOffsets.set(zone, offset);
  }
  return offset;
}

/** Offsets change at full quarters of an hour, and asking Intl for every entry would cost more than all the rest. */
const quarter = 900_000;
const offsets = new Map<string, Map<number, number>>();
const rememberedQuarters = 100_000;

/** Milliseconds east of UTC at an instant. */
function offsetAt(instant: number, zone: string): number {
  let ofZone = offsets.get(zone);
  if (ofZone === undefined) {
    ofZone = new Map();
    offsets.set(zone, ofZone);
  }
  const from = Math.floor(instant / quarter) * quarter;
  const known = ofZone.get(from);
  if (known !== undefined) return known;
  const formatter = zoneFormatter(zone);
  if (formatter === null) throw new Error(`unchecked time zone: ${zone}`);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const parts = formatter.formatToParts(from);
  const wallClock = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  const offset = wallClock - from;
  if (ofZone.size < rememberedQuarters) ofZone.set(from, offset);
  return offset;
}

const formatters = new Map<string, Intl.DateTimeFormat | null>();

function zoneFormatter(zone: string): Intl.DateTimeFormat | null {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = makeFormatter(zone);
    formatters.set(zone, formatter);
  }
  return formatter;
}

function makeFormatter(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'narrow',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}
