import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../engine/errors.ts';
import { openSession } from '../engine/session.ts';
import { closest } from '../engine/suggest.ts';
import type { Finding } from '../findings/finding.ts';
import type { AuditResult } from '../findings/result.ts';
import { fetchEntries } from '../ingest/fetch-entries.ts';
import { type RawEntry, supportLimit, supportText } from '../report/support.ts';
import { checkTarget, joined, writeWhole } from '../report/target.ts';
import { count } from '../report/text.ts';
import type { Context } from './context.ts';
import { failuresOf } from './failures.ts';
import { resultAt } from './result-at.ts';
import { onlyText, texts } from './values.ts';

export type SupportCall = {
  /** At least the first characters of a fingerprint. */
  readonly fingerprint: string;
  /** Empty: the files that the evidence names. */
  readonly logs: readonly string[];
  readonly all: boolean;
  /** Null: standard output. */
  readonly output: string | null;
};

const leastCharacters = 6;

/** @throws UserError for the first thing about the call that is wrong */
export function supportCall(path: string, given: Readonly<Record<string, unknown>>): SupportCall {
  const other = ['format', 'severity', 'tree', 'by', 'fail-on', 'baseline', 'update-baseline', 'strict'].find(
    (name) => given[name] !== undefined,
  );
  if (other !== undefined) throw new UserError(`--${other} is for reports, and --support writes text; leave one out`);
  const fingerprint = (onlyText('--support', given.support) ?? '').trim().toLowerCase();
  if (!/^[0-9a-f]{1,16}$/u.test(fingerprint)) {
    throw new UserError(
      `--support must be the fingerprint of a finding, 16 hexadecimal digits or the first ${leastCharacters} of them, not "${given.support}"`,
    );
  }
  if (fingerprint.length < leastCharacters) {
    throw new UserError(`--support ${fingerprint} is too short; give at least ${leastCharacters} characters of it`);
  }
  const logs = texts('--logs', given.logs);
  if (logs.some((log) => log.trim() === '')) throw new UserError('--logs is empty; give it a value, or leave it out');
  if (path === '-' && logs.includes('-')) throw new UserError('the result and the logs cannot both be standard input');
  const output = onlyText('--output', given.output) ?? null;
  if (output?.trim() === '') throw new UserError('--output is empty; give it a value, or leave it out');
  if (output !== null && path !== '-' && resolve(output) === resolve(path)) {
    throw new UserError(`--output ${output} would replace the result; name another file`);
  }
  return { fingerprint, logs, all: given.all === true, output };
}

/** Writes what a vendor's support asks for about one finding of a result. */
export async function support(context: Context, path: string, call: SupportCall): Promise<void> {
  if (call.output !== null) await checkTarget(call.output);
  const result = await resultAt(context, path);
  const finding = findingOf(result, call.fingerprint, path);
  const redacted = result.run.redacted === true;
  if (redacted && call.logs.length > 0) {
    throw new UserError(`${path} is redacted, and the entries of the logs would tell what it masks; leave out --logs`);
  }
  const raw = redacted ? null : await rawEntries(context, finding, call);
  const text = supportText(result, finding, {
    raw,
    all: call.all,
    terminal: call.output === null && context.isTerminal,
  });
  if (call.output !== null) await writeWhole(call.output, text);
  else for await (const piece of joined(text)) await context.print(piece);
}

function findingOf({ findings, baseline }: AuditResult, beginning: string, path: string): Finding {
  const matching = findings.filter(({ fingerprint }) => fingerprint.startsWith(beginning));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (matching.length > 1) {
    const shown = matching.slice(0, 3).map(told).join(', ');
    throw new UserError(
      `${matching.length} findings begin with ${beginning}: ${shown}${matching.length > 3 ? ', …' : ''}; give more of it`,
    );
  }
  const where = path === '-' ? 'standard input' : path;
  if (findings.length === 0) throw new UserError(`${where} has no findings, so none is ${beginning}`);
  if (baseline?.causes.some(({ fingerprint }) => fingerprint.startsWith(beginning)) === true) {
    throw new UserError(
      `finding ${beginning} is known from ${baseline.file}, so ${where} does not hold it: audit without --baseline`,
    );
  }
  const near = closest(
    beginning,
    findings.map(({ fingerprint }) => fingerprint.slice(0, beginning.length)),
  );
  const meant = findings.filter(({ fingerprint }) => near !== null && fingerprint.startsWith(near));
  const hint =
    meant.length > 0
      ? `did you mean ${meant.slice(0, 3).map(told).join(', or ')}?`
      : `there are ${findings.slice(0, 3).map(told).join(', ')}${findings.length > 3 ? `, and ${count(findings.length - 3, 'more', 'more')}` : ''}`;
  throw new UserError(`${where} has no finding ${beginning}: ${hint}`);
}

function told({ fingerprint, ruleId }: Finding): string {
  return `${fingerprint} (${ruleId})`;
}

/** The log entries of the evidence, by log id; null where there are no logs to look into. */
async function rawEntries(
  context: Context,
  { evidence }: Finding,
  { logs, all }: SupportCall,
): Promise<ReadonlyMap<string, RawEntry> | null> {
  const wanted = all ? evidence : evidence.slice(0, supportLimit);
  if (wanted.length === 0) return null;
  const files = new Set(wanted.map(({ file }) => file));
  const paths = logs.length > 0 ? logs : await filesOf(files);
  if (paths.length === 0) {
    context.warn('postlude: the files of the evidence are not here: name them with --logs to add the raw log entries');
    return null;
  }
  const session = await openSession({});
  try {
    const logIds = new Set(wanted.map(({ logId }) => logId));
    const { entries, issues } = await fetchEntries(session, paths, logIds, {
      first: files,
      cited: new Map(wanted.map((entry) => [entry.logId, entry])),
      ...(logs.includes('-') ? { stdin: context.input } : {}),
    });
    const failures = failuresOf({ issues, rules: [] });
    if (failures !== '') {
      context.warn(failures);
      context.exit(2);
    }
    if (entries.size < logIds.size) {
      context.warn(
        `postlude: ${logIds.size - entries.size} of ${count(logIds.size, 'log entry', 'log entries')} not found: name the logs of the audit with --logs`,
      );
    }
    return entries;
  } finally {
    await session.close();
  }
}

/** A result may come from a stranger: what it names is read only where it is a file, so that no pipe or device is waited for. */
async function filesOf(paths: ReadonlySet<string>): Promise<readonly string[]> {
  const there = await Promise.all(
    [...paths].map(async (path) => ((await stat(path).catch(() => null))?.isFile() === true ? [path] : [])),
  );
  return there.flat();
}
