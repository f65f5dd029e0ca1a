import { wholeNumber } from '../../engine/whole-number.ts';
import { sanitise } from '../sanitise.ts';

/** A single field of a log can be 100 MB; nobody reads that in a page. */
const longestText = 20_000;

/**
 * A value as JSON that can stand in a script element: no `<`, so that nothing in it can close the element or begin a comment. Texts are
 * harmless, as they are on a terminal: what a reader could not see, or what would turn the text around it, has a visible name.
 */
export function embedded(value: unknown): string {
  return JSON.stringify(value, harmless).replaceAll('<', '\\u003c');
}

function harmless(_key: string, value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length <= longestText
      ? sanitise(value)
      : `${sanitise(value.slice(0, longestText))}… (${value.length - longestText} more characters)`;
  }
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    // Names are text of the log, too, where a finding's data holds an object of it.
    const names = Object.keys(value);
    if (names.some((name) => sanitise(name) !== name)) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [sanitise(name), item]));
    }
  }
  return value;
}
