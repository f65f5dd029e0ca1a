import { resolve } from 'node:path';
import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { AuditResult } from '../findings/result.ts';
import { htmlReport } from './html/index.ts';
import { jsonReport } from './json.ts';
import { plainReport, type ReportOptions } from './options.ts';
import { checkTarget, joined, writeWhole } from './target.ts';
import { terminalReport } from './terminal.ts';

/** A report as text, in pieces where it can grow long. */
export type Report<Result, Options extends ReportOptions = ReportOptions> = (
  result: Result,
  options: Options,
) => Iterable<string>;

/** Report formats by their names in `--format`. */
export type Formats<Result, Options extends ReportOptions = ReportOptions> = ReadonlyMap<
  string,
  Report<Result, Options>
>;

/** Every format of an audit's report. */
export const auditFormats: Formats<AuditResult> = new Map<string, Report<AuditResult>>([
  ['terminal', (result, options) => [terminalReport(result, options)]],
  ['json', jsonReport],
  ['html', htmlReport],
]);

/** One `--format NAME[=FILE]`; without a file it goes to standard output. */
export type ReportSpec<Result, Options extends ReportOptions = ReportOptions> = {
  readonly format: string;
  readonly report: Report<Result, Options>;
  readonly file: string | null;
};

/**
 * Reads `--format` values and checks, before any work is done, that each can be written.
 * @throws UserError for an unknown format, two of them to standard output or to one file, a folder that does not exist.
 */
export async function parseReportSpecs<Result, Options extends ReportOptions>(
  texts: readonly string[],
  formats: Formats<Result, Options>,
): Promise<readonly ReportSpec<Result, Options>[]> {
  const specs = texts.map((text) => parseSpec(text, formats));
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

function parseSpec<Result, Options extends ReportOptions>(
  text: string,
  formats: Formats<Result, Options>,
): ReportSpec<Result, Options> {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const file = at < 0 ? null : text.slice(at + 1);
  const report = formats.get(name);
  if (report === undefined) {
    const known = [...formats.keys()];
    throw new UserError(`unknown format "${name}"${didYouMean(name, known) || `: known are ${known.join(', ')}`}`);
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
export async function writeReports<Result, Options extends ReportOptions>(
  specs: readonly ReportSpec<Result, Options>[],
  result: Result,
  options: Options,
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
