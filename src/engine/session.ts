// Before DuckDB.
import './allocator.ts';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { z } from 'zod';
import { isErrno, messageOf, UserError } from './errors.ts';
import { asFullTemp, fullTemp, isFullDisk } from './full-disk.ts';
import { defaultMemoryLimit } from './machine-memory.ts';
import { checkStopped, haltable, isStopped, temporaryPath } from './stop.ts';

export type Params = Readonly<Record<string, DuckDBValue>>;

/** One embedded DuckDB with its own spill folder, which goes when it is closed. */
export type Session = {
  /** Ask for it anew each time: where a query could not be stopped, another has taken its place. */
  readonly connection: DuckDBConnection;
  /** A folder of this session's own, for what does not fit into memory and for rewritten inputs. */
  readonly spillDir: string;
  /** Runs one or more statements and waits for them; parameters are for the last one. */
  run(sql: string, params?: Params): Promise<void>;
  /** The rows of one query, checked: BIGINT arrives as `bigint`, TIMESTAMPTZ as `Date`, LIST as array, STRUCT as object. */
  rows<Row>(schema: z.ZodType<Row>, sql: string, params?: Params): Promise<Row[]>;
  /** Another connection to the same tables, for queries while a stream is open on the first. It goes with the session. */
  connect(): Promise<DuckDBConnection>;
  /** The same session over another connection, for what is done beside. Temporary tables and variables are those of a connection. */
  beside(): Promise<Session>;
  /**
   * From here on SQL reaches no file, network or setting, on any connection; only below `folders` it may still read and
   * write. There is no way back. Errors of DuckDB are JSON from then on.
   */
  lock(folders?: readonly string[]): Promise<void>;
  /** Goes on with another connection to the same tables, as something runs on this one that cannot be stopped. */
  abandonConnection(): Promise<void>;
  /** Done before it is closed, such as ending what works for this session. */
  beforeClose(work: () => Promise<unknown>): void;
  close(): Promise<void>;
};

export type SessionOptions = {
  /** DuckDB's limit for its own buffers, such as `2GB`; by default what `defaultMemoryLimit` says. The process takes one or two gigabytes more. */
  readonly memoryLimit?: string;
  /** How much may be spilled to disk, such as `50GB`; nine tenths of what is free by default. */
  readonly spillLimit?: string;
  readonly threads?: number;
  /** Where the spill folder is made; the system's folder for temporary files by default. */
  readonly tempDir?: string;
  /** A DuckDB file to read instead of an empty database in memory; nothing in it can be changed. */
  readonly readOnlyFile?: string;
  /** Says what failed in other words, where it knows any; else it gives back what was thrown. */
  readonly explain?: (thrown: unknown) => unknown;
};

/** Throws a UserError where an option is not a size, the folder for temporary files cannot be written, or the file not be read. */
export async function openSession(options: SessionOptions = {}): Promise<Session> {
  checkStopped();
  const spillDir = makeSpillDir(options.tempDir ?? tmpdir());
  const keep = temporaryPath(spillDir);
  const removeSpillDir = async () => {
    await rm(spillDir, { recursive: true, force: true });
    keep();
  };
  try {
    return await openIn(spillDir, options, removeSpillDir);
  } catch (thrown) {
    await removeSpillDir();
    throw thrown;
  }
}

