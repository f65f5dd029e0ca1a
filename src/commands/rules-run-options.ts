import type { Options } from 'yargs';
import { auditOptions } from './audit-options.ts';
import { configOptions } from './config-option.ts';
import { tablesOptions } from './tables-options.ts';

/** The options of `postlude rules run`. */
export const rulesRunOptions = {
  cte: {
    type: 'string',
    requiresArg: true,
    group: 'The rule:',
    describe: "Show the rows of one common table expression of the rule's SQL instead",
  },
  param: { ...auditOptions.param, group: 'The rule:', describe: 'Set a param: min_age="10 minutes" (repeatable)' },
  'rules-dir': { ...auditOptions['rules-dir'], group: 'The rule:' },
  config: { ...configOptions.config, group: 'The rule:' },
  'no-config': { ...configOptions['no-config'], group: 'The rule:' },
  'no-code': { ...auditOptions['no-code'], group: 'The rule:', describe: 'Refuse a rule with a predicate (.ts)' },
  'rule-timeout': { ...auditOptions['rule-timeout'], group: 'The rule:' },
  ...tablesOptions,
} as const satisfies Record<string, Options>;
