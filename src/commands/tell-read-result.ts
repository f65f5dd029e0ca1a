import type { AuditResult } from '../findings/result.ts';
import { baselineChoice, openBaseline } from './baseline-option.ts';
import { besideReports } from './by-option.ts';
import type { Context } from './context.ts';
import { keepApart, named, reportFiles } from './keep-apart.ts';

/**
 * Tells a result that was read and not made, in the formats of the call: that each report can be written is known before anything is
 * read, and a baseline has its say.
 */
export async function tellReadResult(
  context: Context,
  given: Readonly<Record<string, unknown>>,
  paths: readonly string[],
  read: () => Promise<AuditResult>,
): Promise<void> {
  const [{ resultCall }, { auditFormats, parseReportSpecs }, { tellResult }] = await Promise.all([
    import('./audit-call.ts'),
    import('../report/index.ts'),
    import('./run-and-report.ts'),
  ]);
  const call = resultCall(given);
  const formats = call.formats.length === 0 ? ['terminal'] : call.formats;
  await keepApart(reportFiles(formats), named('FILE', paths));
  const specs = await parseReportSpecs(formats, auditFormats, context.isTerminal);
  const beside = besideReports(call.by);
  await beside?.check(specs);
  const baseline = await openBaseline(context, baselineChoice(given, call.formats));
  const result = baseline.apply(await read());
  await tellResult(context, call, {
    specs,
    result,
    findings: result.findings,
    optionsOf: (options) => options,
    progress: context.progress(false),
    beside,
  });
  await baseline.finish();
}
