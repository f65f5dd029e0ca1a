import { resolve } from 'node:path';
import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { AuditResult } from '../findings/result.ts';
import { jsonReport } from './json.ts';
import { plainReport, type ReportOptions } from './options.ts';
import { checkTarget, joined, writeWhole } from './target.ts';
import { terminalReport } from './terminal.ts';

/** A report as text, in pieces where it can grow long. */
export type Report = (result: AuditResult, options: ReportOptions) => Iterable<string>;

/** Every report format by its name in `--format`. */
const formats: ReadonlyMap<string, Report> = new Map<string, Report>([
  ['terminal', (result, options) => [terminalReport(result, options)]],
  ['json', jsonReport],
]);

export const formatNames: readonly string[] = [...formats.keys()];

/** One `--format NAME[=FILE]`; without a file it goes to standard output. */
export type ReportSpec = { readonly format: string; readonly report: Report; readonly file: string | null };

/**
 * Reads `--format` values and checks, before any work is done, that each can be written.
 * @throws UserError for an unknown format, two of them to standard output or to one file, a folder that does not exist.
 */
export async function parseReportSpecs(texts: readonly string[]): Promise<readonly ReportSpec[]> {
  const specs = texts.map(parseSpec);
  if (specs.filter(({ file }) => file === null).length > 1) {
    throw new UserError(
      'only one --format can go to standard output; give the others a file: --format json=report.json',
    );
  }
  const taken = new Set<string>();
  for (const { file } of specs) {
    if (file === null) continue;
    if (taken.has(resolve(file))) throw new UserError(`two --format go to ${file}; give each its own file`);
    taken.add(resolve(file));
    await checkTarget(file);
  }
  return specs;
}

function parseSpec(text: string): ReportSpec {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const file = at < 0 ? null : text.slice(at + 1);
  const report = formats.get(name);
  if (report === undefined) {
    throw new UserError(
      `unknown format "${name}"${didYouMean(name, formatNames) || `: known are ${formatNames.join(', ')}`}`,
    );
  }
  if (file === '')
    throw new UserError(`--format ${text} names no file: write ${name}=FILE, or ${name} alone for standard output`);
  return { format: name, report, file };
}

/**
 * Writes every report: files whole or not at all, and last what goes to standard output through `print`. Only the
 * latter takes the terminal's width and colour. One file that cannot be written does not keep the others from being so.
 * @throws UserError that names what could not be written.
 */
export async function writeReports(
  specs: readonly ReportSpec[],
  result: AuditResult,
  options: ReportOptions,
  print: (text: string) => Promise<void>,
): Promise<void> {
  const failures: UserError[] = [];
  for (const { report, file } of specs) {
    if (file === null) continue;
    await writeWhole(file, report(result, { ...options, width: plainReport.width, colour: false })).catch(
      (thrown: unknown) => {
        if (!(thrown instanceof UserError)) throw thrown;
        failures.push(thrown);
      },
    );
  }
  for (const { report, file } of specs) {
    if (file !== null) continue;
    for (const piece of joined(report(result, options))) await print(piece);
  }
  if (failures.length > 0) throw new UserError(failures.map(({ message }) => message).join('\n'));
}
