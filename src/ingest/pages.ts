import type { Issue } from '../engine/issue.ts';
import type { Page } from './containers/batch.ts';

/** A list page with the file it stands in. */
export type FilePage = Page & { readonly fileId: number; readonly path: string };

/** What is missing, and the files that hold pages of a list that is not complete. */
type IncompleteLists = { readonly issues: readonly Issue[]; readonly fileIds: ReadonlySet<number> };

/**
 * Lists of which pages are missing: more of them say that something follows than say that something came before. Pages of one
 * list can lie in several files, so they are counted per account and list, not per file.
 */
export function incompleteLists(pages: readonly FilePage[], accountOf: ReadonlyMap<number, string>): IncompleteLists {
  const lists = new Map<string, FilePage[]>();
  for (const page of pages) {
    const list = JSON.stringify([accountOf.get(page.fileId) ?? null, page.listKey]);
    lists.set(list, [...(lists.get(list) ?? []), page]);
  }
  const issues: Issue[] = [];
  const fileIds = new Set<number>();
  for (const list of lists.values()) {
    const open = list.filter(({ next }) => next !== null);
    const missing = open.length - list.filter(({ hasPrevious }) => hasPrevious).length;
    if (missing <= 0) continue;
    for (const { fileId } of list) fileIds.add(fileId);
    for (const { path, line, next } of open.slice(open.length - missing)) {
      issues.push({
        severity: 'data_loss',
        file: path,
        line,
        message: `the list goes on (\`${next}\`), and its next page is not in the input: nothing is concluded from what it lacks. Add the other pages.`,
      });
    }
  }
  return { issues, fileIds };
}
