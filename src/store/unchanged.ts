import { z } from 'zod';
import type { Issue } from '../engine/issue.ts';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { zoneOfZoneless } from '../ingest/zone-issue.ts';
import { issueIn, issueRow } from './issue-row.ts';
import type { KnownFile } from './known-files.ts';

const contentIssue = issueRow.omit({ file: true }).extend({ content_hash: z.string() });
type ContentIssue = z.infer<typeof contentIssue>;

/** What a load has to tell of files that it does not read, as their content is in the store. */
export async function issuesOfUnchanged(
  session: Session,
  unchanged: readonly KnownFile[],
  timezone: string | undefined,
): Promise<readonly Issue[]> {
  if (unchanged.length === 0) return [];
  const rows = await session.rows(contentIssue, await sqlFile(import.meta.url, './content-issues.sql'));
  const rowsOf = new Map<string, ContentIssue[]>();
  for (const row of rows) {
    const others = rowsOf.get(row.content_hash);
    if (others === undefined) rowsOf.set(row.content_hash, [row]);
    else others.push(row);
  }
  const rowsOfFile = ({ contentHash }: KnownFile) => rowsOf.get(contentHash) ?? [];
  return [
    ...lossesIn(unchanged, rowsOfFile),
    ...(timezone === undefined ? [] : inOtherZone(unchanged, timezone, rowsOfFile)),
  ];
}

/** What they lost when they were read is no less lost now: a strict load fails until they are mended, as a strict audit does. */
function lossesIn(
  unchanged: readonly KnownFile[],
  rowsOf: (file: KnownFile) => readonly ContentIssue[],
): readonly Issue[] {
  return unchanged.flatMap((known) =>
    rowsOf(known).flatMap((row) => (row.severity === 'data_loss' ? [issueIn({ ...row, file: known.file.path })] : [])),
  );
}

/**
 * Read again they would be in the store twice: without a log id the time is part of what tells entries apart, and which entries other files
 * have in common with them nobody knows any longer.
 */
function inOtherZone(
  unchanged: readonly KnownFile[],
  timezone: string,
  rowsOf: (file: KnownFile) => readonly ContentIssue[],
): readonly Issue[] {
  const found = unchanged.flatMap((known) =>
    rowsOf(known).flatMap(({ message }) => {
      const zone = zoneOfZoneless(message);
      return zone === null || zone === timezone ? [] : [{ path: known.file.path, zone }];
    }),
  );
  const [first] = found;
  if (first === undefined) return [];
  const others = found.length === 1 ? '' : ` (so it is with ${found.length} files)`;
  return [
    {
      severity: 'notice',
      file: first.path,
      message: `is in the store, where its times without a zone stay read as ${first.zone}${others}: to have them read as ${timezone}, load all exports into a new store.`,
    },
  ];
}
