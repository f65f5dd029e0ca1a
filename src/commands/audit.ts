import type { CommandModule } from 'yargs';
import type { AuditResult } from '../findings/result.ts';
import { auditOptions } from './audit-options.ts';
import type { Context } from './context.ts';

/** `postlude audit PATH…`: everything in one go. What it needs is loaded only when it runs, so that help is quick. */
export function auditCommand(context: Context): CommandModule {
  return {
    command: 'audit',
    describe: 'Load exported events, run the rules, and report what went wrong',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude audit PATH…\n\nLoads exported events (files, folders, globs; - is standard input), runs the rules, and\nreports what went wrong, on what evidence, why, and what to do.',
        )
        .options(auditOptions)
        .example('postlude audit exports/', 'everything in a folder')
        .example('postlude audit events.ndjson configurations.json --rules merge', 'one topic, with a side file')
        .example('postlude audit exports/ --format terminal --format json=report.json', 'for people and for a program')
        .example('postlude audit exports/ --tree full', 'every finding, a line each, below its cause')
        .example('zstdcat night.zst | postlude audit - --severity error --fail-on critical', 'in a pipeline'),
    handler: ({ _: [, ...paths], ...given }) => context.start(() => run(context, paths.map(String), given)),
  };
}

async function run(
  context: Context,
  paths: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [{ auditCall }, { auditFormats, parseReportSpecs, writeReports }] = await Promise.all([
    import('./audit-call.ts'),
    import('../report/index.ts'),
  ]);
  const call = auditCall(paths, given);
  const specs = await parseReportSpecs(call.formats.length === 0 ? ['terminal'] : call.formats, auditFormats);
  const [{ audit }, { progressLine }, { exitCode }, { failuresOf }] = await Promise.all([
    import('../audit.ts'),
    import('./progress-line.ts'),
    import('./exit-code.ts'),
    import('./failures.ts'),
  ]);

  const progress = call.quiet || context.terminal === null ? null : progressLine(context.terminal);
  let result: AuditResult;
  try {
    result = await audit(progress === null ? call.audit : { ...call.audit, progress });
  } finally {
    progress?.clear();
  }
  context.exit(exitCode(result, call));
  // A report for people says it itself; behind any other, somebody has to be told why the call failed.
  if (!specs.some(({ format, file }) => format === 'terminal' && file === null)) context.warn(failuresOf(result));
  await writeReports(
    specs,
    result,
    {
      width: context.width,
      colour: context.colour && !call.noColour,
      leastSeverity: call.leastSeverity,
      tree: call.tree,
    },
    context.print,
  );
}
