import type { AuditOptions } from '../audit-options.ts';
import { firstFew } from '../engine/first-few.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Formats, ReportSpec } from '../report/index.ts';
import type { ReportOptions } from '../report/options.ts';
import type { AuditCall, ResultCall } from './audit-call.ts';
import type { Beside } from './by-option.ts';
import { chosenConfig } from './config-option.ts';
import type { Context } from './context.ts';
import type { ProgressLine } from './progress-line.ts';
import { chosenRedaction } from './redact-option.ts';

/** What is told of a run whatever its result is. */
type Told = Pick<AuditResult, 'issues' | 'rules'>;

export type Work<Result extends Told, Options extends ReportOptions> = {
  readonly formats: Formats<Result, Options>;
  readonly run: (options: AuditOptions) => Promise<Result>;
  /** Those that decide about the exit code. */
  readonly findingsOf: (result: Result) => AuditResult['findings'];
  readonly options: (options: ReportOptions) => Options;
  readonly beside?: Beside<Result, Options> | undefined;
};

/**
 * What commands over exports share: that each report can be written is known before any work is done, progress is shown while it
 * goes on, and then come the exit code, what failed, and the reports.
 */
export async function runAndReport<Result extends Told, Options extends ReportOptions>(
  context: Context,
  call: AuditCall,
  work: Work<Result, Options>,
): Promise<void> {
  const { parseReportSpecs } = await import('../report/index.ts');
  const formats = call.formats.length === 0 ? ['terminal'] : call.formats;
  const specs = await parseReportSpecs(formats, work.formats, context.isTerminal);
  await work.beside?.check(specs);
  const config = await chosenConfig(call.config, { runsCode: call.audit.code !== false });
  const redact = await chosenRedaction(context, call.redact);

  const people = specs.some(({ format }) => format === 'terminal' || format === 'html');
  const timelines = specs.some(({ format }) => format === 'html');
  const progress = context.progress(call.quiet);
  let result: Result;
  try {
    result = await work.run({
      ...call.audit,
      people,
      timelines,
      ...(config === undefined ? {} : { config }),
      ...(redact === undefined ? {} : { redact }),
      progress,
    });
  } finally {
    progress.clear();
  }
  await tellResult(context, call, {
    specs,
    result,
    findings: work.findingsOf(result),
    optionsOf: work.options,
    tempDir: call.audit.tempDir,
    progress,
    beside: work.beside,
  });
}

/** Whoever merges or sends all files of a folder would take those of accounts that are no longer there for those of this run. */
function leftLine(files: readonly string[]): string {
  const [was, them] = files.length === 1 ? ['was', 'it'] : ['were', 'them'];
  return `postlude: ${firstFew(files)} ${was} not written by this run, which has no such ${files.length === 1 ? 'account' : 'accounts'}: remove ${them}, or write into an empty folder`;
}

type Outcome<Result extends Told, Options extends ReportOptions> = {
  readonly specs: readonly ReportSpec<Result, Options>[];
  readonly result: Result;
  /** Those that decide about the exit code. */
  readonly findings: AuditResult['findings'];
  readonly optionsOf: (options: ReportOptions) => Options;
  readonly tempDir?: string | undefined;
  readonly progress: ProgressLine;
  readonly beside?: Beside<Result, Options> | undefined;
};

/** The exit code, what failed, and the reports. */
export async function tellResult<Result extends Told, Options extends ReportOptions>(
  context: Context,
  call: ResultCall,
  { specs, result, findings, optionsOf, tempDir, progress, beside }: Outcome<Result, Options>,
): Promise<void> {
  const [{ writeReports }, { exitCode }, { failuresOf }] = await Promise.all([
    import('../report/index.ts'),
    import('./exit-code.ts'),
    import('./failures.ts'),
  ]);
  const { issues, rules } = result;
  context.exit(exitCode({ issues, rules, findings }, call));
  // A report for people says it itself; behind any other, somebody has to be told why the call failed.
  if (!specs.some(({ format, file }) => format === 'terminal' && file === null)) context.warn(failuresOf(result));
  const reportBegan = performance.now();
  const options = optionsOf({
    width: context.width,
    colour: context.colour && !call.noColour,
    leastSeverity: call.leastSeverity,
    tree: call.tree,
    ...(tempDir === undefined ? {} : { tempDir }),
    ...(call.timing ? { timing: { reportMs: () => performance.now() - reportBegan } } : {}),
  });
  progress.phase('report', 'writing the report');
  let left: readonly string[] = [];
  try {
    await writeReports(specs, result, options, (text) => {
      progress.clear();
      return context.print(text);
    });
    left = (await beside?.write(specs, result, options)) ?? [];
  } finally {
    progress.clear();
  }
  if (left.length > 0) context.warn(leftLine(left));
}
