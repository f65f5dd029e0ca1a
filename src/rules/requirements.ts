import { z } from 'zod';
import { compareText } from '../engine/compare.ts';
import { identifier, type Session } from '../engine/session.ts';
import type { Rule } from './rule.ts';

/** By side table the accounts that have rows in it. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

const accountRow = z.object({ account_id: z.string() });

/** Looks once for all rules which accounts have the side tables that some rule requires. */
export async function meetRequirements(session: Session, rules: readonly Rule[]): Promise<Requirements> {
  const tables = new Set(rules.flatMap(({ header }) => header.requires.flatMap(alternatives)));
  const met = new Map<string, ReadonlySet<string>>();
  for (const table of tables) {
    const rows = await session.rows(
      accountRow,
      `SELECT DISTINCT account_id FROM ${identifier(table)} WHERE account_id IS NOT NULL`,
    );
    met.set(table, new Set(rows.map((row) => row.account_id)));
  }
  return met;
}

/** What an account lacks for a rule, as words: `configurations`, `messages or calls`. Empty where it has all. */
export function lacking(rule: Rule, accountId: string, requirements: Requirements): readonly string[] {
  return rule.header.requires
    .map(alternatives)
    .filter((tables) => !tables.some((table) => requirements.get(table)?.has(accountId)))
    .map((tables) => tables.join(' or '));
}

/** The reason of a rule that was skipped: `needs configurations: add an export of them to the folder of the logs`. */
export function skipReason(lacks: Iterable<string>): string {
  // In an order that does not depend on which account is looked at first.
  const names = [...new Set(lacks)].map((name) => name.replaceAll('_', ' ')).sort(compareText);
  return `needs ${names.join(' and ')}: ${advice}`;
}

const advice = 'add an export of them to the folder of the logs';

/** What `skipReason` named; null for any other reason. */
export function lacksIn(reason: string): readonly string[] | null {
  return reason.startsWith('needs ') && reason.endsWith(`: ${advice}`)
    ? reason.slice('needs '.length, -`: ${advice}`.length).split(' and ')
    : null;
}

function alternatives(requirement: string): readonly string[] {
  return requirement.split('|').map((table) => table.trim());
}
