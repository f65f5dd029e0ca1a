/**
 * A case must come to the same however its export looks: in another order, with everything twice, in several files, a year later, and with
 * somebody else's traffic in between.
 */
export const variants = ['as written', 'shuffled', 'doubled', 'split', 'a year later', 'amid other traffic'] as const;
export type Variant = (typeof variants)[number];

const yearMs = 365 * 86_400_000;

export function startOf(variant: Variant, start: number): number {
  return variant === 'a year later' ? start + yearMs : start;
}

/** The files of a variant, each a list of lines. */
export function arranged<Line>(variant: Variant, lines: readonly Line[], seed: number): readonly (readonly Line[])[] {
  switch (variant) {
    case 'as written':
    case 'a year later':
    case 'amid other traffic':
      return [lines];
    case 'shuffled':
      return [shuffled(lines, seed)];
    case 'doubled':
      return [[...lines, ...lines.toReversed()]];
    case 'split':
      return [0, 1, 2].map((part) => lines.filter((_, place) => place % 3 === part));
  }
}

/** The same every time. */
function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const result = [...items];
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let at = result.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    const [a, b] = [result[at], result[other]];
    if (a === undefined || b === undefined) continue;
    result[at] = b;
    result[other] = a;
  }
  return result;
}
