import { didYouMean } from '../engine/suggest.ts';
import { type NamedKind, type Names, namedKinds } from './names.ts';

/** Something that a case says cannot be. The message is a phrase; who knows the place puts it in front. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

const placeholder = /\{(?:([a-z-]+):)?([\w -]+)\}/gu;

/**
 * A value with the `{name}`s in its texts replaced by ids: `/v2/Conversations/{talk}`. `{profile:ann}` also says of what kind: where a name
 * has ids of several, or occurs here for the first time.
 * @throws CaseError for a name that the case does not know
 */
export function filled<Value>(value: Value, names: Names): Value;
export function filled(value: unknown, names: Names): unknown {
  if (typeof value === 'string') {
    return replacedIn(value, names, (whole, kind, name) => {
      const suggestion = kind === undefined ? didYouMean(name, names.known()) : didYouMean(kind, namedKinds);
      const what = kind === undefined ? ' names nothing of this case' : `: nothing is a ${kind}`;
      throw new CaseError(`${whole}${what}${suggestion}`);
    });
  }
  if (Array.isArray(value)) return value.map((each: unknown) => filled(each, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, names)]));
}

/**
 * Free text in which the `{name}`s are replaced that the case knows. A service can write braces of its own into it, so that all others stay.
 * @throws CaseError for a name with ids of several kinds
 */
export function filledText(text: string, names: Names): string {
  return replacedIn(text, names, (whole) => whole);
}

function replacedIn(
  text: string,
  names: Names,
  unknown: (whole: string, kind: string | undefined, name: string) => string,
): string {
  return text.replaceAll(placeholder, (whole: string, kind: string | undefined, name: string) => {
    if (kind !== undefined) {
      const known = namedKinds.find((each): each is NamedKind => each === kind);
      return known === undefined ? unknown(whole, kind, name) : names.id(known, name);
    }
    const [first, ...others] = [...names.idsOf(name)];
    if (first === undefined) return unknown(whole, kind, name);
    if (others.length > 0) throw new CaseError(`${whole} has several ids: write {${first[0]}:${name}}`);
    return first[1];
  });
}
