import type { Options } from 'yargs';
import { auditOptions } from './audit-options.ts';

/** The options of an audit that are about its result: commands that read results have them, too. */
export const resultOptions = {
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
