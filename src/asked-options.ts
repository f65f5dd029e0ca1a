import type { AuditOptions } from './audit-options.ts';
import { compareText } from './engine/compare.ts';
import type { RunSummary } from './findings/result.ts';

/**
 * Which share of the accounts a result is about, and what else was asked of it. Which rules were, its list of rules says; which files,
 * that of files.
 */
export function shareOf(options: AuditOptions): Pick<RunSummary, 'shard' | 'asked'> {
  const { shard } = options;
  if (shard === undefined) return {};
  const asked = askedOptions(options);
  return { shard, ...(asked.length === 0 ? {} : { asked }) };
}

function askedOptions({ from, to, asOf, account, assumeAccount, timezone, params = {} }: AuditOptions) {
  const given: readonly (readonly [string, string | undefined])[] = [
    ['from', from?.toISOString()],
    ['to', to?.toISOString()],
    ['as-of', asOf?.toISOString()],
    ['account', account],
    ['assume-account', assumeAccount],
    ['timezone', timezone],
    ...Object.entries(params)
      .flatMap(([rule, own]) =>
        Object.entries(own).map(([name, text]) => ['param', `${rule}.${name}=${text}`] as const),
      )
      .sort(([, a], [, b]) => compareText(a, b)),
  ];
  return given.flatMap(([option, value]) => (value === undefined ? [] : [`--${option}=${value}`]));
}
