import type { Options } from 'yargs';
import { auditOptions } from './audit-options.ts';

const loading = 'What to load:';

/** The options of commands that show tables: what is loaded into them, or where they are kept, and how rows are shown. */
export const tablesOptions = {
  from: { ...auditOptions.from, group: loading },
  to: { ...auditOptions.to, group: loading },
  'as-of': { ...auditOptions['as-of'], group: loading },
  account: { ...auditOptions.account, group: loading },
  'assume-account': { ...auditOptions['assume-account'], group: loading },
  timezone: { ...auditOptions.timezone, group: loading },
  db: {
    type: 'string',
    requiresArg: true,
    group: loading,
    describe: 'With PATHs: keep the tables in this DuckDB file. Without: read them from it, much quicker',
  },
  format: {
    type: 'string',
    requiresArg: true,
    group: 'Results:',
    describe: 'table, csv or json [table]',
  },
  limit: {
    type: 'string',
    requiresArg: true,
    group: 'Results:',
    describe: 'Rows at most, or all [100 in a table, else all]',
  },
  // Known only to be refused with a reason.
  redact: { type: 'boolean', hidden: true },
  'redact-key': { type: 'string', requiresArg: true, hidden: true },
  'no-color': auditOptions['no-color'],
  quiet: auditOptions.quiet,
  'memory-limit': auditOptions['memory-limit'],
  'temp-dir': auditOptions['temp-dir'],
} as const satisfies Record<string, Options>;
