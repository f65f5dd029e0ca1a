import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { TraceResult } from '../trace/story.ts';
import type { Context } from './context.ts';
import { traceOptions } from './trace-options.ts';

/** `postlude trace ID PATH…`: one id through everything. What it needs is loaded only when it runs, so that help is quick. */
export function traceCommand(context: Context): CommandModule {
  return {
    command: 'trace',
    describe: 'Follow one id: what happened to it, in order, and what is wrong',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude trace ID PATH…\n\nFollows one id through exported events (files, folders, globs; - is standard input): every event of\nits traces in order, the gaps between them, the findings about them, and the records that belong to\nthem. ID is a request or correlation id; the id of a conversation, participant, communication,\nprofile, operation, configuration or store; a message or call SID; or a log id.',
        )
        .options(traceOptions)
        .example('postlude trace 659e903d-18ad-… exports/', 'a request')
        .example('postlude trace CAaa9c2f05b6ab… exports/ --all', 'a call, with nothing left out')
        .example('postlude trace conv_conversation_… exports/ --format json', 'for a program'),
    handler: ({ _: [, ...given], ...options }) => context.start(() => run(context, given.map(String), options)),
  };
}

async function run(
  context: Context,
  [id, ...paths]: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (id === undefined || paths.length === 0) {
    throw new UserError(
      `trace needs an id and ${id === undefined ? 'a file or folder of exported events' : `after it a file or folder of exported events; there is only "${id}"`}: postlude trace ID PATH… (see postlude trace --help)`,
    );
  }
  if (id.trim() === '') throw new UserError('ID is empty; give it a value: postlude trace ID PATH…');
  if (/^AC\w+$/.test(id)) {
    throw new UserError(
      `${id} is an account, and all of its events are no trace: postlude audit PATH… --account ${id}`,
    );
  }
  const [{ auditCall }, { parseReportSpecs, writeReports }, { traceFormats }] = await Promise.all([
    import('./audit-call.ts'),
    import('../report/index.ts'),
    import('../report/trace.ts'),
  ]);
  const call = auditCall(paths, given);
  const specs = await parseReportSpecs(call.formats.length === 0 ? ['terminal'] : call.formats, traceFormats);
  const [{ trace }, { progressLine }, { exitCode }, { failuresOf }] = await Promise.all([
    import('../trace.ts'),
    import('./progress-line.ts'),
    import('./exit-code.ts'),
    import('./failures.ts'),
  ]);

  const progress = call.quiet || context.terminal === null ? null : progressLine(context.terminal);
  let result: TraceResult;
  try {
    result = await trace(id, progress === null ? call.audit : { ...call.audit, progress });
  } finally {
    progress?.clear();
  }
  const { issues, rules, stories } = result;
  context.exit(exitCode({ issues, rules, findings: stories.flatMap(({ findings }) => findings) }, call));
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
      all: given.all === true,
    },
    context.print,
  );
}
