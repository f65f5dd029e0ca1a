/** What a rule can be the cause of: the findings of another rule, all of them or those of one cause. */
export type Explained = { readonly ruleId: string; readonly cause: string | null };

/** Takes an entry of `explains` apart: `RULE`, or `RULE:CAUSE`. No name of a rule has a colon in it. */
export function explained(entry: string): Explained {
  const at = entry.indexOf(':');
  return at < 0 ? { ruleId: entry, cause: null } : { ruleId: entry.slice(0, at), cause: entry.slice(at + 1) };
}
