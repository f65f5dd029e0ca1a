import { z } from 'zod';
import type { Issue } from '../engine/issue.ts';
import { identifier, type Session } from '../engine/session.ts';
import { filled, sqlFile } from '../engine/sql-file.ts';
import { sideTables } from '../ingest/entry.ts';
import { type FileState, rememberStates } from '../ingest/file-state.ts';
import {
  createTables,
  type Loaded,
  type ReadExports,
  removeRepeatedEntries,
  type SettleOptions,
  settleExports,
} from '../ingest/load.ts';
import { issueIn, issueRow } from './issue-row.ts';
import { useLineIndexes } from './line-indexes.ts';
import { cutOffIssue } from './missing.ts';
import type { Meta } from './store-file.ts';

const fileRow = z.object({
  file_id: z.number(),
  path: z.string(),
  read_path: z.string(),
  format: z.string(),
  entries: z.bigint(),
  bytes: z.bigint().nullable(),
  modified_ns: z.bigint().nullable(),
});

const pageRow = z.object({
  file_id: z.number(),
  path: z.string(),
  line: z.bigint(),
  list_key: z.string().nullable(),
  next: z.string().nullable(),
  has_previous: z.boolean(),
});

/**
 * Puts what the attached store holds in the place of what would be read from files: the log as a view over the file, which stays as it
 * is, and as copies what has to be settled, the side tables and entries without an account. Then both are settled as if they had just been
 * read, or taken as they were settled for tables that the store keeps.
 * @param settled what that gave; null where it has to be done
 */
export async function readStored(
  session: Session,
  meta: Meta,
  settled: Loaded | null,
  { comments = true, ...options }: Omit<SettleOptions, 'kept'> & { readonly comments?: boolean },
): Promise<Loaded> {
  options.progress?.phase('loading', 'opening the store');
  await createTables(session, comments);
  const sql = await sqlFile(import.meta.url, './read.sql');
  await session.run(
    settled === null
      ? filled(sql, { nameless: 'nameless_log', outdone: 'SELECT NULL::BIGINT AS event_key LIMIT 0' })
      : filled(sql, { nameless: 'settled_nameless', outdone: 'FROM store.log.settled_outdone' }),
  );
  const schema = settled === null ? 'log' : 'main';
  await session.run(
    sideTables
      .map((table) => `INSERT INTO ${identifier(table)} BY NAME FROM store.${schema}.${identifier(table)};`)
      .join('\n'),
  );

  const files = await session.rows(fileRow, await sqlFile(import.meta.url, './files.sql'));
  rememberStates(session, new Map(files.map((row) => [row.read_path, stateIn(row)])));
  useLineIndexes(session, new Map(files.map(({ file_id, read_path }) => [read_path, file_id])));
  if (settled !== null) {
    await passOverOutdone(session);
    return settled;
  }
  const cutOff = await cutOffIssue(session, meta);
  const current = await sqlFile(import.meta.url, './current-files.sql');
  const read: Pick<ReadExports, 'files' | 'issues' | 'pages'> = {
    files: files.map(({ file_id, path, read_path, format }) => ({
      fileId: file_id,
      path,
      readPath: read_path,
      format,
    })),
    issues: [...(cutOff === null ? [] : [cutOff]), ...(await issuesOf(session, current))],
    pages: (await session.rows(pageRow, filled(await sqlFile(import.meta.url, './pages.sql'), { current }))).map(
      (page) => ({
        fileId: page.file_id,
        path: page.path,
        line: Number(page.line),
        listKey: page.list_key,
        next: page.next,
        hasPrevious: page.has_previous,
      }),
    ),
  };
  return settleExports(session, read, {
    ...options,
    kept: {
      entries: { log: 'nameless_log', seen: 'store.log.file_accounts' },
      entriesOf: new Map(files.map(({ file_id, entries }) => [file_id, Number(entries)])),
      settle: () => settleNameless(session),
    },
  });
}

const counted = z.object({ rows: z.bigint() });

/** Entries that have an account now can be there twice, among themselves and with others; those of the store that lose are passed over. */
async function settleNameless(session: Session): Promise<{ readonly conflicts: number }> {
  const [nameless] = await session.rows(counted, 'SELECT count(*) AS rows FROM nameless_log');
  if ((nameless?.rows ?? 0n) > 0n) {
    await session.run(await sqlFile(import.meta.url, './meet-nameless.sql'));
    await removeRepeatedEntries(session, 'meeting');
    await session.run(await sqlFile(import.meta.url, './part-nameless.sql'));
    await passOverOutdone(session);
  }
  const isRepeated = (nameless?.rows ?? 0n) > 0n;
  const [conflicts] = await session.rows(
    counted,
    `SELECT count(*) AS rows FROM (
      SELECT account_id, log_id FROM store.log.conflicts
      ${isRepeated ? 'UNION SELECT account_id, log_id FROM repeated WHERE is_conflict' : ''})`,
  );
  return { conflicts: Number(conflicts?.rows ?? 0n) };
}

async function passOverOutdone(session: Session): Promise<void> {
  const [outdone] = await session.rows(counted, 'SELECT count(*) AS rows FROM outdone');
  // It is hardly ever needed, and each look at the log would pay for it.
  if ((outdone?.rows ?? 0n) > 0n) await session.run(await sqlFile(import.meta.url, './without-outdone.sql'));
}

function stateIn({ bytes, modified_ns }: z.infer<typeof fileRow>): FileState | null {
  return bytes === null || modified_ns === null ? null : { bytes: Number(bytes), modifiedNs: modified_ns };
}

/** Each once: whoever names a file again and again that is no export is told so each time. */
async function issuesOf(session: Session, current: string): Promise<readonly Issue[]> {
  const rows = await session.rows(issueRow, filled(await sqlFile(import.meta.url, './issues.sql'), { current }));
  const issues = new Map<string, Issue>();
  for (const issue of rows.map(issueIn)) {
    issues.set(JSON.stringify([issue.severity, issue.file, issue.line, issue.message]), issue);
  }
  return [...issues.values()];
}
