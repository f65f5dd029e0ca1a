import type { Options } from 'yargs';
import { baselineOptions } from './baseline-option.ts';
import { configOptions } from './config-option.ts';

const one = { type: 'string', requiresArg: true } as const;
// Without `nargs` an option that can be repeated would swallow the paths that follow it.
const many = { type: 'string', array: true, nargs: 1 } as const;
const flag = { type: 'boolean' } as const;

/** The options of `postlude audit`, as text; what they mean is worked out in `audit-call.ts`. Plain data, so that `--help` loads nothing else. */
export const auditOptions = {
  db: { ...one, group: 'What to look at:', describe: 'A store that postlude load wrote, in the place of PATH…' },
  from: {
    ...one,
    group: 'What to look at:',
    describe: 'Only events from this time on (ISO 8601; UTC without an offset)',
  },
  to: { ...one, group: 'What to look at:', describe: 'Only events up to this time' },
  'as-of': { ...one, group: 'What to look at:', describe: 'Judge as of this time instead of the last event' },
  account: { ...one, group: 'What to look at:', describe: 'Only accounts that match this glob' },
  shard: { ...one, group: 'What to look at:', describe: 'Only this share of the accounts, such as 3/16; see merge' },
  'assume-account': { ...one, group: 'What to look at:', describe: 'Account of entries that do not name theirs' },
  timezone: { ...one, group: 'What to look at:', describe: 'Zone of times without one: Europe/Berlin, +02:00 [UTC]' },
  rules: {
    ...many,
    group: 'Rules:',
    describe: 'Only rules that match: voice/silent-call, voice, "!memory/*" (repeatable)',
  },
  'rules-dir': { ...many, group: 'Rules:', describe: 'A folder of rules to add to the shipped ones (repeatable)' },
  config: { ...configOptions.config, group: 'Rules:' },
  'no-config': { ...configOptions['no-config'], group: 'Rules:' },
  param: { ...many, group: 'Rules:', describe: 'Set a param: voice/silent-call.min_age="10 minutes" (repeatable)' },
  'no-code': {
    ...flag,
    group: 'Rules:',
    describe: 'Refuse rules with a predicate (.ts) that did not come with postlude',
  },
  'rule-timeout': { ...one, group: 'Rules:', describe: 'Give up on a rule after this time: 30s, 5m [10m]' },
  format: {
    ...many,
    group: 'Results:',
    describe:
      'terminal, html, json, ndjson, csv, markdown, sarif, junit, github, arrow or parquet; NAME=FILE writes a file (repeatable) [terminal]',
  },
  severity: { ...one, group: 'Results:', describe: 'Least severity shown: info, warning, error, critical [info]' },
  tree: {
    ...one,
    group: 'Results:',
    describe: 'Below a cause: short counts its findings, full lists each, flat tells each by itself [short]',
  },
  by: {
    ...one,
    group: 'Results:',
    describe: 'account: beside every file of --format, write one for each account, with its SID in the name',
  },
  redact: {
    ...flag,
    group: 'Results:',
    describe: 'Mask phone numbers, e-mail and other addresses, and names; ids stay',
  },
  'redact-key': {
    ...one,
    group: 'Results:',
    describe: 'Masks by the secret in this file, so that they are the same tomorrow; it is made where it is missing',
  },
  'fail-on': { ...one, group: 'Results:', describe: 'Exit with 1 from this severity on, or never [error]' },
  ...baselineOptions,
  rejects: {
    ...one,
    group: 'Results:',
    describe: 'Write what could not be loaded into this file, a line of JSON for each: file, line, reason, text',
  },
  strict: { ...flag, group: 'Results:', describe: 'Exit with 2 where anything of the input was lost' },
  timing: { ...flag, group: 'Results:', describe: 'Where the time went: phases, slowest rules and tables' },
  profile: {
    ...one,
    group: 'Results:',
    describe: "Write DuckDB's profile of each rule's query into this folder: voice/silent-call.json",
  },
  'no-color': { ...flag, group: 'Results:', describe: 'No colours' },
  quiet: { ...flag, group: 'Results:', describe: 'No progress on standard error' },
  'memory-limit': {
    ...one,
    group: 'Limits:',
    describe: "DuckDB's memory, such as 2GB; the process takes 1 or 2 GB more [two thirds of the machine's, less 1 GB]",
  },
  resume: {
    ...flag,
    group: 'Limits:',
    describe: 'Keep what is done beside the store until all is, and go on from there when it was cut off (with --db)',
  },
  'temp-dir': { ...one, group: 'Limits:', describe: 'Folder for what does not fit into memory' },
} as const satisfies Record<string, Options>;
