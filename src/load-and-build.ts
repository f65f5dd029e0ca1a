import { z } from 'zod';
import type { AuditOptions } from './audit-options.ts';
import type { Issue } from './engine/issue.ts';
import { openSession, type Session } from './engine/session.ts';
import { type LoadedFile, loadExports } from './ingest/load.ts';
import { buildModel, neededTables, type Wanted } from './model/build.ts';
import { exportLimits } from './model/limits.ts';
import type { TableTime } from './model/table-clock.ts';

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
  const { paths, from, to, asOf, account, shard, assumeAccount, timezone, progress, comments = true } = options;
  const loaded = await loadExports(session, {
    paths,
    keepBody: wanted.columns.has('body'),
    keepSaid: neededTables(wanted).has('communications'),
    stdin: process.stdin,
    comments,
    ...(progress === undefined ? {} : { progress }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(assumeAccount === undefined ? {} : { assumedAccount: assumeAccount }),
    ...(account === undefined ? {} : { account }),
    ...(shard === undefined ? {} : { shard }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(asOf === undefined ? {} : { asOf }),
  });
  const tableTimes = await buildModel(session, wanted, {
    comments,
    ...(progress === undefined ? {} : { progress }),
    ...(asOf === undefined ? {} : { asOf }),
  });
  const { files, events, duplicates } = loaded;
  return {
    files,
    issues: [...loaded.issues, ...(await limitsWithAccounts(session))],
    events,
    duplicates,
    tableTimes,
    asOf: loaded.lastEvent === null ? null : (asOf ?? loaded.lastEvent),
    accounts: await accountsOf(session),
  };
}

async function accountsOf(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ account_id: z.string() }),
    'SELECT DISTINCT account_id FROM coverage ORDER BY account_id',
  );
  return rows.map((row) => row.account_id);
}

/** What the export cannot show, with all the accounts that each limit holds for: its message names only the first of them. */
async function limitsWithAccounts(session: Session): Promise<readonly Issue[]> {
  const rows: unknown[] = [];
  const listening: Session = {
    ...session,
    async rows(schema, sql, params) {
      const found = await session.rows(schema, sql, params);
      rows.push(...found);
      return found;
    },
  };
  const issues = await exportLimits(listening);
  const accounts = new Map<string, string[]>();
  for (const row of issues.length === 0 ? [] : rows) {
    // A run with this account alone: its messages name none.
    const alone: Session = { ...session, rows: async (schema) => [schema.parse(row)] };
    const { account_id } = z.object({ account_id: z.string() }).parse(row);
    for (const { message } of await exportLimits(alone)) {
      const there = accounts.get(message);
      if (there === undefined) accounts.set(message, [account_id]);
      else there.push(account_id);
    }
  }
  const holding = [...accounts];
  return issues.map((issue) => {
    const [, whom = []] = holding.find(([message]) => issue.message.endsWith(message)) ?? [];
    return { ...issue, accounts: whom };
  });
}
