import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Issue } from '../engine/issue.ts';
import { type Progress, reached, silent } from '../engine/progress.ts';
import { identifier, quoted, type Session } from '../engine/session.ts';
import { sqlFile, withoutComments } from '../engine/sql-file.ts';
import { didYouMean } from '../engine/suggest.ts';
import { type KeptEntries, resolveAccounts, unknownAccount } from './accounts.ts';
import { sideTables } from './entry.ts';
import { changeOf, type FileState, stateOf } from './file-state.ts';
import { findInputs, type InputFile } from './inputs.ts';
import { type FilePage, incompleteLists } from './pages.ts';
import { readAlong, stayInMemory } from './read-along.ts';
import { readCarefully } from './read-carefully.ts';
import { readDirectly } from './read-directly.ts';
import { recogniseEntry } from './shapes/index.ts';
import { isInShard, type Shard } from './shard.ts';
import { emptyFile, type Sniffed, sniff } from './sniff.ts';
import { unusableIssue } from './unusable.ts';
import { isUsualSpelling, isUsualThroughout } from './usual-spelling.ts';

export type LoadOptions = {
  /** Files, folders, globs, `-` for standard input. */
  readonly paths: readonly string[];
  /** Zone for times that carry none; UTC by default. */
  readonly timezone?: string;
  readonly assumedAccount?: string;
  /** Only accounts that match this glob are kept. */
  readonly account?: string;
  /** Only accounts of this share are kept; files, duplicates and the end of the export are those of all accounts nevertheless. */
  readonly shard?: Shard;
  /** Only entries from this time on … */
  readonly from?: Date;
  /** … and up to this one are kept. */
  readonly to?: Date;
  /** As `to`, and the end of the export for every account. */
  readonly asOf?: Date;
  /** Keep payloads: somebody uses `events.body`. */
  readonly keepBody?: boolean;
  /** Keep what communications say (as a hash) and to whom; true by default. */
  readonly keepSaid?: boolean;
  /** False: the side tables need no comments, which nobody is going to read. */
  readonly comments?: boolean;
  readonly stdin?: NodeJS.ReadableStream;
  readonly progress?: Progress;
};

export type ReadOptions = Pick<LoadOptions, 'timezone' | 'keepBody' | 'keepSaid' | 'progress'> & {
  /** Ids of files count on from here. */
  readonly filesBefore?: number;
};

export type SettleOptions = Pick<
  LoadOptions,
  'assumedAccount' | 'account' | 'shard' | 'from' | 'to' | 'asOf' | 'progress'
> & {
  /** What is known of entries that were read earlier and kept. */
  readonly kept?: Kept;
};

type Kept = {
  readonly entries: KeptEntries;
  /** How many entries were read of each file, by its id. */
  readonly entriesOf: ReadonlyMap<number, number>;
  /** Of entries without an account, whose place in `event_log` is settled with this, once they have one. */
  readonly settle: () => Promise<{ readonly conflicts: number }>;
};

/** One input that was read: loaded `rows` + `duplicates` + `rejected` are its entries. */
export type LoadedFile = {
  readonly path: string;
  readonly format: string;
  readonly rows: number;
  readonly rejected: number;
  readonly duplicates: number;
  /** Its only account; `null` where it holds several or none. */
  readonly account: string | null;
};

export type Loaded = {
  readonly files: readonly LoadedFile[];
  readonly issues: readonly Issue[];
  readonly events: number;
  readonly duplicates: number;
  /** The last event of all accounts, those of other shares among them; null where there is none. */
  readonly lastEvent: Date | null;
};

/** Inputs that were read into `event_log`, the side tables and `rejects`, with whatever account each entry names itself. */
export type ReadExports = {
  readonly files: readonly ReadFile[];
  /** The ids of all files that were looked into, those of no known shape as well, by `readPath`. */
  readonly fileIds: ReadonlyMap<string, number>;
  readonly issues: readonly Issue[];
  /** By `readPath`: they are no longer as they were when they began to be read, which an issue tells. */
  readonly changed: ReadonlySet<string>;
  /** List pages that name a neighbour. */
  readonly pages: readonly FilePage[];
  /** How many files hold something that is no export. */
  readonly strange: number;
};

