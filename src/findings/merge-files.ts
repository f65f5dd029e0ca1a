import { compareText } from '../engine/compare.ts';
import { firstFew } from '../engine/first-few.ts';
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

  const moved = cameOrWent(parts, files);
  const byPath = new Map<string, InputFileSummary[]>();
  for (const file of files) {
    const there = byPath.get(file.path);
    if (there === undefined) byPath.set(file.path, [file]);
    else there.push(file);
  }
  const told = new Set([...byPath.values()].flatMap((rows) => rows.toSorted(fullestFirst)[0] ?? []));
  return {
    files: files.filter((file) => told.has(file)),
    issues: [
      ...differentEnds(parts),
      ...moved,
      ...[...byPath]
        .filter(([, rows]) => rows.length > 1)
        .map(([file, rows]): Issue => {
          const entries = rows
            .map(({ rows, rejected, duplicates }) => rows + rejected + duplicates)
            .sort((a, b) => a - b)
            .join(', ');
          return {
            severity: 'data_loss',
            file,
            message: `changed between the runs of the shards (${entries} entries): ${advice}`,
          };
        }),
    ],
  };
}

const advice = 'give every shard the same files, or something can be missing.';

/** In one issue: a folder can have thousands of files. */
function cameOrWent(parts: readonly AuditResult[], files: readonly InputFileSummary[]): readonly Issue[] {
  const having = new Map<string, number>();
  for (const { files } of parts) {
    for (const path of new Set(files.map(({ path }) => path))) having.set(path, (having.get(path) ?? 0) + 1);
  }
  const paths = [...new Set(files.map(({ path }) => path))].filter((path) => having.get(path) !== parts.length);
  if (paths.length === 0) return [];
  const message = `the shards did not read the same files (not all read ${firstFew(paths)}): ${advice}`;
  return [{ severity: 'data_loss', message }];
}

/** Each tells the end of the whole input, so it is the same unless they saw different inputs. */
function differentEnds(parts: readonly AuditResult[]): readonly Issue[] {
  const ends = [...new Set(parts.map(({ run }) => run.asOf ?? 'no event'))].sort(compareText);
  const [begin, end] = [ends[0], ends.at(-1)];
  if (begin === end) return [];
  return [
    { severity: 'data_loss', message: `the inputs of the shards end at different times (${begin}, ${end}): ${advice}` },
  ];
}

function contentOf({ path, format, rows, rejected, duplicates }: InputFileSummary): string {
  return JSON.stringify([path, format, rows, rejected, duplicates]);
}

function fullestFirst(a: InputFileSummary, b: InputFileSummary): number {
  return b.rows - a.rows || compareText(contentOf(a), contentOf(b));
}
