import type { Issue } from '../engine/issue.ts';
import type { Page } from './containers/batch.ts';

/** A list page with the file it stands in. */
export type FilePage = Page & { readonly fileId: number; readonly path: string };

/**
 * Lists of which pages are missing: more of them say that something follows than say that something came before. Pages of one
 * list can lie in several files, so they are counted per account and list, not per file.
 */
export function incompleteLists(pages: readonly FilePage[], accountOf: ReadonlyMap<number, string>): readonly Issue[] {
  const lists = new Map<string, FilePage[]>();
  for (const page of pages) {
    const list = JSON.stringify([accountOf.get(page.fileId) ?? null, page.listKey]);
    lists.set(list, [...(lists.get(list) ?? []), page]);
  }
  return [...lists.values()].flatMap((list) => {
    const open = list.filter(({ next }) => next !== null);
    const missing = open.length - list.filter(({ hasPrevious }) => hasPrevious).length;
    return open.slice(Math.max(0, open.length - missing)).map(
      ({ path, line, next }): Issue => ({
        severity: 'data_loss',
        file: path,
        line,
        message: `the list goes on (\`${next}\`), and its next page is not in the input: nothing is concluded from what it lacks. Add the other pages.`,
      }),
    );
  });
}
