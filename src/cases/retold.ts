import { parseRuleText } from '../rules/header.ts';
import type { Rule } from '../rules/rule.ts';
import { defaultStart } from './case-file.ts';
import type { RetoldEvents } from './from-export.ts';
import { runCases } from './run.ts';

/** Something that a new rule finds in the case that it begins with, and by how many events. */
export type FoundAgain = { readonly subject: string; readonly events: number };

/**
 * Whatever a rule of `retoldSql` can find in the case that it begins with. A case holds less than the export: who comes up in it, and with how
 * many events, is known for sure only after it was played.
 */
export async function findAgain(sql: string, { events, asOf, lean }: RetoldEvents): Promise<readonly FoundAgain[]> {
  const file = 'new.sql';
  const { header, problems, ...body } = parseRuleText(file, sql);
  if (header === null) throw new Error(`a new rule is wrong: ${problems[0]?.message}`);
  const rule: Rule = { id: 'new', file, text: sql, header, ...body };
  const each = { name: 'all', asOf, lean, params: { min_events: 0 }, expect: [] };
  const book = {
    rule,
    file: 'new.cases.yaml',
    start: Date.parse(defaultStart),
    given: { events: [...events] },
    cases: [{ each, line: 1 }],
  };
  const [outcome] = await runCases([book], { rules: [rule], code: false });
  if (outcome === undefined || outcome.failure !== null) {
    throw new Error(`the case of a new rule cannot be played: ${outcome?.failure}`);
  }
  return outcome.found.map(({ subject, data }) => ({ subject, events: Number(data.events) }));
}
