/**
 * Items in their order, in groups that hold no more than `most` altogether; an item that is larger by itself is a group of its own.
 * @param sizeOf in the unit of `most`
 */
export function inGroups<Item>(
  items: readonly Item[],
  most: number,
  sizeOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (size > room || groups.length === 0) {
      groups.push([]);
      room = most;
    }
    groups.at(-1)?.push(item);
    room -= size;
  }
  return groups;
}
