import { link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dataFolder, warmUp } from '../data.ts';
import { alternate, measure } from '../measure.ts';
import { audit, bareLoad, compared, type Fingerprint, fingerprint, helpOf, postlude } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { gigabytes, millions } from '../words.ts';

export const store: Scenario = {
  name: 'store',
  summary:
    "A store that is loaded once and audited again and again, against audits of the files and DuckDB's bare load of them.",
  measure: measureStore,
};

async function measureStore(call: BenchCall): Promise<Table[]> {
  const data = await dataFolder({ ...call, accounts: 1 }, call.files);
  // A folder of links, beside the data so that they can be hard ones: a file is added and taken away, and the data stays as it is.
  const folder = `${data.path}-measured`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  try {
    for (const name of await readdir(data.path)) await link(join(data.path, name), join(folder, name));
    await warmUp(folder);
    await warmUp(data.next);
    const tables: Table[] = [];
    for (const options of await waysToLoad()) tables.push(await inFolder(call, folder, data.next, options));
    return tables;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const resultNames = ['cold', 'first', 'next', 'more', 'cold-more'] as const;

/** With and without the tables of the model, where `load` can keep them. */
async function waysToLoad(): Promise<readonly (readonly string[])[]> {
  const help = await helpOf('load');
  return help.includes('--tables') ? [[], ['--tables']] : [[]];
}

async function inFolder(call: BenchCall, folder: string, next: string, options: readonly string[]): Promise<Table> {
  const { scratch } = call;
  const db = join(scratch, 'store.db');
  const wholeDb = join(scratch, 'whole.db');
  const added = join(folder, `z-${basename(next)}`);
  const result = (name: string) => join(scratch, `store-${name}.json`);
  const load = (into: string) => measure(postlude(['load', folder, '--db', into, ...options, '--quiet']), scratch);
  let size = 0;
  // A result of another call must not be taken for one of this.
  for (const name of resultNames) await rm(result(name), { force: true });

  // The order is that of a night and the next: each step builds on the one before, and all of them are repeated from the start.
  const steps = [
    {
      name: 'audit of the files',
      run: async () => {
        await rm(added, { force: true });
        await removeStore(db);
        await removeStore(wholeDb);
        return measure(audit([folder], result('cold')), scratch);
      },
    },
    { name: 'bare load of the files', run: () => measure(bareLoad(join(folder, '*')), scratch) },
    {
      name: 'load into a new store',
      run: async () => {
        const run = await load(db);
        size = (await stat(db)).size;
        return run;
      },
    },
    { name: 'first audit from the store', run: () => measure(audit(['--db', db], result('first')), scratch) },
    { name: 'next audit from the store', run: () => measure(audit(['--db', db], result('next')), scratch) },
    { name: 'load again, nothing new', run: () => load(db) },
    {
      name: 'load 1 % more, as one more file',
      run: async () => {
        await link(next, added);
        return load(db);
      },
    },
    { name: 'audit from the store, with that', run: () => measure(audit(['--db', db], result('more')), scratch) },
    { name: 'load all of that into a new store', run: () => load(wholeDb) },
    { name: 'audit of the files, with that', run: () => measure(audit([folder], result('cold-more')), scratch) },
  ];
  const series = await alternate(steps, call.runs, { mayFail: true });
  const [cold, first, again, more, coldMore] = await Promise.all(
    resultNames.map((name) => fingerprint(result(name)).catch(() => undefined)),
  );
  const findings = new Map<string, readonly [Fingerprint | undefined, Fingerprint | undefined]>([
    ['first audit from the store', [first, cold]],
    ['next audit from the store', [again, cold]],
    ['audit from the store, with that', [more, coldMore]],
  ]);
  return {
    title: `${millions(call.events)} events in a folder of ${call.files.toLocaleString('en')} files, \`${['load', ...options].join(' ')}\``,
    series: series.map((each) => {
      const [mine, files] = findings.get(each.name) ?? [];
      return { ...each, extra: { findings: mine && files && each.failure === undefined ? compared(mine, files) : '' } };
    }),
    reference: 'bare load of the files',
    remarks: [
      `The store takes ${gigabytes(size)} for ${gigabytes(await bytesOf(folder))} of files. Its findings are compared with those of an audit of the same files, byte for byte.`,
    ],
  };
}

async function removeStore(file: string): Promise<void> {
  for (const name of [file, `${file}.wal`]) await rm(name, { force: true });
}

async function bytesOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
