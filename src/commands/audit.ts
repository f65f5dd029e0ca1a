import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import { auditOptions } from './audit-options.ts';
import { baselineChoice, openBaseline } from './baseline-option.ts';
import { besideReports } from './by-option.ts';
import type { Context } from './context.ts';
import { named } from './keep-apart.ts';

/** `postlude audit PATH…`: everything in one go. What it needs is loaded only when it runs, so that help is quick. */
export function auditCommand(context: Context): CommandModule {
  return {
    command: 'audit',
    describe: 'Load exported events, run the rules, and report what went wrong',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude audit PATH…\npostlude audit --db FILE\n\nLoads exported events (files, folders, globs; - is standard input), runs the rules, and\nreports what went wrong, on what evidence, why, and what to do.',
        )
        .options(auditOptions)
        .example('postlude audit exports/', 'everything in a folder')
        .example('postlude audit events.ndjson configurations.json --rules merge', 'one topic, with a side file')
        .example('postlude audit exports/ --format terminal --format json=report.json', 'for people and for a program')
        .example(
          'postlude audit exports/ --format sarif=out.sarif --format junit=out.xml',
          'for the tools of a pipeline',
        )
        .example('postlude audit exports/ --format html=report.html', 'a page to search, filter and pass on')
        .example('postlude audit exports/ --tree full', 'every finding, a line each, below its cause')
        .example('postlude audit exports/ --baseline known.json', 'only what is new since known.json was written')
        .example(
          'postlude audit exports/ --shard 3/16 --format json=3.json',
          'a share of many accounts; see postlude merge',
        )
        .example('postlude audit exports/ --by account --format html=out/all.html', 'and a page for each account')
        .example('postlude audit exports/ --redact --format json=ticket.json', 'to be sent elsewhere')
        .example('zstdcat night.zst | postlude audit - --severity error --fail-on critical', 'in a pipeline'),
    handler: ({ _: [, ...paths], ...given }) => context.start(() => run(context, paths.map(String), given)),
  };
}

async function run(
  context: Context,
  paths: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [{ auditCall, keepAuditApart }, { auditFormats }, { runAndReport }] = await Promise.all([
    import('./audit-call.ts'),
    import('../report/index.ts'),
    import('./run-and-report.ts'),
  ]);
  const call = auditCall(paths, given);
  const chosen = baselineChoice(given, call.formats);
  await keepAuditApart(call, named('--baseline', chosen?.file));
  if (chosen?.update === true && call.redact.kind !== 'off') {
    throw new UserError(
      '--update-baseline writes subjects as they are, and --redact masks them: update it in a run of its own',
    );
  }
  if (chosen?.update === true && call.audit.shard !== undefined) {
    throw new UserError(
      '--update-baseline writes what all shards found, and --shard sees one of them: update it where they are merged (postlude merge)',
    );
  }
  const baseline = await openBaseline(context, chosen, call.audit.from);
  await runAndReport(context, call, {
    formats: auditFormats,
    run: async (options) => (await import('../audit.ts')).audit({ ...options, compare: baseline.apply }),
    findingsOf: ({ findings }) => findings,
    options: (options) => options,
    beside: besideReports(call.by),
  });
  await baseline.finish();
}
