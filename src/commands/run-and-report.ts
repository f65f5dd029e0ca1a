import type { AuditOptions } from '../audit-options.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Formats } from '../report/index.ts';
import type { ReportOptions } from '../report/options.ts';
import type { AuditCall } from './audit-call.ts';
import { chosenConfig } from './config-option.ts';
import type { Context } from './context.ts';

/** What is told of a run whatever its result is. */
type Told = Pick<AuditResult, 'issues' | 'rules'>;

export type Work<Result extends Told, Options extends ReportOptions> = {
  readonly formats: Formats<Result, Options>;
  readonly run: (options: AuditOptions) => Promise<Result>;
  /** Those that decide about the exit code. */
  readonly findingsOf: (result: Result) => AuditResult['findings'];
  readonly options: (options: ReportOptions) => Options;
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
  const { parseReportSpecs, writeReports } = await import('../report/index.ts');
  const specs = await parseReportSpecs(call.formats.length === 0 ? ['terminal'] : call.formats, work.formats);
  const config = await chosenConfig(call.config, { runsCode: call.audit.code !== false });
  const [{ exitCode }, { failuresOf }] = await Promise.all([import('./exit-code.ts'), import('./failures.ts')]);

  const people = specs.some(({ format }) => format === 'terminal');
  const progress = context.progress(call.quiet);
  let result: Result;
  try {
    result = await work.run({
      ...call.audit,
      people,
      ...(config === undefined ? {} : { config }),
      progress,
    });
  } finally {
    progress.clear();
  }
  const { issues, rules } = result;
  context.exit(exitCode({ issues, rules, findings: work.findingsOf(result) }, call));
  // A report for people says it itself; behind any other, somebody has to be told why the call failed.
  if (!specs.some(({ format, file }) => format === 'terminal' && file === null)) context.warn(failuresOf(result));
  const reportBegan = performance.now();
  const options = work.options({
    width: context.width,
    colour: context.colour && !call.noColour,
    leastSeverity: call.leastSeverity,
    tree: call.tree,
    ...(call.timing ? { timing: { reportMs: () => performance.now() - reportBegan } } : {}),
  });
  progress.phase('report', 'writing the report');
  try {
    await writeReports(specs, result, options, (text) => {
      progress.clear();
      return context.print(text);
    });
  } finally {
    progress.clear();
  }
}
