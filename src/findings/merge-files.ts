import { compareText } from '../engine/compare.ts';
import type { Issue } from '../engine/issue.ts';
import { unitedInOrder } from './merge-lists.ts';
import type { AuditResult, InputFileSummary } from './result.ts';

/** The files of all parts, each once, and what is wrong with them. */
export function mergeFiles(parts: readonly AuditResult[]): {
  readonly files: readonly InputFileSummary[];
  readonly issues: readonly Issue[];
} {
  const files = unitedInOrder(
    parts.map((part) => part.files),
    contentOf,
    // With `--account` each part sees one account of a file that holds several.
    (a, b) => (a.account === b.account ? a : { ...a, account: null }),
  );
  if (parts.some(({ run }) => run.shard === undefined)) return { files, issues: [] };

  const byPath = new Map<string, InputFileSummary[]>();
  for (const file of files) {
    const there = byPath.get(file.path);
    if (there === undefined) byPath.set(file.path, [file]);
    else there.push(file);
  }
  const told = new Set([...byPath.values()].flatMap((rows) => rows.toSorted(fullestFirst)[0] ?? []));
  return {
    files: files.filter((file) => told.has(file)),
    issues: [...byPath]
      .filter(([, rows]) => rows.length > 1)
      .map(([file, rows]) => ({
        severity: 'data_loss',
        file,
        message: `changed between the runs of the shards (${rows
          .map(({ rows, rejected, duplicates }) => rows + rejected + duplicates)
          .sort((a, b) => a - b)
          .join(', ')} entries): give every shard the same files, or something can be missing.`,
      })),
  };
}

function contentOf({ path, format, rows, rejected, duplicates }: InputFileSummary): string {
  return JSON.stringify([path, format, rows, rejected, duplicates]);
}

function fullestFirst(a: InputFileSummary, b: InputFileSummary): number {
  return b.rows - a.rows || compareText(contentOf(a), contentOf(b));
}
