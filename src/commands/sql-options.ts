import type { Options } from 'yargs';
import { tablesOptions } from './tables-options.ts';

/** The options of `postlude sql`. */
export const sqlOptions = {
  c: {
    type: 'string',
    array: true,
    nargs: 1,
    group: 'Statements:',
    describe: 'Run this statement and end (repeatable)',
  },
  ...tablesOptions,
} as const satisfies Record<string, Options>;
