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
    return value.replaceAll(placeholder, (whole: string, kind: string | undefined, name: string) => {
      if (kind !== undefined) {
        const known = namedKinds.find((each): each is NamedKind => each === kind);
        if (known !== undefined) return names.id(known, name);
        throw new CaseError(`${whole}: nothing is a ${kind}${didYouMean(kind, namedKinds)}`);
      }
      const [first, ...others] = [...names.idsOf(name)];
      if (first === undefined) {
        throw new CaseError(`${whole} names nothing of this case${didYouMean(name, names.known())}`);
      }
      if (others.length > 0) throw new CaseError(`${whole} has several ids: write {${first[0]}:${name}}`);
      return first[1];
    });
  }
  if (Array.isArray(value)) return value.map((each: unknown) => filled(each, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, names)]));
}