/** At once, so that no stop comes between the making of the folder and its being known. */
function makeSpillDir(tempDir: string): string {
  try {
    return mkdtempSync(join(tempDir, 'postlude-'));
  } catch (thrown) {
    if (isFullDisk(thrown)) throw new UserError(fullTemp(tempDir));
    if (!isErrno(thrown, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS')) throw thrown;
    throw new UserError(`Cannot write temporary files in ${tempDir}: ${messageOf(thrown)}. Name another folder.`);
  }
}

async function openIn(
  spillDir: string,
  options: SessionOptions,
  removeSpillDir: () => Promise<void>,
): Promise<Session> {
  const duckdbDir = join(spillDir, 'duckdb');
  const instance = await createInstance(duckdbDir, options);
  const connections = new Set<DuckDBConnection>();
  const abandoned = new Set<DuckDBConnection>();
  const closing: (() => Promise<unknown>)[] = [];
  const connect = async () => {
    const connection = await instance.connect();
    connections.add(connection);
    return connection;
  };
  let connection = await connect();
  // Zone-less text cast to TIMESTAMPTZ takes the session's zone; it must not depend on the machine.
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  const forget = haltable(() => Promise.all([...connections, ...abandoned].map(settle)));
  const failed = (thrown: unknown): never => {
    if (messageOf(thrown).includes(spillDir)) throw asFullTemp(spillDir, thrown);
    throw options.explain === undefined ? thrown : options.explain(thrown);
  };

  const session: Session = {
    // The connection can be another one later.
    get connection() {
      return connection;
    },
    run: (sql, params) => queriesOver(connection, failed).run(sql, params),
    rows: (schema, sql, params) => queriesOver(connection, failed).rows(schema, sql, params),
    spillDir,
    connect,
    async beside() {
      return { ...session, ...queriesOver(await connect(), failed) };
    },
    async lock(folders = []) {
      // Errors as JSON carry a byte position, which rule checks turn into FILE:LINE:COL; it cannot be set later.
      await connection.run('SET GLOBAL errors_as_json = true');
      await connection.run(`SET allowed_directories = [${[duckdbDir, ...folders].map(quoted).join(', ')}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
    },
    async abandonConnection() {
      connections.delete(connection);
      abandoned.add(connection);
      connection = await connect();
    },
    beforeClose(work) {
      closing.push(work);
    },
    async close() {
      for (const work of closing) await work();
      // Who was told to stop interrupts the connections to the very end, and a closed one takes no interrupt.
      if (isStopped()) return;
      for (const open of connections) {
        await settle(open);
        open.closeSync();
      }
      forget();
      // Closing would wait for what runs.
      if (abandoned.size === 0) instance.closeSync();
      await removeSpillDir();
    },
  };
  return session;
}

function queriesOver(
  connection: DuckDBConnection,
  failed: (thrown: unknown) => never,
): Pick<Session, 'connection' | 'run' | 'rows'> {
  return {
    connection,
    async run(sql, params) {
      checkStopped();
      await connection.run(sql, params).catch(failed);
    },
    async rows(schema, sql, params) {
      checkStopped();
      const reader = await connection.runAndReadAll(sql, params).catch(failed);
      return reader.getRowObjectsJS().map((row) => schema.parse(row));
    },
  };
}

/** Stops what runs on a connection. Closed under a running query, it would let the query run on and hold up the process. */
async function settle(connection: DuckDBConnection): Promise<void> {
  connection.interrupt();
  const again = setInterval(() => connection.interrupt(), 10);
  // Queries of one connection queue, so this one ends when there is nothing before it, or is itself interrupted.
  await connection.run('SELECT 1').catch(() => undefined);
  clearInterval(again);
}

async function createInstance(duckdbDir: string, options: SessionOptions): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(options.readOnlyFile ?? ':memory:', {
      ...(options.readOnlyFile === undefined ? {} : { access_mode: 'READ_ONLY' }),
      // Left to itself DuckDB takes as many, but loads a fifth slower (measured on two cores).
      threads: String(options.threads ?? availableParallelism()),
      memory_limit: options.memoryLimit ?? `${Math.floor(defaultMemoryLimit() / 1_000_000)}MB`,
      ...(options.spillLimit === undefined ? {} : { max_temp_directory_size: options.spillLimit }),
      temp_directory: duckdbDir,
      // Keeping the order of the files costs a quarter of the load, and the order in a file is not the order in time.
      preserve_insertion_order: 'false',
      // Otherwise a misspelt encoding or function makes DuckDB look for an extension on the network.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
  } catch (thrown) {
    const { readOnlyFile } = options;
    if (readOnlyFile !== undefined && /^(IO|Serialization|Catalog|Binder) Error/.test(messageOf(thrown))) {
      const isOther = messageOf(thrown).includes('not a valid DuckDB database file');
      throw new UserError(
        isOther ? `${readOnlyFile} is not a DuckDB file` : `cannot read ${readOnlyFile}: ${messageOf(thrown)}`,
      );
    }
    // It does not say which of them.
    const given = [
      options.memoryLimit === undefined ? '' : ` memory ${options.memoryLimit}`,
      options.spillLimit === undefined ? '' : ` spill ${options.spillLimit}`,
      options.threads === undefined ? '' : ` threads ${options.threads}`,
    ].filter((limit) => limit !== '');
    throw new UserError(`DuckDB cannot be started with these limits:${given.join(',')}. ${messageOf(thrown)}`);
  }
}

/** Text as an SQL string literal; DuckDB takes NUL for the end of the statement, wherever it stands. */
export function quoted(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts.join('') : `(${parts.join(' || chr(0) || ')})`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
