import { UserError } from '../engine/errors.ts';
import { globMatcher } from '../engine/glob.ts';
import { closest } from '../engine/suggest.ts';

/**
 * The rules whose id matches one of the patterns, in their own order; all of them where there is no pattern.
 * `voice/silent-call`, `voice/*`, `voice` (the folder), `*`, `{merge,voice}/**`; `!memory/*` takes away again.
 * @throws UserError where a pattern matches no rule: it would silently check nothing.
 */
export function selectRules<Named extends { readonly id: string }>(
  rules: readonly Named[],
  patterns: readonly string[],
): readonly Named[] {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const chosen = new Set(wanted.length === 0 ? rules : wanted.flatMap((pattern) => matching(rules, pattern)));
  for (const pattern of patterns) {
    if (!pattern.startsWith('!')) continue;
    for (const rule of matching(rules, pattern.slice(1))) chosen.delete(rule);
  }
  return rules.filter((rule) => chosen.has(rule));
}

function matching<Named extends { readonly id: string }>(rules: readonly Named[], pattern: string): readonly Named[] {
  const found = rulesMatching(rules, pattern);
  if (found.length > 0) return found;
  throw new UserError(noRuleMatches(rules, pattern));
}

/** The rules whose id matches one pattern, which takes nothing away; none where it matches none. */
export function rulesMatching<Named extends { readonly id: string }>(
  rules: readonly Named[],
  pattern: string,
): readonly Named[] {
  // A lone `*` means all rules, not those outside of folders, and a folder's name all that is in it.
  const matches = globMatcher(pattern === '*' ? '**' : pattern);
  const folder = `${pattern.replace(/\/$/u, '')}/`;
  return rules.filter(({ id }) => matches(id) || id.startsWith(folder));
}

/** What is wrong with a pattern that matches none of the rules, with a hint. */
export function noRuleMatches(rules: readonly { readonly id: string }[], pattern: string): string {
  const ids = rules.map(({ id }) => id);
  // Somebody may have typed the name without its folder.
  const near = ids.filter((id) => id.endsWith(`/${pattern}`))[0] ?? closest(pattern, ids) ?? nearestPart(ids, pattern);
  const hint = near === null ? 'see `postlude rules list`' : `did you mean "${near}"?`;
  return `no rule matches "${pattern}": ${hint}`;
}

function nearestPart(ids: readonly string[], pattern: string): string | null {
  const part = pattern.split('/').at(-1) ?? pattern;
  const name = closest(
    part,
    ids.map((id) => id.split('/').at(-1) ?? id),
  );
  return name === null ? null : (ids.find((id) => id.endsWith(`/${name}`) || id === name) ?? null);
}
