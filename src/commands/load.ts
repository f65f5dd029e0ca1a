import type { CommandModule } from 'yargs';
import { UserError } from '../engine/errors.ts';
import type { Context } from './context.ts';
import { keepApart, named } from './keep-apart.ts';
import { loadOptions } from './load-options.ts';

const usage = 'postlude load PATH… --db FILE';

/** `postlude load PATH… --db FILE`: reads exports once, for all audits that come. */
export function loadCommand(context: Context): CommandModule {
  return {
    command: 'load',
    describe: 'Add exported events to a store, which audits read instead of files',
    builder: (yargs) =>
      yargs
        .usage(
          'postlude load PATH… --db FILE\n\nReads exported events (files, folders, globs; - is standard input) into a store, and makes it\nwhere there is none. Files that it holds are not read again, entries that it holds are not added\nagain, and what is no longer in a file stays. A load that is cut off leaves the store usable; run\nagain, it goes on from there.',
        )
        .options(loadOptions)
        .example('postlude load exports/ --db events.duckdb', 'tomorrow only what is new')
        .example('postlude audit --db events.duckdb', 'and what the rules say of it')
        .example('postlude load exports/ --db events.duckdb --tables', 'for quick audits')
        .example('zstdcat a.zst | postlude load - --db events.duckdb', 'in a pipeline'),
    handler: ({ _: [, ...paths], ...given }) => context.start(() => run(context, paths.map(String), given)),
  };
}

async function run(
  context: Context,
  paths: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [{ exportCall }, { onlyText }, { issueLine }, { loadIntoStore }] = await Promise.all([
    import('./audit-call.ts'),
    import('./values.ts'),
    import('./failures.ts'),
    import('../store/load.ts'),
  ]);
  const db = onlyText('--db', given.db);
  if (db === undefined) throw new UserError(`name the store that exports are loaded into: ${usage}`);
  if (db.trim() === '') throw new UserError('--db is empty; give it a value');
  if (paths.length === 0) throw new UserError(`load needs a file or folder of exported events: ${usage}`);
  const { memoryLimit, tempDir, timezone, paths: inputs } = exportCall(paths, given);
  const limits = {
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(tempDir === undefined ? {} : { tempDir }),
  };
  const rejectsFile = onlyText('--rejects', given.rejects);
  await keepApart([...named('--db', db), ...named('--rejects', rejectsFile)], named('PATH', inputs));
  if (rejectsFile !== undefined) await (await import('../report/target.ts')).checkTarget(rejectsFile);
  const progress = context.progress(given.quiet === true);
  const started = performance.now();
  try {
    const loaded = await loadIntoStore(db, {
      ...limits,
      paths: inputs,
      progress,
      stdin: context.input,
      ...(given.bodies === undefined ? {} : { keepBody: given.bodies === true }),
      ...(timezone === undefined ? {} : { timezone }),
    });
    if (given.tables === true) {
      const { buildAndKeep } = await import('../tables.ts');
      await buildAndKeep(db, { ...limits, progress });
    }
    if (rejectsFile !== undefined) {
      const { writeStoredRejects } = await import('../store/rejects.ts');
      await writeStoredRejects(db, rejectsFile, limits);
    }
    progress.clear();
    let isLossy = false;
    for (const issue of loaded.issues) {
      context.warn(`postlude: ${issueLine(issue)}`);
      if (issue.severity === 'error') context.exit(2);
      isLossy ||= issue.severity === 'data_loss';
    }
    if (isLossy && given.strict === true) context.exit(2);
    context.warn(`postlude: ${summary(db, loaded, performance.now() - started)}`);
  } finally {
    progress.clear();
  }
}

function summary(
  db: string,
  loaded: {
    readonly files: number;
    readonly unchanged: number;
    readonly added: number;
    readonly duplicates: number;
    readonly rejected: number;
  },
  ms: number,
): string {
  const number = (value: number) => value.toLocaleString('en');
  const read = loaded.files - loaded.unchanged;
  const files = `${number(read)} ${read === 1 ? 'file' : 'files'} read`;
  const unchanged = loaded.unchanged === 0 ? '' : `, ${number(loaded.unchanged)} unchanged`;
  const entries = `${number(loaded.added)} entries added, ${number(loaded.duplicates)} duplicate, ${number(loaded.rejected)} rejected`;
  return `${db}: ${files}${unchanged}; ${entries} (${(ms / 1000).toFixed(1)} s)`;
}
