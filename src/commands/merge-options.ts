import type { Options } from 'yargs';
import { auditOptions } from './audit-options.ts';

/** The options of `postlude merge`: those of an audit that are about its result. */
export const mergeOptions = {
  partial: { type: 'boolean', group: 'What to merge:', describe: 'Shards may be missing; the result says which' },
  format: auditOptions.format,
  severity: auditOptions.severity,
  tree: auditOptions.tree,
  by: auditOptions.by,
  'fail-on': auditOptions['fail-on'],
  baseline: auditOptions.baseline,
  'update-baseline': auditOptions['update-baseline'],
  strict: auditOptions.strict,
  'no-color': auditOptions['no-color'],
} as const satisfies Record<string, Options>;
