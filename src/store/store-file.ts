import { rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, UserError } from '../engine/errors.ts';
import { isFullDisk } from '../engine/full-disk.ts';
import { identifier, openSession, quoted, type Session, type SessionOptions } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { temporaryPath } from '../engine/stop.ts';
import { tool } from '../engine/tool.ts';
import { sideTables } from '../ingest/entry.ts';
import { createTables } from '../ingest/load.ts';
import { createWhole, replaceWhole } from '../report/target.ts';

/*
 * An event store is one DuckDB file: what was read from exports (schema `log`, layout.sql), and, where somebody wants them kept, the
 * tables that rules read (schema `main`, tables.ts). Not a folder of Parquet: that is half the size, but a load has to take entries
 * away again (of two contents of a log id one wins, whenever the other came), and to leave the store as it was where it is cut off.
 * DuckDB's transactions do both, and reading is as fast (figures in test/bench/RESULTS.md).
 */

/** Goes up with every change of tables, columns or their meaning, as a file of another layout would be misread. */
export const layout = 7;

const logTables = [
  'files',
  'known_paths',
  'file_accounts',
  'line_indexes',
  'pages',
  'issues',
  'rejects',
  'conflicts',
  'event_log',
  'nameless_log',
];

/**
 * From this version on DuckDB has a compression for texts (DICT_FSST) with which kept tables take a sixth less and are read in two thirds of
 * the time; left to itself it writes what version 0.10 can read.
 */
const storageVersion = 'v1.3.0';

/** How a file becomes a store, for messages. */
const howTo = 'write one with postlude load PATH… --db FILE';

export type Meta = {
  readonly keepsBody: boolean;
  /** Names what is in the store: two that have the same hold the same. */
  readonly generation: number;
  /** False where a load was cut off, so that only some of its files are in: which they are not stands in `log.missing` (missing.ts). */
  readonly isWhole: boolean;
};

const metaRow = z.object({
  version: z.number(),
  postlude: z.string(),
  duckdb: z.string(),
  keeps_body: z.boolean(),
  generation: z.bigint(),
  is_whole: z.boolean(),
});

/**
 * Opens a session with a store attached as `store`, for reading, or for changing it where it is there.
 * @throws UserError where the file is no store of this version, or somebody else holds it
 */
