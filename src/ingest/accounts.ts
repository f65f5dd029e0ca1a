import { z } from 'zod';
import { identifier, quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { sideTables } from './entry.ts';

/** Where entries are that were read earlier and kept. */
export type KeptEntries = {
  /** The table that holds those without an account, where `event_log` is a view of it and of others. */
  readonly log: string;
  /** The accounts of each file, as they were before entries that stand in several files were taken out of all but one. */
  readonly seen: string | null;
};

/** What stands for an account that nothing tells. */
export const unknownAccount = 'unknown';

/** The columns by which a side record can be known to belong to an account that the logs know. */
const entityColumns = [
  'conversation_id',
  'participant_id',
  'communication_id',
  'request_id',
  'profile_id',
  'configuration_id',
  'store_id',
  'memory_store_id',
];

const sqlList = (texts: readonly string[]) => texts.map(quoted).join(', ');

/**
 * Gives every row an account. First its own, then in this order: that of the same entity or request elsewhere, the only one
 * of its file, an account SID in the file's path, the assumed one, the only one of the run, `unknown`.
 * Returns how many rows ended as `unknown`.
 */
export async function resolveAccounts(
  session: Session,
  assumedAccount: string | undefined,
  { log, seen }: KeptEntries = { log: 'event_log', seen: null },
): Promise<number> {
  const tables = await tablesWithout(session);
  if (tables.length === 0) return 0;

  const isLogLeft = tables.includes('event_log') && (await takeFromLog(session, log, seen)) > 0;
  for (const table of tables.filter((name) => name !== 'event_log')) await takeFromEntities(session, table);
  const leftTables = tables.filter((name) => name !== 'event_log' || isLogLeft);
  if (leftTables.length === 0) return 0;

  const everything = ['event_log', ...sideTables];
  const known = [
    ...everything.map((table) => `SELECT file_id, account_id FROM ${identifier(table)} WHERE account_id IS NOT NULL`),
    ...(seen === null ? [] : [`SELECT file_id, account_id FROM ${seen}`]),
  ].join(' UNION ');
  await session.run(`
    CREATE OR REPLACE TEMP TABLE accounts_of_files AS
    WITH known AS (${known})
    SELECT
      input_files.file_id,
      coalesce(
        CASE WHEN count(DISTINCT known.account_id) = 1 THEN min(known.account_id) END,
        nullif(regexp_extract(any_value(input_files.path), 'AC[0-9a-f]{32}'), ''),
        ${assumedAccount === undefined ? 'NULL' : quoted(assumedAccount)},
        (SELECT CASE WHEN count(DISTINCT account_id) = 1 THEN min(account_id) END FROM known),
        ${quoted(unknownAccount)}
      ) AS account_id
    FROM input_files LEFT JOIN known USING (file_id)
    GROUP BY input_files.file_id`);
  for (const table of leftTables.map((name) => identifier(name === 'event_log' ? log : name))) {
    await session.run(`
      UPDATE ${table} SET account_id = accounts_of_files.account_id FROM accounts_of_files
      WHERE ${table}.account_id IS NULL AND ${table}.file_id = accounts_of_files.file_id`);
  }
  const [left] = await session.rows(
    z.object({ rows: z.bigint() }),
    everything
      .map((table) => `SELECT count(*) AS rows FROM ${identifier(table)} WHERE account_id = ${quoted(unknownAccount)}`)
      .join(' UNION ALL ')
      .replace(/^(.*)$/s, 'SELECT sum(rows)::BIGINT AS rows FROM ($1)'),
  );
  return Number(left?.rows ?? 0n);
}

/** Gives entries of the log the account of what they name, and returns how many are left without. */
async function takeFromLog(session: Session, log: string, seen: string | null): Promise<number> {
  await takeOnlyAccount(session, log, seen);
  // Each round can make more entities known; it ends because every round but the last finds an account for a row.
  const accountsOfEntities = (await sqlFile(import.meta.url, './accounts-of-entities.sql')).replace('{{log}}', log);
  let left = await countWithout(session, 'event_log');
  for (let before = Number.POSITIVE_INFINITY; left > 0 && left < before; ) {
    await session.run(accountsOfEntities);
    before = left;
    left = await countWithout(session, 'event_log');
  }
  return left;
}

/**
 * Where the whole input knows one account only, whatever names an entity or stands in a file of that account belongs to it: no
 * need to look through the log for each of them.
 */
async function takeOnlyAccount(session: Session, log: string, seen: string | null): Promise<void> {
  const known = ['event_log', ...sideTables]
    .map((table) => `SELECT account_id FROM ${identifier(table)} WHERE account_id IS NOT NULL`)
    .join(' UNION ALL ');
  const [only] = await session.rows(
    z.object({ account_id: z.string() }),
    `SELECT min(account_id) AS account_id FROM (${known}) HAVING min(account_id) = max(account_id)`,
  );
  if (only === undefined) return;
  const seenToo = seen === null ? '' : `UNION SELECT file_id FROM ${seen}`;
  await session.run(`
    UPDATE ${log} SET account_id = ${quoted(only.account_id)}
    WHERE account_id IS NULL
      AND file_id IN (SELECT DISTINCT file_id FROM event_log WHERE account_id IS NOT NULL ${seenToo})`);
}

async function tablesWithout(session: Session): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of ['event_log', ...sideTables]) {
    if ((await countWithout(session, table)) > 0) found.push(table);
  }
  return found;
}

async function countWithout(session: Session, table: string): Promise<number> {
  const [row] = await session.rows(
    z.object({ rows: z.bigint() }),
    `SELECT count(*) AS rows FROM ${identifier(table)} WHERE account_id IS NULL`,
  );
  return Number(row?.rows ?? 0n);
}

/** Gives rows of a side table the account that the logs and other side records know for what they name, where all agree. */
async function takeFromEntities(session: Session, table: string): Promise<void> {
  for (const column of await columnsOf(session, table, entityColumns)) {
    const nameless = `SELECT DISTINCT ${identifier(column)} FROM ${identifier(table)} WHERE account_id IS NULL`;
    const named: string[] = [];
    for (const other of ['event_log', ...sideTables]) {
      for (const name of await columnsOf(session, other, entityColumns)) {
        named.push(
          `SELECT ${identifier(name)} AS id, account_id FROM ${identifier(other)} WHERE account_id IS NOT NULL AND ${identifier(name)} IN (${nameless})`,
        );
      }
    }
    await session.run(`
      UPDATE ${identifier(table)} SET account_id = agreed.account_id
      FROM (SELECT id, min(account_id) AS account_id FROM (${named.join(' UNION ')}) GROUP BY id HAVING count(*) = 1) AS agreed
      WHERE ${identifier(table)}.account_id IS NULL AND ${identifier(table)}.${identifier(column)} = agreed.id`);
  }
}

async function columnsOf(session: Session, table: string, names: readonly string[]): Promise<readonly string[]> {
  const rows = await session.rows(
    z.object({ column_name: z.string() }),
    `SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() AND table_name = ${quoted(table)} AND column_name IN (${sqlList(names)})
    ORDER BY column_index`,
  );
  return rows.map((row) => row.column_name);
}
