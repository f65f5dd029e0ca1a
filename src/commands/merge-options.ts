import type { Options } from 'yargs';
import { resultOptions } from './result-options.ts';

/** The options of `postlude merge`: those of an audit that are about its result. */
export const mergeOptions = {
  partial: { type: 'boolean', group: 'What to merge:', describe: 'Shards may be missing; the result says which' },
  ...resultOptions,
} as const satisfies Record<string, Options>;
