import type { Options } from 'yargs';
import { resultOptions } from './result-options.ts';

const ticket = 'For a ticket:';

/** The options of `postlude report`: those of an audit that are about its result, and what is told of one finding. */
export const reportOptions = {
  ...resultOptions,
  support: {
    type: 'string',
    requiresArg: true,
    group: ticket,
    describe: 'Write what support asks for about the finding with this fingerprint; its first 6 characters are enough',
  },
  logs: {
    type: 'string',
    array: true,
    nargs: 1,
    group: ticket,
    describe: 'A file or folder to take the raw log entries from (repeatable) [the files of the evidence]',
  },
  all: {
    type: 'boolean',
    group: ticket,
    describe: 'Every id, event and log entry; without it, 50 of each are told',
  },
  output: { type: 'string', requiresArg: true, group: ticket, describe: 'A file for it, in place of standard output' },
} as const satisfies Record<string, Options>;
