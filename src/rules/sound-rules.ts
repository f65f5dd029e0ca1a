import type { Session } from '../engine/session.ts';
import { publicTables, type Wanted } from '../model/build.ts';
import { checkRuleSql, wantedBy } from './check-sql.ts';
import type { Problem } from './position.ts';
import type { Rule } from './rule.ts';

/** Rules whose SQL may run, what they read of the model, and what is wrong with the others. */
export type SoundRules = {
  readonly sound: readonly Rule[];
  readonly unsound: ReadonlyMap<Rule, readonly Problem[]>;
  readonly wanted: Wanted;
};

/** Checks the SQL of rules before anything is loaded: what they read decides what has to be. */
export async function soundRules(session: Session, rules: readonly Rule[]): Promise<SoundRules> {
  const sound: Rule[] = [];
  const unsound = new Map<Rule, readonly Problem[]>();
  const tables = new Set<string>();
  const columns = new Set<string>();
  // All at once: DuckDB takes one apart while another one is looked through here.
  const checks = await Promise.all(
    rules.map(async (rule) => ({ rule, checked: await checkRuleSql(session.connection, rule, publicTables) })),
  );
  for (const { rule, checked } of checks) {
    if (checked.problems.length > 0) {
      unsound.set(rule, checked.problems);
      continue;
    }
    sound.push(rule);
    const wanted = wantedBy(checked);
    for (const table of wanted.tables) tables.add(table);
    for (const column of wanted.columns) columns.add(column);
  }
  return { sound, unsound, wanted: { tables, columns } };
}
