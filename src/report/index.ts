import { resolve } from 'node:path';
import { UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { AuditResult } from '../findings/result.ts';
import { jsonReport } from './json.ts';
import { plainReport, type ReportOptions } from './options.ts';
import { withoutCommands } from './sanitise.ts';
import { checkTarget, joined, type Piece, type Pieces, writeWhole } from './target.ts';
import { terminalReport } from './terminal.ts';

/** A report as text or bytes, in pieces where it can grow long. */
export type Report<Result, Options extends ReportOptions = ReportOptions> = (
  result: Result,
  options: Options,
) => Pieces;

/** Report formats by their names in `--format`. */
export type Formats<Result, Options extends ReportOptions = ReportOptions> = ReadonlyMap<
  string,
  Report<Result, Options>
>;

/** Every format of an audit's report. */
export const auditFormats: Formats<AuditResult> = new Map<string, Report<AuditResult>>([
  ['terminal', (result, options) => [withoutCommands(terminalReport(result, options))]],
  ['json', jsonReport],
  ['ndjson', lazily(async () => (await import('./ndjson.ts')).ndjsonReport)],
  ['csv', lazily(async () => (await import('./csv.ts')).csvReport)],
  ['markdown', lazily(async () => (await import('./markdown.ts')).markdownReport)],
  ['html', lazily(async () => (await import('./html/index.ts')).htmlReport)],
  ['sarif', lazily(async () => (await import('./sarif.ts')).sarifReport)],
  ['junit', lazily(async () => (await import('./junit.ts')).junitReport)],
  ['github', lazily(async () => (await import('./github.ts')).githubReport)],
  ['arrow', lazily(async () => (await import('./arrow.ts')).arrowReport)],
  ['parquet', lazily(async () => (await import('./parquet.ts')).parquetReport)],
]);

/** Formats of bytes, which a terminal cannot show. */
const binaryFormats: ReadonlySet<string> = new Set(['arrow', 'parquet']);

/** A report whose code, and the libraries that it needs, are loaded only where somebody asks for it. */
function lazily(load: () => Promise<Report<AuditResult>>): Report<AuditResult> {
  return async function* (result, options) {
    yield* (await load())(result, options);
  };
}

/** One `--format NAME[=FILE]`; without a file it goes to standard output. */
export type ReportSpec<Result, Options extends ReportOptions = ReportOptions> = {
  readonly format: string;
  readonly report: Report<Result, Options>;
  readonly file: string | null;
};

/**
 * Reads `--format` values and checks, before any work is done, that each can be written.
 * @param isTerminal standard output is one
 * @throws UserError for an unknown format, two of them to standard output or to one file, bytes for a terminal, a folder that does
 * not exist.
 */
export async function parseReportSpecs<Result, Options extends ReportOptions>(
  texts: readonly string[],
  formats: Formats<Result, Options>,
  isTerminal = false,
): Promise<readonly ReportSpec<Result, Options>[]> {
  const specs = texts.map((text) => parseSpec(text, formats));
  if (specs.filter(({ file }) => file === null).length > 1) {
    throw new UserError(
      'only one --format can go to standard output; give the others a file: --format json=report.json',
    );
  }
  const bytes = specs.find(({ format, file }) => file === null && binaryFormats.has(format));
  if (bytes !== undefined && isTerminal) {
    const { format } = bytes;
    throw new UserError(
      `--format ${format} writes bytes, which a terminal cannot show: name a file (--format ${format}=findings.${format}), or send standard output to one`,
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
    const ending = known.find((each) => name.endsWith(`.${each}`));
    const hint = ending === undefined ? didYouMean(name, known) : `: to write that file, --format ${ending}=${name}`;
    throw new UserError(`unknown format "${name}"${hint || `: known are ${known.join(', ')}`}`);
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
  print: (piece: Piece) => Promise<void>,
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
    for await (const piece of joined(report(result, options))) await print(piece);
  }
  if (failures.length > 0) throw new UserError(failures.map(({ message }) => message).join('\n'));
}
