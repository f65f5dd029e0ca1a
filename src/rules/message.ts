import { humanInterval, isInterval } from './interval.ts';

/** The names in `{…}` of a message or fix, in order. `{{` and `}}` are braces that stand for themselves. */
export function placeholders(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].flatMap(({ groups }) => (groups?.name === undefined ? [] : [groups.name]));
}

/** Braces of a message or fix that are neither a placeholder nor doubled, each with what it holds: they are printed as they stand. */
export function looseBraces(template: string): readonly string[] {
  // What is right is put out of the way first, so that `{{a}}` does not look like one in the middle.
  return [...template.replaceAll(placeholder, '\0').matchAll(/\{[^{}\0]*\}|[{}]/gu)].map(([found]) => found);
}

/** Fills `{name}` from the values. What is NULL, or not there, is `unknown`. */
export function fillMessage(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(placeholder, (whole: string, name: string | undefined) => {
    if (name === undefined) return whole.slice(1);
    return Object.hasOwn(values, name) ? inWords(values[name]) : 'unknown';
  });
}

const placeholder = /\{\{|\}\}|\{(?<name>[A-Za-z_]\w*)\}/gu;

/** More of a list than this is counted, not told. */
const LISTED = 10;

/** A value for people: times in UTC to the second, intervals as `2 hours 5 minutes`, lists joined. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined) return 'unknown';
  if (value instanceof Date) return timeInWords(value);
  if (isInterval(value)) return humanInterval(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    const told = value.slice(0, LISTED).map(inWords).join(', ');
    return value.length > LISTED ? `${told} and ${value.length - LISTED} more` : told;
  }
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  if (typeof value === 'object') return Object.values(value).map(inWords).join(' ');
  return String(value);
}

function timeInWords(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'unknown' : time.toISOString().replace(/\.\d+Z$/u, 'Z');
}
