import type { Session } from '../engine/session.ts';
import { publicTables, type Wanted } from '../model/build.ts';
import { checkRuleSql, wantedBy } from './check-sql.ts';
import { hashOfRule, type KnownSql, knownSql } from './known-sql.ts';
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
  const known = await knownSql();
  // All at once: DuckDB takes one apart while another one is looked through here.
  const checks = await Promise.all(rules.map(async (rule) => ({ rule, ...(await looked(session, rule, known)) })));
  for (const { rule, problems, wanted } of checks) {
    if (problems.length > 0) {
      unsound.set(rule, problems);
      continue;
    }
    sound.push(rule);
    for (const table of wanted.tables) tables.add(table);
    for (const column of wanted.columns) columns.add(column);
  }
  return { sound, unsound, wanted: { tables, columns } };
}

type Looked = { readonly problems: readonly Problem[]; readonly wanted: Wanted };

async function looked(session: Session, rule: Rule, known: KnownSql): Promise<Looked> {
  const wanted = known.get(await hashOfRule(rule));
  if (wanted !== undefined) return { problems: [], wanted };
  const checked = await checkRuleSql(session.connection, rule, publicTables);
  return { problems: checked.problems, wanted: wantedBy(checked) };
}
