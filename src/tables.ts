import type { AuditOptions } from './audit-options.ts';
import { UserError } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import type { Session } from './engine/session.ts';
import { buildTables, type ExportOptions, loadAndBuild, loadStored, openSessionFor } from './load-and-build.ts';
import { everything, type Wanted } from './model/build.ts';
import { checkTarget } from './report/target.ts';
import { addExports } from './store/load.ts';
import { cannotWrite, checkReplaceable, createStore, openWithStore, replaceStore } from './store/store-file.ts';
import { keepTables, openKeptTables, tablesOf } from './store/tables.ts';

/** Where the tables come from: exports, a store, or exports that become one. */
export type TablesOptions = ExportOptions &
  Pick<AuditOptions, 'memoryLimit' | 'tempDir'> & {
    /** A store: written where there are paths, else read. */
    readonly db?: string;
  };

/** Tables that can be asked, in a session that is locked. Close it. */
export type Tables = {
  readonly session: Session;
  readonly events: number;
  readonly accounts: readonly string[];
  readonly asOf: Date | null;
  readonly issues: readonly Issue[];
};

/**
 * The tables of a model, to be looked at. A store can keep all of them; else only the wanted ones are made.
 * @throws UserError where the call itself is wrong; what is wrong with an input is an issue
 */
export async function openTables(options: TablesOptions, wanted: Wanted): Promise<Tables> {
  const { db, paths } = options;
  if (db === undefined && paths.length === 0) throw new UserError('name files to load, or a file to read with --db');
  if (db !== undefined) {
    if (paths.length > 0) await keep(db, options);
    // Read again even where it was just written, so that the same question has the same answer tomorrow.
    return openStored(db, options, wanted);
  }
  const session = await openSessionFor(options);
  try {
    const loaded = await loadAndBuild(session, options, wanted);
    await session.lock();
    return { session, ...loaded };
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

async function openStored(db: string, options: TablesOptions, wanted: Wanted): Promise<Tables> {
  const { session, meta } = await openWithStore(db, 'read', options);
  try {
    // Also those of a part: whoever kept them with --from asks about that part.
    if ((await tablesOf(session, meta)) !== null) {
      await session.close();
      const { session: kept, kept: about } = await openKeptTables(db, options);
      return { session: kept, ...about };
    }
    const loaded = await buildTables(session, null, await loadStored(session, meta, options), options, wanted);
    await session.lock();
    return { session, ...loaded };
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

/** Writes a store with all its tables, whole or not at all, in the place of what is there. */
async function keep(db: string, options: TablesOptions): Promise<void> {
  await checkTarget(db);
  await checkReplaceable(db);
  await replaceStore(db, async (temporary) => {
    // Here and not by the load, which would tell of a file under its temporary name as written.
    await createStore(temporary, true);
    await addExports(temporary, true, { ...options, keepBody: true, stdin: process.stdin });
    await keepAll(temporary, options);
  });
}

/**
 * Builds all tables of a store and keeps them in it.
 * @throws UserError where it cannot grow; then it keeps none, or those that it had
 */
export async function buildAndKeep(db: string, options: Omit<TablesOptions, 'paths' | 'db'>): Promise<void> {
  return keepAll(db, options).catch((thrown: unknown) => {
    throw cannotWrite(db, thrown, 'leave out --tables: what was loaded is in it');
  });
}

async function keepAll(db: string, options: Omit<TablesOptions, 'paths' | 'db'>): Promise<void> {
  const { session, meta } = await openWithStore(db, 'change', options);
  try {
    if ((await tablesOf(session, meta)) === 'all') return;
    const loaded = await loadStored(session, meta, options);
    const built = await buildTables(session, null, loaded, options, everything);
    options.progress?.phase('keeping', `writing tables to ${db}`);
    const { from, to, asOf, account, assumeAccount } = options;
    const of = { from, to, asOf, account, assumeAccount };
    await keepTables(session, meta, of, built, loaded);
  } finally {
    await session.close();
  }
}
