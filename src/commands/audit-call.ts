import type { AuditOptions } from '../audit-options.ts';
import { UserError } from '../engine/errors.ts';
import { parseZone } from '../ingest/zones.ts';
import { type Tree, trees } from '../report/options.ts';
import type { Severity } from '../rules/vocabulary.ts';
import type { auditOptions } from './audit-options.ts';
import { type Division, divisions } from './by-option.ts';
import { type ConfigChoice, configChoice } from './config-option.ts';
import type { FailOn } from './exit-code.ts';
import { keepApart, type Named, named, reportFiles } from './keep-apart.ts';
import { type RedactChoice, redactChoice } from './redact-option.ts';
import {
  onlyText,
  parseAccount,
  parseLevel,
  parseMemoryLimit,
  parseParams,
  parseShard,
  parseTimeOption,
  parseTimeout,
  parseWord,
  texts,
} from './values.ts';

/** Options as the command line gave them; nothing is taken for granted about their types. */
export type GivenOptions = { readonly [name in keyof typeof auditOptions]?: unknown };

export type AuditCall = ResultCall & {
  readonly audit: AuditOptions;
  /** Read only when the call is known to be right. */
  readonly config: ConfigChoice;
  readonly quiet: boolean;
};

/** What a call says about how a result is told. */
export type ResultCall = {
  readonly formats: readonly string[];
  readonly leastSeverity: Severity;
  readonly failOn: FailOn;
  readonly tree: Tree;
  readonly strict: boolean;
  readonly timing: boolean;
  readonly noColour: boolean;
  readonly redact: RedactChoice;
  /** Also a report of each part of the result. */
  readonly by: Division | null;
};

/**
 * What a call of `postlude audit` asks for.
 * @throws UserError for the first thing about it that is wrong.
 */
export function auditCall(paths: readonly string[], given: GivenOptions): AuditCall {
  const read = reader(given);
  const db = read('db', nonEmpty);
  if (paths.length === 0 && db === undefined) {
    throw new UserError(
      'audit needs a file or folder of exported events, or a store: postlude audit PATH…, or postlude audit --db FILE (see postlude audit --help)',
    );
  }
  if (paths.length > 0 && db !== undefined) {
    throw new UserError(
      `files and a store are not looked at together: add ${paths[0]} to the store (postlude load PATH… --db ${db}), or leave out --db`,
    );
  }
  if (db !== undefined && given.timezone !== undefined) {
    throw new UserError('--timezone says how to read files, and those of a store are read: give it to postlude load');
  }
  if (given.resume === true && db === undefined) {
    throw new UserError(
      '--resume goes on with the audit of a store: load the exports first (postlude load PATH… --db FILE), then audit --db FILE --resume',
    );
  }
  const shard = read('shard', parseShard);
  const ruleTimeoutMs = read('rule-timeout', (text, option) => parseTimeout(option, text));
  const profileDir = read('profile', nonEmpty);
  const rejectsFile = read('rejects', nonEmpty);
  return {
    audit: {
      ...exportCall(paths, given),
      ...(db === undefined ? {} : { db }),
      ...(given.resume === true ? { resume: true } : {}),
      rules: texts('--rules', given.rules).map((pattern) => nonEmpty(pattern, '--rules')),
      rulesDirs: texts('--rules-dir', given['rules-dir']).map((folder) => nonEmpty(folder, '--rules-dir')),
      params: parseParams(texts('--param', given.param)),
      code: given['no-code'] !== true,
      ...(shard === undefined ? {} : { shard }),
      ...(ruleTimeoutMs === undefined ? {} : { ruleTimeoutMs }),
      ...(profileDir === undefined ? {} : { profileDir }),
      ...(rejectsFile === undefined ? {} : { rejectsFile }),
    },
    config: configChoice(given),
    ...resultCall(given),
    quiet: given.quiet === true,
  };
}

/** @throws UserError where the call would write over what it reads, such as an export or the store */
export function keepAuditApart({ audit, formats }: AuditCall, read: readonly Named[] = []): Promise<void> {
  return keepApart(
    [...reportFiles(formats), ...named('--rejects', audit.rejectsFile)],
    [...named('PATH', audit.paths), ...named('--db', audit.db), ...read],
  );
}

/** @throws UserError for the first thing about it that is wrong */
export function resultCall(given: GivenOptions): ResultCall {
  const read = reader(given);
  return {
    formats: texts('--format', given.format),
    leastSeverity: read('severity', (text, option) => parseLevel(option, text)) ?? 'info',
    failOn: read('fail-on', (text, option) => parseLevel(option, text, 'never')) ?? 'error',
    tree: read('tree', (text, option) => parseWord(option, text, trees)) ?? 'short',
    strict: given.strict === true,
    timing: given.timing === true,
    noColour: given['no-color'] === true,
    redact: redactChoice(given),
    by: read('by', (text, option) => parseWord(option, text, divisions)) ?? null,
  };
}

/** What a call says about the exports: which, what of them, and with which limits. */
export type ExportCall = Pick<
  AuditOptions,
  'paths' | 'from' | 'to' | 'asOf' | 'account' | 'assumeAccount' | 'timezone' | 'memoryLimit' | 'tempDir'
>;

/** @throws UserError for the first thing about it that is wrong */
export function exportCall(paths: readonly string[], given: GivenOptions): ExportCall {
  const read = reader(given);
  const from = read('from', (text, option) => parseTimeOption(option, text, 'down'));
  const to = read('to', (text, option) => parseTimeOption(option, text, 'up'));
  if (from !== undefined && to !== undefined && from > to) {
    throw new UserError(
      `--from ${from.toISOString()} is later than --to ${to.toISOString()}, which leaves nothing to look at`,
    );
  }
  const asOf = read('as-of', (text, option) => parseTimeOption(option, text, 'up'));
  const account = read('account', nonEmpty);
  const assumeAccount = read('assume-account', (text, option) => parseAccount(option, text));
  const timezone = read('timezone', parseZone);
  const memoryLimit = read('memory-limit', parseMemoryLimit);
  const tempDir = read('temp-dir', nonEmpty);
  return {
    paths: paths.map((path) => {
      // Blanks alone can be the name of a file.
      if (path === '') throw new UserError('PATH is empty; give it a value, or leave it out');
      return path;
    }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(account === undefined ? {} : { account }),
    ...(assumeAccount === undefined ? {} : { assumeAccount }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(tempDir === undefined ? {} : { tempDir }),
  };
}

/** Reads options that can be given once. */
function reader(given: GivenOptions) {
  return <Value>(name: keyof GivenOptions, parse: (text: string, option: string) => Value): Value | undefined => {
    const text = onlyText(`--${name}`, given[name]);
    return text === undefined ? undefined : parse(text, `--${name}`);
  };
}

/** Empty text is most often a variable of a script that was not set; it would mean the working folder, or everything. */
function nonEmpty(text: string, option: string): string {
  if (text.trim() === '') throw new UserError(`${option} is empty; give it a value, or leave it out`);
  return text;
}
