/** Who wrote an entry, and what of. */
export type Written = { readonly account_id: string | null; readonly event_type: string };

/** Lines are looked up for a price, and of an account that names nothing there can be millions. */
const sample = 100;

/**
 * Looks through entries of which few may tell anything. Those of one account and type are written in one way: where the first hundred of them
 * tell nothing, the others do not either, and are spared. Other accounts have no say in that.
 * @param entries in an order that does not depend on how files are split
 * @param tell which of some entries tell something
 */
export async function tellingOf<Entry extends Written, Told extends Written>(
  entries: readonly Entry[],
  tell: (some: readonly Entry[]) => Promise<readonly Told[]>,
): Promise<readonly Told[]> {
  const kinds = new Map<string, { readonly first: Entry[]; readonly rest: Entry[] }>();
  for (const entry of entries) {
    const kind = kindOf(entry);
    const { first, rest } = kinds.get(kind) ?? { first: [], rest: [] };
    kinds.set(kind, { first, rest });
    (first.length < sample ? first : rest).push(entry);
  }
  const told = await tell([...kinds.values()].flatMap(({ first }) => first));
  const telling = new Set(told.map(kindOf));
  const more = [...kinds].flatMap(([kind, { rest }]) => (telling.has(kind) ? rest : []));
  return more.length === 0 ? told : [...told, ...(await tell(more))];
}

function kindOf({ account_id, event_type }: Written): string {
  return `${event_type}\n${account_id ?? ''}`;
}
