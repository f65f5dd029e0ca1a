import { z } from 'zod';
import { inGroups } from '../engine/groups.ts';
import { identifier, quoted, type Session } from '../engine/session.ts';
import { sideTables } from './entry.ts';

/** Accounts that follow each other in the order of their ids, the first and the last of them included. */
export type AccountRange = { readonly first: string; readonly last: string; readonly accounts: number };

const accountRow = z.object({ account_id: z.string(), rows: z.bigint() });

/**
 * Parts the accounts of a session into ranges that hold at most so many entries and records each. One account is never parted, however
 * much it holds.
 */
export async function rangesOf(session: Session, mostRows: number): Promise<readonly AccountRange[]> {
  const parts = ['event_log', ...sideTables].map(
    (table) => `SELECT account_id, count(*) AS rows FROM ${identifier(table)} GROUP BY account_id`,
  );
  const accounts = await session.rows(
    accountRow,
    `SELECT account_id, sum(rows)::BIGINT AS rows FROM (${parts.join(' UNION ALL ')}) GROUP BY account_id ORDER BY account_id`,
  );
  return inGroups(accounts, mostRows, ({ rows }) => Number(rows)).flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    return first === undefined || last === undefined
      ? []
      : [{ first: first.account_id, last: last.account_id, accounts: group.length }];
  });
}

/** The condition that holds for what is of a range. */
export function inRange({ first, last }: AccountRange): string {
  return `account_id BETWEEN ${quoted(first)} AND ${quoted(last)}`;
}

/**
 * Shows one range of accounts at a time: `event_log` and the side tables are then what is of it, and whatever is built from them.
 * The log of a store is looked at where it is, in the order of accounts; one that was read into memory, and spilled from there, is copied,
 * as each of the many looks at it would else be a look at all of it.
 */
export async function openFocus(
  session: Session,
  log: 'stored' | 'read',
): Promise<(range: AccountRange) => Promise<void>> {
  if (log === 'read') await session.run('ALTER TABLE event_log RENAME TO whole_log');
  for (const table of sideTables) {
    await session.run(`ALTER TABLE ${identifier(table)} RENAME TO ${identifier(`whole_${table}`)}`);
  }
  return async (range) => {
    const kind = log === 'read' ? 'TABLE' : 'VIEW';
    await session.run(`CREATE OR REPLACE ${kind} event_log AS FROM whole_log WHERE ${inRange(range)}`);
    for (const table of sideTables) {
      await session.run(
        `CREATE OR REPLACE VIEW ${identifier(table)} AS FROM ${identifier(`whole_${table}`)} WHERE ${inRange(range)}`,
      );
    }
  };
}

/** Shows everything again, for what has to know all of it. */
export async function showWhole(session: Session, log: 'stored' | 'read'): Promise<void> {
  if (log === 'read') await session.run('DROP TABLE event_log');
  await session.run('CREATE OR REPLACE VIEW event_log AS FROM whole_log');
  for (const table of sideTables) {
    await session.run(`CREATE OR REPLACE VIEW ${identifier(table)} AS FROM ${identifier(`whole_${table}`)}`);
  }
}