export type ReadFile = {
  readonly fileId: number;
  readonly path: string;
  /** Absolute, as it is read. */
  readonly readPath: string;
  readonly format: string;
};

type Recognised = {
  readonly fileId: number;
  readonly file: InputFile;
  readonly sniffed: Exclude<Sniffed, { unrecognised: string }>;
  /** DuckDB reads it itself. */
  readonly isDirect: boolean;
};

/**
 * Reads every input into `event_log`, the side tables and `rejects`, each entry once and with an account.
 * Known trouble with an input is an issue; the rest is loaded.
 */
export async function loadExports(session: Session, options: LoadOptions): Promise<Loaded> {
  const progress = options.progress ?? silent;
  progress.phase('loading', options.paths.includes('-') ? 'reading standard input' : 'looking for files');
  await createTables(session, options.comments ?? true);
  const found = await findInputs(options.paths, {
    spillDir: session.spillDir,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
  });
  const read = await readExports(session, found.inputs, options);
  const issues = [...found.issues, ...read.issues];
  // Of a folder each file that is none is no more than passed over; where all of them are, it is the wrong folder.
  if (read.files.length === 0 && read.strange > 0 && !issues.some(({ severity }) => severity === 'error')) {
    issues.push({ severity: 'error', message: 'No file is an export that postlude knows: check the path.' });
  }
  return settleExports(session, { ...read, issues }, options);
}

/** Makes the empty tables that exports are read into. */
export async function createTables(session: Session, comments: boolean): Promise<void> {
  for (const file of ['./macros.sql', './event-log.sql', './side-tables.sql']) {
    await (comments ? session : withoutComments(session)).run(await sqlFile(import.meta.url, file));
  }
}

/** Reads files into the tables as they are: entries more than once, and without an account where they name none. */
export async function readExports(
  session: Session,
  inputs: readonly InputFile[],
  options: ReadOptions,
): Promise<ReadExports> {
  const progress = options.progress ?? silent;
  const issues: Issue[] = [];

  const recognised: Recognised[] = [];
  const passedOver: { readonly file: InputFile; readonly reason: string }[] = [];
  const looked = await lookInto(inputs);
  for (const { file, sniffed, isDirect } of looked) {
    if ('unrecognised' in sniffed) {
      if (sniffed.unread === true) issues.push(unusableIssue(file, sniffed));
      else passedOver.push({ file, reason: sniffed.unrecognised });
    } else recognised.push({ fileId: (options.filesBefore ?? 0) + recognised.length + 1, file, sniffed, isDirect });
  }
  progress.phase('loading', recognised.length === 1 ? 'loading 1 file' : `loading ${recognised.length} files`);
  if (recognised.length > 0) {
    await session.run(
      `INSERT INTO input_files VALUES ${recognised
        .map(
          ({ fileId, file, isDirect }) =>
            `(${fileId}, ${quoted(file.path)}, ${quoted(file.readPath)}, ${isDirect}, 'debugger-log')`,
        )
        .join(', ')}`,
    );
  }
  const direct = recognised.filter(({ isDirect }) => isDirect);
  const sizes = await sizesOf(recognised);
  const sizeOf = (some: readonly Recognised[]) => some.reduce((sum, { fileId }) => sum + (sizes.get(fileId) ?? 0), 0);
  const tellBytes = (done: number, of: number) => reached(progress, { done: Math.min(done, of), of, unit: 'byte' });
  const doubtful = new Set(
    (
      await readAlong(
        session,
        stayInMemory(sizeOf(direct)) ? [] : direct.map(({ file }) => file),
        (bytes) => tellBytes(bytes, sizeOf(direct)),
        () =>
          readDirectly(
            session,
            direct.map(({ fileId, file }) => ({ fileId, path: file.path, readPath: file.readPath })),
            { keepBody: options.keepBody ?? false, keepSaid: options.keepSaid ?? true },
          ),
      )
    ).map((file) => file.fileId),
  );
  const careful = recognised.filter(({ fileId, isDirect }) => !isDirect || doubtful.has(fileId));
  // Another pace, and files that DuckDB gave back are read again from their beginning.
  if (direct.length > 0 && careful.length > 0) {
    progress.phase('loading', `reading ${careful.length === 1 ? '1 file' : `${careful.length} files`} line by line`);
  }
  let bytes = 0;
  const read = await readCarefully(session, careful, {
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    keepBody: options.keepBody ?? false,
    keepSaid: options.keepSaid ?? true,
    bytes(more) {
      bytes += more;
      tellBytes(bytes, sizeOf(careful));
    },
  });
  issues.push(...read.issues);
  for (const { file, reason } of read.unrecognised) passedOver.push({ file, reason });
  for (const { file, reason } of passedOver) issues.push(unusableIssue(file, { unrecognised: reason }));
  const changed = new Set<string>();
  for (const {
    file: { path, readPath },
    state: before,
  } of looked) {
    const change = changeOf(path, before, await stateOf(readPath));
    if (change === null) continue;
    changed.add(readPath);
    issues.push(change);
  }
  const unrecognisedIds = new Set(read.unrecognised.map(({ fileId }) => fileId));
  return {
    files: recognised
      .filter(({ fileId }) => !unrecognisedIds.has(fileId))
      .map(({ fileId, file }) => ({
        fileId,
        path: file.path,
        readPath: file.readPath,
        format: read.formats.get(fileId) ?? 'debugger-log',
      })),
    fileIds: new Map(recognised.map(({ fileId, file }) => [file.readPath, fileId])),
    issues,
    changed,
    pages: read.pages,
    strange: passedOver.filter(({ reason }) => !reason.startsWith(emptyFile)).length,
  };
}

