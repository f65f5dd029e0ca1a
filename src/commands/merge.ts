import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Context } from './context.ts';
import { mergeOptions } from './merge-options.ts';

/** `postlude merge RESULT.json…`: the results of shards, or of runs over different accounts, as the one of a single run. */
export function mergeCommand(context: Context): CommandModule {
  return {
    command: 'merge',
    describe: 'Put the results of several audits together, such as those of --shard',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude merge RESULT.json…\n\nReads what postlude audit --format json wrote in several runs (- is standard input), over shards of\nthe accounts or over different accounts, and reports what one run over all of them would have found.',
        )
        .options(mergeOptions)
        .example('postlude audit exports/ --shard 1/2 --format json=1.json', 'one share of the accounts,')
        .example('postlude audit exports/ --shard 2/2 --format json=2.json', 'the other, on another machine,')
        .example('postlude merge 1.json 2.json --format html=all.html', 'and what both found')
        .example('postlude merge night/*.json --baseline known.json --update-baseline', 'only what is new')
        .example('postlude merge night/*.json --partial', 'without the shards that did not finish'),
    handler: ({ _: [, ...paths], ...given }) => context.start(() => run(context, paths.map(String), given)),
  };
}

async function run(
  context: Context,
  paths: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (paths.length === 0) {
    throw new UserError(
      'merge needs the files that audit --format json=FILE wrote: postlude merge RESULT.json… (see postlude merge --help)',
    );
  }
  if (paths.some((path) => path.trim() === ''))
    throw new UserError('RESULT.json is empty; name a file, or leave it out');
  if (paths.filter((path) => path === '-').length > 1) throw new UserError('standard input (-) can be read only once');

  const [{ resultAt }, { mergeResults }, { tellReadResult }] = await Promise.all([
    import('./result-at.ts'),
    import('../findings/merge.ts'),
    import('./tell-read-result.ts'),
  ]);
  await tellReadResult(context, given, paths, async () => {
    const parts: AuditResult[] = [];
    for (const path of paths) parts.push(await resultAt(context, path, 'merge'));
    const names = paths.map((path) => (path === '-' ? 'standard input' : path));
    return mergeResults(parts, { names, partial: given.partial === true });
  });
}