export async function openWithStore(
  file: string,
  access: 'read' | 'change',
  limits: Pick<SessionOptions, 'memoryLimit' | 'tempDir'>,
): Promise<{ readonly session: Session; readonly meta: Meta }> {
  await checkFile(file);
  const session = await openSession({ ...limits, explain: (thrown) => asDamaged(file, thrown) });
  try {
    await attach(session, file, access);
    return { session, meta: await readMeta(session, file) };
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

/**
 * Has a store made under a temporary name, which takes the place of a file once it is whole.
 * @throws UserError where it cannot be written
 */
export async function replaceStore(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await replaceWhole(file, (temporary) => writeStore(file, temporary, write));
}

/**
 * Makes an empty store where there is none. Under another name until it is one: a file without the tables of a store would be taken for
 * somebody else's.
 * @returns false where another process has made one meanwhile
 * @throws UserError where it cannot be written
 */
export async function makeStore(file: string, keepsBody: boolean): Promise<boolean> {
  return createWhole(file, (temporary) => writeStore(file, temporary, (path) => createStore(path, keepsBody)));
}

async function writeStore(file: string, temporary: string, write: (temporary: string) => Promise<void>): Promise<void> {
  // Where DuckDB keeps what it could not bring into the file.
  const log = `${temporary}.wal`;
  const forget = temporaryPath(log);
  try {
    await write(temporary);
    // DuckDB closes a file without a word where there was no room to bring all into it: what is left beside it would be lost.
    if ((await stat(log).catch(() => null)) !== null) {
      throw new UserError(`cannot write ${file}: no space left there; make room, or name another file with --db`);
    }
  } catch (thrown) {
    await rm(log, { force: true });
    throw cannotWrite(file, thrown, 'name another file with --db');
  } finally {
    forget();
  }
}

/** What DuckDB says where the bytes of a store are no longer what it wrote. */
export function asDamaged(file: string, thrown: unknown): unknown {
  if (thrown instanceof UserError || !messageOf(thrown).includes('Corrupt database file')) return thrown;
  return new UserError(`${file} is damaged: ${messageOf(thrown)}; write it again from the exports`);
}

/** What DuckDB says where a store cannot grow, as what a user can do something about. */
export function cannotWrite(file: string, thrown: unknown, way: string): unknown {
  if (thrown instanceof UserError) return thrown;
  if (isFullDisk(thrown)) return new UserError(`cannot write ${file}: no space left there; make room, or ${way}`);
  return /\bIO Error\b/.test(messageOf(thrown)) ? new UserError(`cannot write ${file}: ${messageOf(thrown)}`) : thrown;
}

/** Makes an empty store in a new file, which nobody else may have made meanwhile. It is not whole before a load into it has come to its end. */
export async function createStore(file: string, keepsBody: boolean): Promise<void> {
  const session = await openSession();
  try {
    await createTables(session, false);
    await session.run(`ATTACH ${quoted(file)} AS store (STORAGE_VERSION '${storageVersion}')`);
    await session.run('BEGIN');
    await session.run(await sqlFile(import.meta.url, './layout.sql'));
    for (const table of sideTables) {
      await session.run(`CREATE TABLE store.log.${identifier(table)} AS FROM ${identifier(table)} LIMIT 0`);
    }
    await session.run(
      `INSERT INTO store.log.meta VALUES (${layout}, ${quoted(tool().version)}, version(), ${keepsBody}, 0, false)`,
    );
    await session.run('COMMIT');
    await session.run('DETACH store');
  } finally {
    await session.close();
  }
}

/**
 * Whether a file may be replaced by a store: there is none, or it is one.
 * @throws UserError where it is somebody else's
 */
export async function checkReplaceable(file: string): Promise<void> {
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
  const session = await openSession();
  try {
    await attach(session, file, 'read');
    return (await hasMeta(session)) || (await hasTables(session))
      ? null
      : `${file} is a DuckDB file, but not one that postlude wrote`;
  } catch (thrown) {
    if (thrown instanceof UserError) return messageOf(thrown);
    throw thrown;
  } finally {
    await session.close();
  }
}

async function checkFile(file: string): Promise<void> {
  const info = await stat(file).catch(() => null);
  if (info === null) throw new UserError(`there is no file ${file}; ${howTo}`);
  if (!info.isFile()) throw new UserError(`${file} is no ordinary file; ${howTo}`);
}

async function attach(session: Session, file: string, access: 'read' | 'change'): Promise<void> {
  try {
    await session.run(`ATTACH ${quoted(file)} AS store${access === 'read' ? ' (READ_ONLY)' : ''}`);
  } catch (thrown) {
    const message = messageOf(thrown);
    if (message.includes('not a valid DuckDB database file')) throw new UserError(`${file} is not a DuckDB file`);
    if (/Could not set lock|Conflicting lock/.test(message)) {
      const who = access === 'read' ? 'changing' : 'using';
      throw new UserError(`${file} cannot be opened: another process is ${who} it; try again when it is done`);
    }
    if (/^(IO|Serialization|Catalog|Binder|Invalid Input) Error/.test(message)) {
      throw new UserError(`cannot read ${file}: ${message}`);
    }
    throw thrown;
  }
}

async function readMeta(session: Session, file: string): Promise<Meta> {
  if (!(await hasMeta(session))) {
    const older = await hasTables(session);
    throw new UserError(
      older
        ? `${file} was written by an older postlude, in another layout: write it again from the exports`
        : `${file} is a DuckDB file, but not one that postlude wrote; ${howTo}`,
    );
  }
  const [head] = await session.rows(
    z.object({ version: z.number(), postlude: z.string() }),
    'SELECT version, postlude FROM store.log.meta',
  );
  if (head === undefined) throw new UserError(`${file} is damaged; write it again from the exports`);
  if (head.version !== layout) {
    throw new UserError(
      `${file} was written by postlude ${head.postlude}, in layout ${head.version}; this is ${tool().version}, with layout ${layout}: write it again from the exports`,
    );
  }
  const [meta] = await session.rows(metaRow, 'FROM store.log.meta');
  if (meta === undefined) throw new UserError(`${file} is damaged; write it again from the exports`);
  const lacking = await missingTables(session);
  if (lacking.length > 0) {
    throw new UserError(
      `${file} is damaged: it has no table ${lacking.map((name) => `log.${name}`).join(', ')}; write it again from the exports`,
    );
  }
  const [engine] = await session.rows(z.object({ version: z.string() }), 'SELECT version() AS version');
  if (meta.duckdb !== engine?.version) {
    // Texts and ids are compared by DuckDB's hashes, which are those of one version.
    throw new UserError(
      `${file} was written with DuckDB ${meta.duckdb}; this is ${engine?.version ?? 'another one'}, whose hashes can differ: write it again from the exports`,
    );
  }
  return { keepsBody: meta.keeps_body, generation: Number(meta.generation), isWhole: meta.is_whole };
}

/** Of those that every store has (layout.sql). */
async function missingTables(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ table_name: z.string() }),
    "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' AND schema_name = 'log'",
  );
  const there = new Set(rows.map(({ table_name }) => table_name));
  return [...logTables, ...sideTables].filter((name) => !there.has(name));
}

function hasMeta(session: Session): Promise<boolean> {
  return hasTable(session, 'log', 'meta');
}

function hasTables(session: Session): Promise<boolean> {
  return hasTable(session, 'main', 'postlude_store');
}

export async function hasTable(session: Session, schema: string, table: string): Promise<boolean> {
  const rows = await session.rows(
    z.object({ table_name: z.string() }),
    `SELECT table_name FROM duckdb_tables()
    WHERE database_name = 'store' AND schema_name = ${quoted(schema)} AND table_name = ${quoted(table)}`,
  );
  return rows.length > 0;
}