type Looked = {
  readonly file: InputFile;
  readonly state: FileState | null;
  readonly sniffed: Sniffed;
  readonly isDirect: boolean;
};

/** Looks into files, in their order. Two at a time: while one is read from the disk, what the other holds is told apart. */
async function lookInto(inputs: readonly InputFile[]): Promise<readonly Looked[]> {
  const looked = new Map<InputFile, Looked>();
  // Both take from the one iterator.
  const left = inputs.values();
  const lane = async () => {
    for (const file of left) {
      const state = await stateOf(file.readPath);
      const sniffed = await sniff(file.readPath);
      looked.set(file, { file, state, sniffed, isDirect: isDirect(file, sniffed, state) });
    }
  };
  await Promise.all([lane(), lane()]);
  return inputs.flatMap((file) => looked.get(file) ?? []);
}

/**
 * Gives each entry that was read an account, takes away what is there twice and what is not wanted, and counts what is left.
 */
export async function settleExports(
  session: Session,
  read: Pick<ReadExports, 'files' | 'issues' | 'pages'>,
  options: SettleOptions,
): Promise<Loaded> {
  const progress = options.progress ?? silent;
  const issues: Issue[] = [...read.issues];
  progress.phase('accounts and duplicates', 'matching accounts and duplicates');
  const { kept } = options;
  const withoutAccount = await resolveAccounts(session, options.assumedAccount, kept?.entries);
  if (withoutAccount > 0) {
    issues.push({
      severity: 'notice',
      message: `${counted(withoutAccount, 'entry', 'entries')} without any account: shown as \`${unknownAccount}\`; name it with --assume-account.`,
    });
  }
  const ofLog =
    kept === undefined
      ? { ...(await removeDuplicateEntries(session)), entriesOf: null }
      : { ...(await kept.settle()), entriesOf: kept.entriesOf };
  const ofSides = await removeDuplicateRecords(session);
  const conflicts = ofLog.conflicts;
  if (conflicts > 0) {
    issues.push({
      severity: 'notice',
      message: `${counted(conflicts, 'log id stands', 'log ids stand')} in the input with different contents; one of them is used, the same whatever the order of files.`,
    });
  }
  const rowsOf = await countRows(session);
  const duplicatesOf = ofLog.entriesOf === null ? plus(ofLog.duplicatesOf, ofSides) : minus(ofLog.entriesOf, rowsOf);
  const cropper = logCropper(session, kept !== undefined);
  issues.push(...(await crop(session, options, cropper)));
  const accountsOf = await accountsOfFiles(session);
  const incomplete = incompleteLists(read.pages, accountsOf);
  issues.push(...incomplete.issues);
  for (const fileId of incomplete.fileIds) await session.run(`INSERT INTO incomplete_files VALUES (${fileId})`);
  const rejectedOf = await countBy(session, 'SELECT file_id, count(*) AS rows FROM rejects GROUP BY file_id');

  const lastEvent = await timeOfLastEvent(session);
  if (options.shard !== undefined) await keepShard(session, options.shard, cropper);
  const [total] = await session.rows(z.object({ rows: z.bigint() }), 'SELECT count(*) AS rows FROM event_log');
  const files = read.files.map(({ fileId, path, format }) => ({
    path,
    format,
    rows: rowsOf.get(fileId) ?? 0,
    rejected: rejectedOf.get(fileId) ?? 0,
    duplicates: duplicatesOf.get(fileId) ?? 0,
    account: accountsOf.get(fileId) ?? null,
  }));
  return {
    files,
    issues,
    events: Number(total?.rows ?? 0n),
    duplicates: [...duplicatesOf.values()].reduce((sum, rows) => sum + rows, 0),
    lastEvent,
  };
}

