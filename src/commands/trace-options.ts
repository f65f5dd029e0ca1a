import type { Options } from 'yargs';
import { auditOptions } from './audit-options.ts';

// How findings hang together, which of them are new and of which accounts, is for the report of an audit; here they are told beside the
// events.
const {
  tree: _tree,
  baseline: _baseline,
  'update-baseline': _update,
  shard: _shard,
  by: _by,
  resume: _resume,
  ...shared
} = auditOptions;

/** The options of `postlude trace`: those of an audit, whose findings it tells, and how much of the story is told. */
export const traceOptions = {
  ...shared,
  format: { ...shared.format, describe: 'terminal or json; NAME=FILE writes a file (repeatable) [terminal]' },
  all: {
    type: 'boolean',
    group: 'Results:',
    describe: 'Every event, id, finding and record; without it, what repeats itself is cut and counted',
  },
} as const satisfies Record<string, Options>;
