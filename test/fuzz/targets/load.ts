/** Loading whole files: every entry is loaded once, a duplicate or rejected, whichever way it is read. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identifier, openSession, type Session } from '../../../src/engine/session.ts';
import { sideTables } from '../../../src/ingest/entry.ts';
import { findInputs } from '../../../src/ingest/inputs.ts';
import { createTables, type Loaded, loadExports, readExports, settleExports } from '../../../src/ingest/load.ts';
import { readRecords } from '../../../src/ingest/read.ts';
import { sniff } from '../../../src/ingest/sniff.ts';
import { readAll } from '../../ingest-files/reading.ts';
import { isDocumented } from '../documented.ts';
import { exportSeeds } from '../seeds.ts';
import { promise, promiseMessage, type Target } from '../target.ts';

/** Tables are made anew, and what is left in folders looked at, one time in so many: most of a load is the making of tables. */
const freshShare = 16;

export const load: Target = {
  name: 'load',
  share: 4,
  kind: 'json',
  seeds: exportSeeds,
  async open(folder) {
    const once = join(folder, 'once');
    const twice = join(folder, 'twice');
    const many = join(folder, 'many');
    const spill = join(folder, 'spill');
    for (const each of [once, twice, spill]) await mkdir(each, { recursive: true });
    let kept: Session | null = null;

    /** Loads a folder and looks at it; a session in which something failed is not used again. */
    const loaded = async <Result>(path: string, isFresh: boolean, look: Look<Result>): Promise<Result> => {
      if (isFresh) return loadedApart(path, spill, look);
      const session = kept ?? (await sessionWithTables(folder));
      kept = null;
      try {
        const { inputs, issues } = await findInputs([path], { spillDir: session.spillDir });
        const read = await readExports(session, inputs, options);
        const settled = await settleExports(session, { ...read, issues: [...issues, ...read.issues] }, {});
        const result = await look(session, settled);
        await session.run(emptied);
        kept = session;
        return result;
      } finally {
        if (kept === null) await session.close();
      }
    };

    return {
      async check(bytes) {
        await writeFile(join(once, 'a'), bytes);
        await writeFile(join(twice, 'a'), bytes);
        await writeFile(join(twice, 'b'), bytes);
        await rm(join(twice, 'c'), { force: true });
        const sniffed = await sniff(join(once, 'a'));
        if (
          !('unrecognised' in sniffed) &&
          sniffed.compression === 'none' &&
          sniffed.encoding === 'utf-8' &&
          isDocumented(bytes)
        ) {
          // The same text, but behind a byte order mark DuckDB does not read it by itself.
          await writeFile(join(twice, 'c'), Buffer.concat([Buffer.from('\uFEFF'), bytes]));
        }
        const isFresh = bytes.reduce((sum, byte) => (sum * 31 + byte) & 0xffff, 0) % freshShare === 0;
        const alone = await loaded(once, isFresh, async (session, result) => {
          promiseCounts(result);
          await promiseAllRead(session, result);
          return { result, tables: await dump(session) };
        });
        await loaded(twice, isFresh, async (session, result) => {
          promiseCounts(result);
          promiseSame(alone, { result, tables: await dump(session) });
        });
      },
      async checkAll(all) {
        await rm(many, { recursive: true, force: true });
        await mkdir(many);
        for (const [at, bytes] of all.entries()) await writeFile(join(many, String(at)), bytes);
        await loaded(many, false, async (session, result) => {
          promiseCounts(result);
          await promiseAllRead(session, result);
        });
      },
      async close() {
        await kept?.close();
      },
    };
  },
};

const options = { keepBody: true };
const tables = ['event_log', ...sideTables];
const emptied = [...tables, 'rejects', 'input_files', 'incomplete_files']
  .map((table) => `DELETE FROM ${identifier(table)};`)
  .join('\n');

type Tables = ReadonlyMap<string, readonly string[]>;
type Look<Result> = (session: Session, result: Loaded) => Promise<Result>;