/** In bytes, by the id of the file. One that is gone meanwhile has none; whoever reads it says so. */
async function sizesOf(recognised: readonly Recognised[]): Promise<ReadonlyMap<number, number>> {
  const sizes = new Map<number, number>();
  for (const { fileId, file } of recognised) {
    const info = await stat(file.readPath).catch(() => null);
    sizes.set(fileId, info?.size ?? 0);
  }
  return sizes;
}

/** Whether DuckDB can read the file itself: plain UTF-8 NDJSON of Debugger entries as they are usually spelled. */
function isDirect(file: InputFile, sniffed: Sniffed, state: FileState | null): boolean {
  if ('unrecognised' in sniffed) return false;
  const [first] = sniffed.head;
  return (
    sniffed.container === 'ndjson' &&
    sniffed.compression === 'none' &&
    sniffed.encoding === 'utf-8' &&
    first !== undefined &&
    recogniseEntry(first)?.name === 'debugger-log' &&
    sniffed.head.every(({ fields }) => isUsualSpelling(fields)) &&
    isUsualThroughout(file.readPath, state?.bytes ?? 0)
  );
}

/**
 * The same entry twice in a table is one. What was repeated stays in the table `repeated` until it is dropped: `place` 1 is the row that was left,
 * `is_conflict` says that another content has the same log id.
 */
export async function removeRepeatedEntries(session: Session, log = 'event_log'): Promise<void> {
  await session.run((await sqlFile(import.meta.url, './duplicates.sql')).replaceAll('{{log}}', log));
}

/** By the id of a file. */
type Counts = ReadonlyMap<number, number>;

function minus(all: Counts, some: Counts): Counts {
  return new Map([...all].map(([id, rows]) => [id, rows - (some.get(id) ?? 0)]));
}

function plus(one: Counts, other: Counts): Counts {
  return new Map([...one, ...other].map(([id]) => [id, (one.get(id) ?? 0) + (other.get(id) ?? 0)]));
}

