import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
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
          'postlude trace ID PATH…\npostlude trace ID --db FILE\n\nFollows one id through exported events (files, folders, globs; - is standard input): every event of\nits traces in order, the gaps between them, the findings about them, and the records that belong to\nthem. ID is a request or correlation id; the id of a conversation, participant, communication,\nprofile, operation, configuration or store; a message or call SID; or a log id.',
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
  if (id === undefined || (paths.length === 0 && given.db === undefined)) {
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
  const [{ auditCall, keepAuditApart }, { traceFormats }, { runAndReport }] = await Promise.all([
    import('./audit-call.ts'),
    import('../report/trace.ts'),
    import('./run-and-report.ts'),
  ]);
  const call = auditCall(paths, given);
  await keepAuditApart(call);
  await runAndReport(context, call, {
    formats: traceFormats,
    run: async (options) => (await import('../trace.ts')).trace(id, options),
    findingsOf: ({ stories }) => stories.flatMap(({ findings }) => findings),
    options: (options) => ({ ...options, all: given.all === true }),
  });
}
