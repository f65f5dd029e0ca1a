import { globMatcher } from '../engine/glob.ts';
import type { Problem } from '../rules/position.ts';
import { noRuleMatches, rulesMatching } from '../rules/select.ts';
import type { ConfigFile } from './config-file.ts';
import type { SuppressionEntry } from './schema.ts';

/** A finding as far as suppressions look at it. */
export type Suppressible = {
  readonly ruleId: string;
  readonly accountId: string;
  readonly subject: { readonly id: string };
  readonly fingerprint: string;
};

/** An entry of `suppressions`, ready to be used. */
export type Suppression = {
  readonly entry: SuppressionEntry;
  readonly matches: (finding: Suppressible) => boolean;
  /**
   * True where it no longer holds at this time: from the end of the day on that it names (UTC), or from the time on.
   * The time is the end of the export, or `--as-of`, never that of the clock: the same export has the same findings tomorrow.
   */
  readonly isExpired: (asOf: Date) => boolean;
};

/** @param problems takes what does not fit the rules */
export function suppressionsOf(
  { file, config, locate }: ConfigFile,
  rules: readonly { readonly id: string }[],
  problems: Problem[],
): readonly Suppression[] {
  return config.suppressions.map((entry, at): Suppression => {
    const ids = new Set(rulesMatching(rules, entry.rule).map(({ id }) => id));
    if (ids.size === 0) {
      problems.push({ file, ...locate(['suppressions', at, 'rule']), message: noRuleMatches(rules, entry.rule) });
    }
    const ofAccount = entry.account === undefined ? () => true : globMatcher(entry.account);
    return {
      entry,
      matches: ({ ruleId, accountId, subject, fingerprint }) =>
        ids.has(ruleId) &&
        ofAccount(accountId) &&
        (entry.subject === undefined || entry.subject === subject.id) &&
        (entry.fingerprint === undefined || entry.fingerprint === fingerprint),
      isExpired: (asOf) => entry.expires !== undefined && asOf.getTime() >= endOf(entry.expires),
    };
  });
}

/** The first moment (epoch ms) that is no longer in it. */
function endOf(expires: string): number {
  const isDay = !expires.includes('T');
  return Date.parse(expires) + (isDay ? 24 * 60 * 60 * 1000 : 0);
}