async function removeDuplicateEntries(
  session: Session,
): Promise<{ readonly duplicatesOf: Counts; readonly conflicts: number }> {
  await removeRepeatedEntries(session);
  const duplicatesOf = await countBy(
    session,
    'SELECT file_id, count(*) AS rows FROM repeated WHERE place > 1 GROUP BY file_id',
  );
  const [conflicts] = await session.rows(
    z.object({ ids: z.bigint() }),
    'SELECT count(DISTINCT (account_id, log_id)) AS ids FROM repeated WHERE is_conflict',
  );
  await session.run('DROP TABLE repeated');
  return { duplicatesOf, conflicts: Number(conflicts?.ids ?? 0n) };
}

async function removeDuplicateRecords(session: Session): Promise<Counts> {
  const duplicatesOf = new Map<number, number>();
  for (const table of sideTables) {
    for (const [fileId, rows] of await removeRepeatedRows(session, table)) {
      duplicatesOf.set(fileId, (duplicatesOf.get(fileId) ?? 0) + rows);
    }
  }
  return duplicatesOf;
}

/** Which rows of a table are records of their own: one record can be taken apart into rows of several tables. */
function isRecord(table: string): string {
  if (table === 'channel_settings' || table === 'capture_rules' || table === 'intelligence_rules') return 'false';
  return table === 'participant_snapshots' ? 'NOT embedded' : 'true';
}

/** The same record in two files, or twice in one, is one record. Returns how many were taken away, by file. */
async function removeRepeatedRows(session: Session, table: string): Promise<ReadonlyMap<number, number>> {
  const name = identifier(table);
  const [any] = await session.rows(z.object({ rows: z.bigint() }), `SELECT count(*) AS rows FROM ${name}`);
  if (any === undefined || any.rows < 2n) return new Map();
  const content = (await contentColumns(session, table)).map(identifier).join(', ');
  await session.run(`
    CREATE OR REPLACE TEMP TABLE repeated_rows AS
    SELECT rowid AS row, file_id, ${isRecord(table)} AS is_record
    FROM ${name}
    QUALIFY row_number() OVER (PARTITION BY ${content} ORDER BY file_id, line) > 1`);
  await session.run(`DELETE FROM ${name} WHERE rowid IN (SELECT row FROM repeated_rows)`);
  return countBy(session, 'SELECT file_id, count(*) AS rows FROM repeated_rows WHERE is_record GROUP BY file_id');
}

async function contentColumns(session: Session, table: string): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ column_name: z.string() }),
    `SELECT column_name FROM duckdb_columns()
    WHERE database_name = current_database() AND table_name = ${quoted(table)} AND column_name NOT IN ('file_id', 'line', 'embedded')`,
  );
  return rows.map((row) => row.column_name);
}

/** Records that were loaded, by the id of their file. */
export async function countRows(session: Session): Promise<ReadonlyMap<number, number>> {
  const parts = ['event_log', ...sideTables].map(
    (table) => `SELECT file_id, count(*) AS rows FROM ${identifier(table)} WHERE ${isRecord(table)} GROUP BY file_id`,
  );
  return countBy(
    session,
    `SELECT file_id, sum(rows)::BIGINT AS rows FROM (${parts.join(' UNION ALL ')}) GROUP BY file_id`,
  );
}

/** Takes away what lies outside the wanted times and accounts; it was read all the same. */
async function crop(session: Session, options: SettleOptions, { leaveOut }: Cropper): Promise<readonly Issue[]> {
  const issues: Issue[] = [];
  const outside = async (condition: string, what: string) => {
    const [row] = await session.rows(
      z.object({ rows: z.bigint() }),
      `SELECT count(*) AS rows FROM event_log WHERE ${condition}`,
    );
    const rows = Number(row?.rows ?? 0n);
    if (rows === 0) return;
    await leaveOut(condition);
    issues.push({ severity: 'info', message: `${counted(rows, 'entry', 'entries')} ${what} left out.` });
  };
  const time = (date: Date) => `TIMESTAMPTZ ${quoted(date.toISOString())}`;
  if (options.from !== undefined)
    await outside(`event_time < ${time(options.from)}`, `before --from ${options.from.toISOString()}`);
  if (options.to !== undefined)
    await outside(`event_time > ${time(options.to)}`, `after --to ${options.to.toISOString()}`);
  if (options.asOf !== undefined)
    await outside(`event_time > ${time(options.asOf)}`, `after --as-of ${options.asOf.toISOString()}`);
  if (options.account !== undefined) {
    const other = `NOT (account_id GLOB ${quoted(options.account)})`;
    const there = await accountsIn(session);
    await outside(other, `outside --account ${options.account}`);
    for (const table of sideTables) await session.run(`DELETE FROM ${identifier(table)} WHERE ${other}`);
    if (there.length > 0 && (await accountsIn(session)).length === 0) {
      issues.push({ severity: 'notice', message: noSuchAccount(options.account, there) });
    }
  }
  return issues;
}

