/**
 * The items of a list from a row that are not NULL, in their order; none where the list itself is NULL.
 * Any list that comes from SQL can hold NULLs, as far as its type tells.
 */
export function present<Value>(list: readonly (Value | null)[] | null): readonly Value[] {
  return list === null ? [] : list.filter((value) => value !== null);
}

/** What an item of a list from a row is, where it is not NULL: `Item<Row['customers']>`. */
export type Item<List extends readonly unknown[] | null> = NonNullable<NonNullable<List>[number]>;