async function sessionWithTables(tempDir: string): Promise<Session> {
  const session = await openSession({ threads: 1, tempDir });
  await createTables(session, false);
  return session;
}

async function loadedApart<Result>(path: string, spill: string, look: Look<Result>): Promise<Result> {
  const session = await openSession({ threads: 1, tempDir: spill });
  let result: Result;
  try {
    result = await look(session, await loadExports(session, { paths: [path], comments: false, ...options }));
  } finally {
    await session.close();
  }
  const left = await readdir(spill);
  promise(left.length === 0, 'nothing is left in the folder for temporary files', left);
  return result;
}

function promiseCounts({ files, issues, events, duplicates }: Loaded): void {
  for (const { rows, rejected, duplicates: repeated } of files) {
    const counts = [rows, rejected, repeated];
    promise(
      counts.every((count) => Number.isSafeInteger(count) && count >= 0),
      'no file has less than nothing',
      files,
    );
  }
  promise(events >= 0 && duplicates >= 0, 'there is not less than nothing', [events, duplicates]);
  for (const { message } of issues) promiseMessage(message);
}

async function promiseAllRead(session: Session, { files }: Loaded): Promise<void> {
  for (const { path, rows, duplicates, rejected } of files) {
    const sniffed = await sniff(path, session);
    promise(!('unrecognised' in sniffed), 'a file that was loaded is recognised');
    const all = await readAll(readRecords(session, { path, readPath: path, named: true }, sniffed));
    promise(
      rows + duplicates + rejected === all.records.length + all.rejects.length,
      'every entry is loaded, a duplicate or rejected',
      [rows, duplicates, rejected, all.records.length, all.rejects.length],
    );
  }
}

type Outcome = { readonly result: Loaded; readonly tables: Tables };

function promiseSame(alone: Outcome, again: Outcome): void {
  const [first] = alone.result.files;
  const [same, ...copies] = again.result.files;
  if (first === undefined) {
    promise(same === undefined, 'what is no export is none twice', again.result.files);
    return;
  }
  const entries = first.rows + first.duplicates;
  const counted = [same, ...copies].map((file) => file && [file.rows + file.duplicates, file.rejected]);
  promise(
    counted.every((counts) => counts?.[0] === entries && counts[1] === first.rejected),
    'the same bytes hold as many entries, whichever way they are read',
    [first, again.result.files],
  );
  for (const [table, rows] of alone.tables) {
    const others = again.tables.get(table) ?? [];
    const known = new Set(rows);
    const more = others.filter((row) => !known.has(row));
    promise(
      rows.length === others.length && more.length === 0,
      `what is loaded twice, in either way, is what is loaded once: ${table}`,
      [rows.length, others.length, more.slice(0, 2), rows.filter((row) => !others.includes(row)).slice(0, 2)],
    );
  }
  const conflicts = (result: Loaded) => result.issues.filter(({ message }) => /different contents/.test(message));
  promise(conflicts(alone.result).length > 0 || conflicts(again.result).length === 0, 'the same is no conflict');
}

/** What was loaded, without what says only where it stood and how it was read. */
async function dump(session: Session): Promise<Tables> {
  const parts = tables.map((table) => {
    const without = table === 'event_log' ? 'event_key, file_id, line, shows_profile, body' : 'file_id, line';
    return `SELECT '${table}' AS of_table, to_json(rows)::VARCHAR AS row FROM (SELECT * EXCLUDE (${without}) FROM ${identifier(table)}) AS rows`;
  });
  const rows = await session.rows(z.object({ of_table: z.string(), row: z.string() }), parts.join(' UNION ALL '));
  return new Map(
    tables.map((table) => [
      table,
      rows
        .filter(({ of_table }) => of_table === table)
        .map(({ row }) => meaningful(row))
        .sort(),
    ]),
  );
}

/** Lists are loaded as they are; what is empty in them is taken out where the model looks at them. */
function meaningful(row: string): string {
  const value: unknown = JSON.parse(row);
  return JSON.stringify(value, (_, inner: unknown) => (inner === '' || inner === 'null' ? null : inner)) ?? '';
}
