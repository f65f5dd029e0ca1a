import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../engine/errors.ts';
import type { Issue } from '../engine/issue.ts';
import { issueSchema } from '../engine/issue-schema.ts';
import { identifier, openSession, quoted, type Session, type SessionOptions } from '../engine/session.ts';
import { filled, sqlFile } from '../engine/sql-file.ts';
import { tool } from '../engine/tool.ts';
import { sideTables } from '../ingest/entry.ts';
import { type AccountRange, inRange } from '../ingest/focus.ts';
import type { Loaded } from '../ingest/load.ts';
import { loadedFileSchema } from '../ingest/loaded-file-schema.ts';
import { createMacros, publicTables } from '../model/build.ts';
import { copyModel } from '../model/copy.ts';
import { runtimeMessage } from '../rules/bind.ts';
import { issueIn, issueRow } from './issue-row.ts';
import { asDamaged, hasTable, type Meta } from './store-file.ts';

/*
 * The tables that rules read, kept beside the log, so that nobody has to build them again. The model is built in memory and its public
 * tables are copied. Measured with 500 k events (403 MB): building takes 7.1 s in memory and the copying 5.5 s, building in the file
 * itself 11 s. The first look at a view costs what the copying saves: counting the traces of all events takes 204 ms through the view and
 * 22 ms in the table. COPY FROM DATABASE keeps the views too, and takes twice as long.
 */

/** How the tables were built, where not of everything that the store holds. */
export type PartOptions = {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly asOf: Date | undefined;
  readonly account: string | undefined;
  readonly assumeAccount: string | undefined;
};

/** What is known of kept tables. */
export type KeptTables = {
  readonly events: number;
  readonly accounts: readonly string[];
  readonly asOf: Date | null;
  readonly issues: readonly Issue[];
};

/** What the model was built from. */
type Built = KeptTables & { readonly duplicates: number };

/**
 * Keeps all tables of a session in the store that is attached to it, in the place of those that are there, whole or not at all. The session
 * must not be locked yet.
 * @param loaded what was read from the store for them
 */
export async function keepTables(
  session: Session,
  meta: Meta,
  options: PartOptions,
  built: Built,
  loaded: Loaded,
): Promise<void> {
  const record = {
    postlude: tool().version,
    generation: meta.generation,
    options,
    as_of: built.asOf,
    events: built.events,
    duplicates: built.duplicates,
    accounts: built.accounts.length,
    issues: built.issues,
  };
  const about = (await sqlFile(import.meta.url, './tables.sql')).replace('{{record}}', () =>
    quoted(JSON.stringify(record)),
  );
  await session.run('BEGIN');
  try {
    await dropTables(session);
    await copyModel(session, 'store');
    await session.run(about);
    await session.run(
      filled(await sqlFile(import.meta.url, './settled.sql'), { record: quoted(JSON.stringify(loaded)) }),
    );
    await session.run('COMMIT');
  } catch (thrown) {
    // A commit that failed has ended the transaction, too.
    await session.run('ROLLBACK').catch(() => undefined);
    throw thrown;
  }
}

/** The most that `randomInt` takes; a number of JavaScript is exact there. */
const mostGeneration = 2 ** 48 - 1;

/**
 * In the transaction that changes what is in a store, or what audits say of it: tables that are kept are of another content from here on, and so
 * is what was kept of audits.
 */
export async function contentIsNew(session: Session): Promise<void> {
  // Not counted: a store that is made anew from other files, or a copy that was changed in another way, would come to the same numbers.
  await session.run(`UPDATE store.log.meta SET generation = ${randomInt(1, mostGeneration)}`);
  await dropTables(session);
}

async function dropTables(session: Session): Promise<void> {
  for (const name of [...publicTables, 'postlude_store', 'postlude_files']) {
    await session.run(`DROP TABLE IF EXISTS store.main.${identifier(name)}`);
  }
  for (const name of ['settled', 'settled_nameless', 'settled_outdone']) {
    await session.run(`DROP TABLE IF EXISTS store.log.${identifier(name)}`);
  }
}

const settledRecord = z.object({
  files: z.array(loadedFileSchema),
  issues: z.array(issueSchema),
  events: z.number(),
  duplicates: z.number(),
  lastEvent: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .nullable(),
});

/** What reading the attached store gave when the tables that it keeps were built. */
export async function settledIn(session: Session): Promise<Loaded | null> {
  const [row] = await session.rows(z.object({ record: z.string() }), 'SELECT record FROM store.log.settled');
  return row === undefined ? null : settledRecord.parse(JSON.parse(row.record));
}

/** Of what the attached store keeps tables: of all that it holds, or of a part; null where they are missing or stale. */
export async function tablesOf(session: Session, meta: Meta): Promise<'all' | 'part' | null> {
  if (!(await hasTable(session, 'main', 'postlude_store'))) return null;
  const [row] = await session.rows(
    z.object({ generation: z.bigint(), options: z.string() }),
    'SELECT generation, options::VARCHAR AS options FROM store.main.postlude_store',
  );
  if (row === undefined || Number(row.generation) !== meta.generation) return null;
  return row.options === '{}' ? 'all' : 'part';
}

/** Has a session read the kept tables under their own names, in the place of building them; of one range of accounts where it is given. */
export async function readTables(session: Session, range?: AccountRange): Promise<void> {
  await createMacros(session);
  const sides = new Set<string>(sideTables);
  const parted = range === undefined ? new Set<string>() : await tablesWithAccounts(session);
  const views = publicTables
    .filter((name) => !sides.has(name))
    .map((name) => {
      const which = range !== undefined && parted.has(name) ? ` WHERE ${inRange(range)}` : '';
      return `CREATE OR REPLACE VIEW ${identifier(name)} AS FROM store.main.${identifier(name)}${which};`;
    });
  await session.run(views.join('\n'));
}

async function tablesWithAccounts(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.rows(
    z.object({ table_name: z.string() }),
    `SELECT table_name FROM duckdb_columns()
    WHERE database_name = 'store' AND schema_name = 'main' AND column_name = 'account_id'`,
  );
  return new Set(rows.map(({ table_name }) => table_name));
}

const storeRow = z.object({
  events: z.bigint(),
  as_of: z.date().nullable(),
  issues: z.array(issueRow),
});

/**
 * Opens the tables of a store for questions, and locks the session at once: what a file of unknown origin holds reaches nothing else.
 * @throws UserError where they are damaged
 */
export async function openKeptTables(
  file: string,
  limits: Pick<SessionOptions, 'memoryLimit' | 'tempDir'>,
): Promise<{ readonly session: Session; readonly kept: KeptTables }> {
  const session = await openSession({
    ...limits,
    readOnlyFile: file,
    explain: (thrown) => asDamaged(file, thrown),
  });
  try {
    await session.lock();
    return { session, kept: await readKept(session) };
  } catch (thrown) {
    await session.close();
    if (thrown instanceof UserError) throw thrown;
    throw new UserError(`${file} is damaged: ${runtimeMessage(thrown)}; write it again from the exports`);
  }
}

async function readKept(session: Session): Promise<KeptTables> {
  const [row] = await session.rows(storeRow, 'SELECT events, as_of, issues FROM postlude_store');
  const accounts = await session.rows(
    z.object({ account_id: z.string() }),
    'SELECT DISTINCT account_id FROM coverage ORDER BY account_id',
  );
  return {
    events: Number(row?.events ?? 0n),
    asOf: row?.as_of ?? null,
    accounts: accounts.map(({ account_id }) => account_id),
    issues: (row?.issues ?? []).map(issueIn),
  };
}
