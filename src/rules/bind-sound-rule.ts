import type { Session } from '../engine/session.ts';
import { publicTables } from '../model/build.ts';
import { type BoundRule, bindRule } from './bind.ts';
import { checkRuleSql } from './check-sql.ts';
import type { Rule } from './rule.ts';

/** What a rule's SELECT returns, asked of the model, with or without rows; all that is wrong with its SQL where it has none. */
export async function bindSoundRule(model: Session, rule: Rule): Promise<BoundRule> {
  const { problems } = await checkRuleSql(model.connection, rule, publicTables);
  // What is not one SELECT over known tables cannot be bound, or is not to be.
  return problems.length > 0 ? { columns: [], problems } : bindRule(model.connection, rule);
}
