import { UserError } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import { publicTables } from '../model/build.ts';
import { type BoundRule, bindRule } from './bind.ts';
import { checkRuleSql } from './check-sql.ts';
import type { Rule } from './rule.ts';
import { withinLimits } from './within-limits.ts';

/** What a rule's SELECT returns, asked of the model, with or without rows; all that is wrong with its SQL where it has none. */
export async function bindSoundRule(model: Session, rule: Rule): Promise<BoundRule> {
  const { problems } = await checkRuleSql(model.connection, rule, publicTables);
  // What is not one SELECT over known tables cannot be bound, or is not to be.
  return problems.length > 0 ? { columns: [], problems } : bindInTime(model, rule);
}

/** Nothing is run, but what never changes is computed already where a statement is planned, and can take as long as anything. */
export async function bindInTime(model: Session, rule: Rule): Promise<BoundRule> {
  try {
    return await withinLimits(model, rule, bindTimeoutMs, () => bindRule(model.connection, rule));
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return { columns: [], problems: [{ file: rule.file, line: 1, column: 1, message: thrown.message }] };
  }
}

/** Of a statement, or of the file of a predicate, that only is to be looked at. */
export const bindTimeoutMs = 30_000;