const namedAccounts = 3;

/** @param there accounts, sorted */
function noSuchAccount(glob: string, there: readonly string[]): string {
  const named = there.slice(0, namedAccounts).join(', ');
  const more = there.length > namedAccounts ? ` and ${(there.length - namedAccounts).toLocaleString('en')} more` : '';
  return `No account fits --account ${glob}${didYouMean(glob, there) || '.'} There ${there.length === 1 ? 'is' : 'are'} ${named}${more}.`;
}

/** Of log and records, sorted. */
async function accountsIn(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ account_id: z.string() }),
    `${['event_log', ...sideTables].map((table) => `SELECT DISTINCT account_id FROM ${identifier(table)}`).join(' UNION ')} ORDER BY account_id`,
  );
  return rows.map(({ account_id }) => account_id);
}

type Cropper = { leaveOut(condition: string): Promise<void> };

/** Takes entries away: from the table, or, where the log is kept in a file that must not change, from the view over it. */
function logCropper(session: Session, isView: boolean): Cropper {
  const left: string[] = [];
  return {
    async leaveOut(condition: string): Promise<void> {
      if (!isView) return session.run(`DELETE FROM event_log WHERE ${condition}`);
      left.push(`(${condition}) IS NOT TRUE`);
      return session.run(`CREATE OR REPLACE VIEW whole_log AS FROM stored_log WHERE ${left.join(' AND ')}`);
    },
  };
}

async function timeOfLastEvent(session: Session): Promise<Date | null> {
  const [last] = await session.rows(
    z.object({ event_time: z.date().nullable() }),
    'SELECT max(event_time) AS event_time FROM event_log',
  );
  return last?.event_time ?? null;
}

/** Takes away the accounts of other shares, without a word: whoever looks at those tells of them. */
async function keepShard(session: Session, shard: Shard, { leaveOut }: Cropper): Promise<void> {
  const others = (await accountsIn(session)).filter((account) => !isInShard(account, shard));
  if (others.length === 0) return;
  await session.run('CREATE OR REPLACE TABLE other_shards AS SELECT unnest($accounts::JSON::VARCHAR[]) AS account_id', {
    accounts: JSON.stringify(others),
  });
  const other = 'account_id IN (SELECT account_id FROM other_shards)';
  await leaveOut(other);
  for (const table of sideTables) await session.run(`DELETE FROM ${identifier(table)} WHERE ${other}`);
}

async function accountsOfFiles(session: Session): Promise<ReadonlyMap<number, string>> {
  const rows = await session.rows(
    z.object({ file_id: z.number(), account_id: z.string() }),
    `SELECT file_id, min(account_id) AS account_id
    FROM (${['event_log', ...sideTables].map((table) => `SELECT DISTINCT file_id, account_id FROM ${identifier(table)}`).join(' UNION ')})
    GROUP BY file_id HAVING count(*) = 1`,
  );
  return new Map(rows.map((row) => [row.file_id, row.account_id]));
}

async function countBy(session: Session, sql: string): Promise<Map<number, number>> {
  const rows = await session.rows(z.object({ file_id: z.number(), rows: z.bigint() }), sql);
  return new Map(rows.map((row) => [row.file_id, Number(row.rows)]));
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString('en')} ${many}`;
}
