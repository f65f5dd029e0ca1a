/**
 * Order of texts that is the same on every machine: by UTF-16 code unit, never by locale. Ids, paths and rule names are
 * ASCII, where this is also the order in which DuckDB sorts.
 */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
