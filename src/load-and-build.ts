import { z } from 'zod';
import type { AuditOptions } from './audit-options.ts';
import type { Issue } from './engine/issue.ts';
import { openSession, type Session } from './engine/session.ts';
import type { AccountRange } from './ingest/focus.ts';
import { type Loaded, type LoadedFile, loadExports } from './ingest/load.ts';
import { buildModel, neededTables, type Wanted } from './model/build.ts';
import { exportLimits } from './model/limits.ts';
import type { TableTime } from './model/table-clock.ts';
import { readStored } from './store/read.ts';
import type { Meta } from './store/store-file.ts';
import { readTables, settledIn, tablesOf } from './store/tables.ts';

/** What to load, and how; the rest of what an audit can be told is about rules. */
export type ExportOptions = Pick<
  AuditOptions,
  'paths' | 'from' | 'to' | 'asOf' | 'account' | 'shard' | 'assumeAccount' | 'timezone' | 'progress'
> & {
  /** False: the tables need no comments, which nobody is going to read. */
  readonly comments?: boolean;
};

/** What was loaded, and how far it reaches. */
export type LoadedExports = {
  readonly files: readonly LoadedFile[];
  /** Trouble with the inputs, and what they cannot show. */
  readonly issues: readonly Issue[];
  readonly events: number;
  readonly duplicates: number;
  /** Those with events, sorted. */
  readonly accounts: readonly string[];
  /**
   * The end of the run: the latest of what any account and source could be watched, accounts of other shares among them; null where
   * there is no event.
   */
  readonly asOf: Date | null;
  /** How long each table of the model took. */
  readonly tableTimes: readonly TableTime[];
};

/** A session with the limits that a call gives. */
export function openSessionFor({
  memoryLimit,
  tempDir,
}: Pick<AuditOptions, 'memoryLimit' | 'tempDir'>): Promise<Session> {
  return openSession({
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(tempDir === undefined ? {} : { tempDir }),
  });
}

/**
 * Loads the exports into a new session and makes the wanted tables of the model. Lock the session afterwards, before it sees any
 * SQL from elsewhere.
 * @throws UserError where the call itself is wrong; what is wrong with an input is an issue
 */
export async function loadAndBuild(session: Session, options: ExportOptions, wanted: Wanted): Promise<LoadedExports> {
  return buildTables(session, null, await loadFiles(session, options, wanted), options, wanted);
}

/** Reads exports into the tables that the model is built from. */
export function loadFiles(session: Session, options: ExportOptions, wanted: Wanted): Promise<Loaded> {
  const { paths, timezone, comments = true } = options;
  return loadExports(session, {
    paths,
    keepBody: wanted.columns.has('body'),
    keepSaid: neededTables(wanted).has('communications'),
    stdin: process.stdin,
    comments,
    ...(timezone === undefined ? {} : { timezone }),
    ...settling(options),
  });
}

type StoredOptions = Omit<ExportOptions, 'paths' | 'timezone'>;

/** Puts what the attached store holds in the place of what would be read from files. */
export async function loadStored(session: Session, meta: Meta, options: StoredOptions): Promise<Loaded> {
  const settled = (await areKept(session, meta, options)) ? await settledIn(session) : null;
  return readStored(session, meta, settled, { comments: options.comments ?? true, ...settling(options) });
}

/** Whether the store keeps the tables of just that which is asked for: all that it holds. */
async function areKept(session: Session, meta: Meta, options: StoredOptions): Promise<boolean> {
  const { from, to, asOf, account, shard, assumeAccount } = options;
  const isAll = [from, to, asOf, account, shard, assumeAccount].every((given) => given === undefined);
  return isAll && (await tablesOf(session, meta)) === 'all';
}

function settling({ from, to, asOf, account, shard, assumeAccount, progress }: StoredOptions) {
  return {
    ...(progress === undefined ? {} : { progress }),
    ...(assumeAccount === undefined ? {} : { assumedAccount: assumeAccount }),
    ...(account === undefined ? {} : { account }),
    ...(shard === undefined ? {} : { shard }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(asOf === undefined ? {} : { asOf }),
  };
}

/**
 * Makes the wanted tables of what was loaded, or has the session read those that its store keeps.
 * @param meta of the store; null where files were read, or where tables have to be made whatever it keeps
 */
export async function buildTables(
  session: Session,
  meta: Meta | null,
  { files, issues, events, duplicates, lastEvent }: Loaded,
  options: StoredOptions & { readonly range?: AccountRange },
  wanted: Wanted,
): Promise<LoadedExports> {
  const { asOf } = options;
  const tableTimes = await makeTables(session, meta, options, wanted);
  return {
    files,
    issues: [...issues, ...(await exportLimits(session))],
    events,
    duplicates,
    tableTimes,
    asOf: lastEvent === null ? null : (asOf ?? lastEvent),
    accounts: await accountsOf(session),
  };
}

async function makeTables(
  session: Session,
  meta: Meta | null,
  options: StoredOptions & { readonly range?: AccountRange },
  wanted: Wanted,
): Promise<readonly TableTime[]> {
  const { asOf, progress, comments = true, range } = options;
  if (meta !== null && (await areKept(session, meta, options))) {
    await readTables(session, range);
    return [];
  }
  return buildModel(session, wanted, {
    comments,
    ...(progress === undefined ? {} : { progress }),
    ...(asOf === undefined ? {} : { asOf }),
  });
}

async function accountsOf(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ account_id: z.string() }),
    'SELECT DISTINCT account_id FROM coverage ORDER BY account_id',
  );
  return rows.map((row) => row.account_id);
}
