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
  const { caseNames } = await import('../rules/case-names.ts');
  return Promise.all(
    rules.map(async (rule) => {
      const named = (id: string): NamedRule => {
        const other = known.find((each) => each.id === id);
        return {
          id,
          title: other?.header.title ?? null,
          page: other !== undefined && withPages.has(other) ? wayTo(rule, other) : null,
        };
      };
      return {
        rule,
        explains: rule.header.explains.map(named),
        explainedBy: known.filter(({ header }) => header.explains.includes(rule.id)).map(({ id }) => named(id)),
        cases: rule.casesFile === undefined ? null : await caseNames(rule.casesFile),
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
