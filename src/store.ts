import { rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { AuditOptions } from './audit-options.ts';
import { messageOf, UserError } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import { openSession, quoted, type Session } from './engine/session.ts';
import { sqlFile } from './engine/sql-file.ts';
import { temporaryPath } from './engine/stop.ts';
import { tool } from './engine/tool.ts';
import type { ExportOptions, LoadedExports } from './load-and-build.ts';
import { copyModel } from './model/copy.ts';
import { checkTarget, replaceWhole } from './report/target.ts';
import { runtimeMessage } from './rules/bind.ts';

/*
 * A loaded and built database, kept as a DuckDB file. The model is built in memory and its public tables are copied. Measured with
 * 500 k events (403 MB): building takes 7.1 s in memory and the copying 5.5 s, building in the file itself 11 s. The file
 * would hold the log, its staging tables and views over them, though, and the first look at a view costs what the copying
 * saves: counting the traces of all events takes 204 ms through the view and 22 ms in the table. COPY FROM DATABASE keeps the
 * views too, and takes twice as long.
 */

/** Goes up with every change of tables, columns or their meaning, as a file of another layout would be misread. */
const layout = 1;

/** What is known of a kept database. */
export type Store = {
  readonly paths: readonly string[];
  readonly events: number;
  readonly accounts: readonly string[];
  readonly asOf: Date | null;
  readonly issues: readonly Issue[];
};

/**
 * Makes sure, before any work is done, that a database can be kept there.
 * @throws UserError where it cannot, or where the file that would be replaced is somebody else's
 */
export async function checkStoreTarget(file: string): Promise<void> {
  await checkTarget(file);
  const there = await stat(file).catch(() => null);
  if (there === null) return;
  const why = there.isFile() ? await whyNoStore(file) : `${file} is no ordinary file`;
  if (why !== null) {
    throw new UserError(`${why}; only a file that postlude wrote is replaced: name another one, or delete it`);
  }
  // Changes that another program has not yet brought into the file would be brought into the new one.
  if ((await stat(`${file}.wal`).catch(() => null)) !== null) {
    throw new UserError(
      `${file} is not replaced: beside it lies ${file}.wal, so another program changes it; close that first`,
    );
  }
}

async function whyNoStore(file: string): Promise<string | null> {
  try {
    const session = await openSession({ readOnlyFile: file });
    try {
      return (await hasStoreTable(session)) ? null : `${file} is a DuckDB file, but not one that postlude wrote`;
    } finally {
      await session.close();
    }
  } catch (thrown) {
    if (thrown instanceof UserError) return messageOf(thrown);
    throw thrown;
  }
}

async function hasStoreTable(session: Session): Promise<boolean> {
  const rows = await session.rows(
    z.object({ table_name: z.string() }),
    "SELECT table_name FROM duckdb_tables() WHERE table_name = 'postlude_store' AND database_name = current_database()",
  );
  return rows.length > 0;
}

/**
 * Keeps what `loadAndBuild` made of `everything` as a DuckDB file, whole or not at all. The session must not be locked yet.
 * @throws UserError where it cannot be written
 */
export async function writeStore(
  session: Session,
  file: string,
  options: ExportOptions,
  loaded: LoadedExports,
): Promise<void> {
  const { progress, paths, ...rest } = options;
  progress?.phase('keeping', `writing ${file}`);
  const record = {
    version: layout,
    postlude: tool().version,
    duckdb: await duckdbVersion(session),
    paths,
    options: {
      from: rest.from,
      to: rest.to,
      asOf: rest.asOf,
      account: rest.account,
      assumeAccount: rest.assumeAccount,
      timezone: rest.timezone,
    },
    as_of: loaded.asOf,
    events: loaded.events,
    duplicates: loaded.duplicates,
    accounts: loaded.accounts.length,
    issues: loaded.issues,
  };
  const about = (await sqlFile(import.meta.url, './store.sql'))
    .replaceAll('{{store}}', 'store')
    .replace('{{record}}', () => quoted(JSON.stringify(record)));
  await replaceWhole(file, async (temporary) => {
    const forget = temporaryPath(`${temporary}.wal`);
    try {
      await session.run(`ATTACH ${quoted(temporary)} AS store`);
      await copyModel(session, 'store');
      await session.run(about);
      // Brings everything into the file and takes the log of changes away.
      await session.run('DETACH store');
    } catch (thrown) {
      await session.run('DETACH DATABASE IF EXISTS store');
      await rm(`${temporary}.wal`, { force: true });
      if (/\bIO Error\b|No space left/.test(messageOf(thrown))) {
        throw new UserError(`cannot write ${file}: ${messageOf(thrown)}`);
      }
      throw thrown;
    } finally {
      forget();
    }
  });
}

async function duckdbVersion(session: Session): Promise<string> {
  const [row] = await session.rows(z.object({ version: z.string() }), 'SELECT version() AS version');
  return row?.version ?? 'unknown';
}

const storeRow = z.object({
  postlude: z.string(),
  paths: z.array(z.string()),
  events: z.bigint(),
  as_of: z.date().nullable(),
  issues: z.array(
    z.object({
      severity: z.enum(['info', 'notice', 'data_loss', 'error']),
      file: z.string().nullable(),
      line: z.bigint().nullable(),
      message: z.string(),
    }),
  ),
});

/**
 * Opens a kept database for reading, and locks the session at once: what a file of unknown origin holds reaches nothing else.
 * @throws UserError where it is none, or one of another version
 */
export async function openStore(
  file: string,
  { memoryLimit, tempDir }: Pick<AuditOptions, 'memoryLimit' | 'tempDir'> = {},
): Promise<{ readonly session: Session; readonly store: Store }> {
  const info = await stat(file).catch(() => null);
  if (info === null) {
    throw new UserError(`there is no file ${file}; write it with postlude sql PATH… --db ${file}`);
  }
  if (!info.isFile()) throw new UserError(`${file} is no ordinary file; write one with postlude sql PATH… --db FILE`);
  const session = await openSession({
    readOnlyFile: file,
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(tempDir === undefined ? {} : { tempDir }),
  });
  try {
    await session.lock();
    return { session, store: await readStore(session, file) };
  } catch (thrown) {
    await session.close();
    if (thrown instanceof UserError) throw thrown;
    throw new UserError(`${file} is damaged: ${runtimeMessage(thrown)}; write it again from the exports`);
  }
}

async function readStore(session: Session, file: string): Promise<Store> {
  if (!(await hasStoreTable(session))) {
    throw new UserError(
      `${file} is a DuckDB file, but not one that postlude wrote; write one with postlude sql PATH… --db FILE`,
    );
  }
  const [head] = await session.rows(
    z.object({ version: z.number(), postlude: z.string() }),
    'SELECT version, postlude FROM postlude_store',
  );
  if (head?.version !== layout) {
    const by =
      head === undefined ? 'is damaged' : `was written by postlude ${head.postlude}, in layout ${head.version}`;
    throw new UserError(
      `${file} ${by}; this is ${tool().version}, with layout ${layout}: write it again from the exports`,
    );
  }
  const [row] = await session.rows(storeRow, 'SELECT postlude, paths, events, as_of, issues FROM postlude_store');
  const accounts = await session.rows(
    z.object({ account_id: z.string() }),
    'SELECT DISTINCT account_id FROM coverage ORDER BY account_id',
  );
  return {
    paths: row?.paths ?? [],
    events: Number(row?.events ?? 0n),
    asOf: row?.as_of ?? null,
    accounts: accounts.map(({ account_id }) => account_id),
    issues: (row?.issues ?? []).map(({ severity, file, line, message }) => ({
      severity,
      message,
      ...(file === null ? {} : { file }),
      ...(line === null ? {} : { line: Number(line) }),
    })),
  };
}
