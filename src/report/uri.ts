import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A path as a URI: relative ones stay relative, and whatever a path can hold is escaped. */
export function fileUri(path: string): string {
  // Half of a surrogate pair has no place in UTF-8.
  const whole = path.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return isAbsolute(whole) ? pathToFileURL(whole).href : whole.split(sep).map(encodeURIComponent).join('/');
}

/**
 * An address that a browser may be sent to, as RFC 3986 writes it; null where the text is none. What browsers write of theirs holds
 * signs that the RFC does not know, such as brackets in a query.
 */
export function webAddress(text: string): string | null {
  if (!/^https?:\/\//iu.test(text) || !URL.canParse(text)) return null;
  const { href, hash } = new URL(text);
  const [, host = '', path = ''] = /^(\w+:\/\/[^/?#]*)(.*)$/su.exec(href.slice(0, href.length - hash.length)) ?? [];
  return `${host}${allowed(path)}${hash === '' ? '' : `#${allowed(hash.slice(1)).replaceAll('#', '%23')}`}`;
}

function allowed(text: string): string {
  return text.replaceAll(/%(?![0-9a-f]{2})/giu, '%25').replaceAll(/[^\w\-.~:/?#@!$&'()*+,;=%]/gu, encodeURIComponent);
}
