/**
 * Lists as one in which every item is once. What all lists agree on keeps its order; what only some have stands before whatever
 * follows it there. Items of one key are joined by `join`.
 */
export function unitedInOrder<Item>(
  lists: readonly (readonly Item[])[],
  keyOf: (item: Item) => string,
  join: (one: Item, other: Item) => Item,
): readonly Item[] {
  const items = new Map<string, Item>();
  let order: readonly string[] = [];
  for (const list of lists) {
    const placed = new Set(order);
    const before = new Map<string, readonly string[]>();
    let waiting: string[] = [];
    for (const item of list) {
      const key = keyOf(item);
      const there = items.get(key);
      items.set(key, there === undefined ? item : join(there, item));
      if (there === undefined) waiting.push(key);
      if (!placed.has(key) || waiting.length === 0) continue;
      before.set(key, [...(before.get(key) ?? []), ...waiting]);
      waiting = [];
    }
    if (before.size > 0 || waiting.length > 0) {
      order = [...order.flatMap((key) => [...(before.get(key) ?? []), key]), ...waiting];
    }
  }
  return order.flatMap((key) => {
    const item = items.get(key);
    return item === undefined ? [] : [item];
  });
}
