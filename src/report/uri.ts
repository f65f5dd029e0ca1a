import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A path as a URI: relative ones stay relative, and whatever a path can hold is escaped. */
export function fileUri(path: string): string {
  // Half of a surrogate pair has no place in UTF-8.
  const whole = path.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return isAbsolute(whole) ? pathToFileURL(whole).href : whole.split(sep).map(encodeURIComponent).join('/');
}

/** An address that a browser may be sent to, as browsers write it; null where the text is none. */
export function webAddress(text: string): string | null {
  return /^https?:\/\//iu.test(text) && URL.canParse(text) ? new URL(text).href : null;
}
