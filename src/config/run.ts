import type { Session } from '../engine/session.ts';
import type { Candidate } from '../rules/candidate.ts';
import { partly } from '../rules/partly.ts';
import type { Params } from '../rules/predicate.ts';
import { lacking, type Requirements, skipReason } from '../rules/requirements.ts';
import type { Rule } from '../rules/rule.ts';
import { type RuleOutcome, type RunOptions, runRule } from '../rules/run.ts';
import type { ConfiguredRule, RuleSettings } from './settings.ts';

type ConfiguredRunOptions = Omit<RunOptions, 'covers'> & {
  readonly accounts: readonly string[];
  /** Also those of which only side files tell. */
  readonly allAccounts: readonly string[];
  readonly requirements: Requirements;
};

/**
 * Runs one rule as it is configured: once for each set of params that some account has, and each time for those accounts alone.
 * What `runRule` says of its failures holds here, too; where one of the runs fails, the rule failed, and has the candidates of the others.
 */
export async function runAsConfigured(
  session: Session,
  { rule, of, byAccount, offReason }: ConfiguredRule,
  options: ConfiguredRunOptions,
): Promise<RuleOutcome> {
  const { accounts, allAccounts, requirements, ...rest } = options;
  const known = new Map<string, Settled>();
  const settled = (account: string): Settled => {
    const settings = known.get(account) ?? variantOf(of(account));
    known.set(account, settings);
    return settings;
  };
  const severe = (candidate: Candidate) => withSeverity(candidate, settled(candidate.accountId));
  // Settings that no account has for itself are those of any, whatever it is called.
  const [any = ''] = accounts;
  if (!byAccount) {
    const outcome = await runRule(session, rule, settled(any).params, { ...rest, accounts, requirements });
    return { ...outcome, candidates: outcome.candidates.map(severe) };
  }

  const variants = new Map<string, Params>();
  for (const account of allAccounts.length === 0 ? [any] : allAccounts) {
    const { on, variant, params } = settled(account);
    if (on) variants.set(variant, params);
  }
  const runs: RuleOutcome[] = [];
  for (const [variant, params] of variants) {
    const covers = (account: string): boolean => settled(account).on && settled(account).variant === variant;
    const ownAccounts = accounts.filter(covers);
    runs.push(await runRule(session, rule, params, { ...rest, requirements, accounts: ownAccounts, covers }));
  }
  const off = accounts.filter((account) => !settled(account).on);
  return joined(rule, runs, { off, offReason, accounts, requirements }, severe);
}

type Settled = RuleSettings & { readonly variant: string };

/** Params as a text that is the same where they are: their names come in the order of the rule's header. */
function variantOf(settings: RuleSettings): Settled {
  return { ...settings, variant: JSON.stringify(settings.params) };
}

type Accounts = {
  readonly accounts: readonly string[];
  readonly off: readonly string[];
  readonly offReason: string;
  readonly requirements: Requirements;
};

/** The runs for different accounts as one outcome. */
function joined(
  rule: Rule,
  runs: readonly RuleOutcome[],
  { accounts, off, offReason, requirements }: Accounts,
  severe: (candidate: Candidate) => Candidate,
): RuleOutcome {
  const skippedAccounts = runs.flatMap((run) => run.skippedAccounts);
  const outcome = {
    ruleId: rule.id,
    skippedAccounts: [...off, ...skippedAccounts],
    durationMs: runs.reduce((sum, run) => sum + run.durationMs, 0),
  };
  const failures = runs.filter(({ status }) => status === 'failed').map(({ reason }) => reason ?? '');
  if (failures.length > 0) {
    return {
      ...outcome,
      status: 'failed',
      reason: [...new Set(failures)].join('; '),
      ...failedOver(runs),
      // Of accounts whose rows could be judged.
      candidates: runs.flatMap(({ candidates }) => candidates).map(severe),
    };
  }
  const lacks = skippedAccounts.flatMap((account) => lacking(rule, account, requirements));
  const reasons = [
    ...(off.length > 0 || runs.length === 0 ? [partly(offReason, off, accounts)] : []),
    ...(skippedAccounts.length > 0 ? [partly(skipReason(lacks), skippedAccounts, accounts)] : []),
  ];
  return {
    ...outcome,
    status: runs.every(({ status }) => status === 'skipped') ? 'skipped' : 'ran',
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
    candidates: runs.flatMap(({ candidates }) => candidates).map(severe),
  };
}

function failedOver(runs: readonly RuleOutcome[]): Pick<RuleOutcome, 'failedOver'> {
  const kinds = new Set(runs.map((run) => run.failedOver));
  return kinds.has('select') ? { failedOver: 'select' } : kinds.has('rows') ? { failedOver: 'rows' } : {};
}

/** For which accounts a rule that ran did not, and why; null where it ran for all of them. */
export function skipReasonOf(
  { rule, of, offReason }: ConfiguredRule,
  accounts: readonly string[],
  requirements: Requirements,
): string | null {
  const off = accounts.filter((account) => !of(account).on);
  const lacks = (account: string) => lacking(rule, account, requirements);
  const without = accounts.filter((account) => of(account).on && lacks(account).length > 0);
  const reasons = [
    ...(off.length > 0 ? [partly(offReason, off, accounts)] : []),
    ...(without.length > 0 ? [partly(skipReason(without.flatMap(lacks)), without, accounts)] : []),
  ];
  return reasons.length === 0 ? null : reasons.join('; ');
}

/** An ordinary innocent explanation is nothing to be woken up for, whatever the configuration says. */
function withSeverity(candidate: Candidate, { severity }: RuleSettings): Candidate {
  return severity === null || candidate.certainty === 'possible' ? candidate : { ...candidate, severity };
}
