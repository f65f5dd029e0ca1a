import { dirname, relative, sep } from 'node:path';
import type { DescribedRule, NamedRule } from '../report/rule-page.ts';
import type { Rule } from '../rules/rule.ts';

/**
 * What there is to say about rules beside their own files.
 * @param known all rules that can explain one of them, or be explained
 * @param withPages those of them that have a page beside their file
 */
export async function describeRules(
  rules: readonly Rule[],
  known: readonly Rule[],
  withPages: ReadonlySet<Rule> = new Set(),
): Promise<readonly DescribedRule[]> {
  const { writtenCases } = await import('../cases/written-cases.ts');
  return Promise.all(
    rules.map(async (rule) => {
      const named = (id: string, cause: string | null): NamedRule => {
        const other = known.find((each) => each.id === id);
        return {
          id,
          title: other?.header.title ?? null,
          page: other !== undefined && withPages.has(other) ? wayTo(rule, other) : null,
          cause,
        };
      };
      return {
        rule,
        explains: rule.header.explains.map(({ ruleId, cause }) => named(ruleId, cause)),
        explainedBy: known.flatMap(({ id, header }) =>
          header.explains.filter(({ ruleId }) => ruleId === rule.id).map(({ cause }) => named(id, cause)),
        ),
        cases: rule.casesFile === undefined ? null : await writtenCases(rule.casesFile),
      };
    }),
  );
}

export function pageOf(rule: Rule): string {
  return rule.file.replace(/\.sql$/u, '.md');
}

function wayTo(from: Rule, to: Rule): string {
  return relative(dirname(from.file), pageOf(to)).split(sep).join('/');
}
