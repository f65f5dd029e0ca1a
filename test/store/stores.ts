/** What tests of stores share: a folder of their own, an audit without its durations, and the plain view of another client. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
import { UserError } from '../../src/engine/errors.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { loadIntoStore, type StoreLoaded, type StoreLoadOptions } from '../../src/store/load.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder for one test, with a store beside the exports. */
export type Bench = {
  readonly folder: string;
  readonly exports: string;
  readonly db: string;
  /** Writes exports, each below `exports`. */
  write(files: Files): Promise<void>;
  path(name: string): string;
  load(options?: Partial<StoreLoadOptions>): Promise<StoreLoaded>;
  fromFiles(options?: Partial<AuditOptions>): Promise<AuditResult>;
  fromStore(options?: Partial<AuditOptions>): Promise<AuditResult>;
};

/** Gives work a folder, and takes it away again. */
export async function withBench<Result>(work: (bench: Bench) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-store-'));
  const exports = join(folder, 'exports');
  const db = join(folder, 'events.duckdb');
  await mkdir(exports);
  try {
    return await work({
      folder,
      exports,
      db,
      path: (name) => join(exports, name),
      async write(files) {
        for (const [name, content] of Object.entries(files)) {
          await mkdir(dirname(join(exports, name)), { recursive: true });
          await writeFile(join(exports, name), content);
        }
      },
      load: (options = {}) => loadIntoStore(db, { paths: [exports], ...options }),
      fromFiles: (options = {}) => audit({ paths: [exports], ...options }),
      fromStore: (options = {}) => audit({ paths: [], db, ...options }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All that an audit says, but for how long it took. */
export function told({ run, rules, ...result }: AuditResult) {
  const { durationMs: _run, timing: _timing, ...about } = run;
  return { ...result, run: about, rules: rules.map(({ durationMs: _rule, ...rule }) => rule) };
}

/** Issues stand in the order of loads, so after several loads only which there are is the same. */
export function toldInAnyOrder(result: AuditResult) {
  const { issues, ...rest } = told(result);
  return {
    ...rest,
    issues: issues.map(({ severity, file, line, message }) => JSON.stringify({ severity, file, line, message })).sort(),
  };
}

/** Findings without the lines of their evidence, which are known only while a file is as it was. */
export function withoutLines(result: AuditResult) {
  return result.findings.map((finding) => ({
    ...finding,
    evidence: finding.evidence.map(({ line: _line, ...rest }) => rest),
  }));
}

/** As any other client reads a file, which knows nothing of postlude. */
export async function ask(file: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

export async function change(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** What a refused call says. Anything but a known error is none. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (thrown instanceof UserError) return thrown.message;
  throw new Error(`it should be refused with a UserError, not ${String(thrown)}`);
}

/** Enough to tell whether a file was written to. */
export async function stateOfFile(file: string): Promise<string> {
  const [info, bytes] = [await stat(file, { bigint: true }), await readFile(file)];
  return `${info.mtimeNs} ${info.size} ${bytes.toString('base64')}`;
}
