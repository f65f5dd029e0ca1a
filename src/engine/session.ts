import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { z } from 'zod';

export type Params = Readonly<Record<string, DuckDBValue>>;

/** One embedded DuckDB with its own spill folder, which goes when it is closed. */
export type Session = {
  readonly connection: DuckDBConnection;
  /** A folder of this session's own, for what does not fit into memory and for rewritten inputs. */
  readonly spillDir: string;
  /** Runs one or more statements and waits for them; parameters only with one statement. */
  run(sql: string, params?: Params): Promise<void>;
  /** The rows of one query, checked: BIGINT arrives as `bigint`, TIMESTAMPTZ as `Date`, LIST as array, STRUCT as object. */
  rows<Row>(schema: z.ZodType<Row>, sql: string, params?: Params): Promise<Row[]>;
  /** From here on SQL reaches no file, network or setting. There is no way back. */
  lock(): Promise<void>;
  close(): Promise<void>;
};

export type SessionOptions = {
  /** DuckDB's limit for its own buffers, such as `2GB`. The process takes about 1.5 times as much. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Where the spill folder is made; the system's folder for temporary files by default. */
  readonly tempDir?: string;
};

export async function openSession(options: SessionOptions = {}): Promise<Session> {
  const spillDir = await mkdtemp(join(options.tempDir ?? tmpdir(), 'postlude-'));
  const instance = await DuckDBInstance.create(':memory:', {
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    temp_directory: join(spillDir, 'duckdb'),
    // Keeping the order of the files costs a quarter of the load, and the order in a file is not the order in time.
    preserve_insertion_order: 'false',
    // Otherwise a misspelt encoding or function makes DuckDB look for an extension on the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  // Zone-less text cast to TIMESTAMPTZ takes the session's zone; it must not depend on the machine.
  await connection.run("SET TimeZone = 'UTC'");

  return {
    connection,
    spillDir,
    async run(sql, params) {
      await connection.run(sql, params);
    },
    async rows(schema, sql, params) {
      const reader = await connection.runAndReadAll(sql, params);
      return reader.getRowObjectsJS().map((row) => schema.parse(row));
    },
    async lock() {
      // Errors as JSON carry a byte position, which rule checks turn into FILE:LINE:COL; it cannot be set later.
      await connection.run('SET errors_as_json = true');
      await connection.run(`SET allowed_directories = [${quoted(join(spillDir, 'duckdb'))}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(spillDir, { recursive: true, force: true });
    },
  };
}

/** Text as an SQL string literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
