// Apart from types-file.ts, which asks DuckDB for types: whoever only looks for rules needs none of that.

/** How a file that `postlude rules types` has written begins. */
export const typesMark = '// Written by `postlude rules types`';

/** Whether a file is one that `postlude rules types` has written, and may write again. */
export function isWrittenTypes(text: string): boolean {
  return text.startsWith(typesMark);
}
