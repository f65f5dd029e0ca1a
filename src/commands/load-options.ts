import type { Options } from 'yargs';
import { auditOptions } from './audit-options.ts';

/** The options of `postlude load`, as text. Plain data, so that `--help` loads nothing else. */
export const loadOptions = {
  db: {
    type: 'string',
    requiresArg: true,
    group: 'The store:',
    describe: 'The file; it is made where there is none',
  },
  bodies: {
    type: 'boolean',
    group: 'The store:',
    describe: 'Keep payloads, for rules that look into them; settled when the store is made',
  },
  tables: {
    type: 'boolean',
    group: 'The store:',
    describe: 'Keep the tables that rules read, too, so that no audit has to build them',
  },
  timezone: { ...auditOptions.timezone, group: 'What to look at:' },
  rejects: {
    ...auditOptions.rejects,
    group: 'Results:',
    describe: 'Write what could not be loaded, now or earlier, into this file, as JSON: file, line, reason, text',
  },
  strict: auditOptions.strict,
  quiet: auditOptions.quiet,
  'memory-limit': auditOptions['memory-limit'],
  'temp-dir': auditOptions['temp-dir'],
} as const satisfies Record<string, Options>;
