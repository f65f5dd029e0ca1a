import type { AuditOptions } from './audit-options.ts';
import { UserError } from './engine/errors.ts';
import type { Issue } from './engine/issue.ts';
import type { Session } from './engine/session.ts';
import { type ExportOptions, loadAndBuild, openSessionFor } from './load-and-build.ts';
import { everything, type Wanted } from './model/build.ts';
import { checkStoreTarget, openStore, writeStore } from './store.ts';

/** Where the tables come from: exports, a kept database, or exports that become one. */
export type TablesOptions = ExportOptions &
  Pick<AuditOptions, 'memoryLimit' | 'tempDir'> & {
    /** A DuckDB file: written where there are paths, else read. */
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
 * The tables of a model, to be looked at. A kept database has all of them; without one only the wanted ones are made.
 * @throws UserError where the call itself is wrong; what is wrong with an input is an issue
 */
export async function openTables(options: TablesOptions, wanted: Wanted): Promise<Tables> {
  const { db, paths } = options;
  if (db === undefined && paths.length === 0) throw new UserError('name files to load, or a file to read with --db');
  if (db !== undefined) {
    if (paths.length > 0) await keep(db, options);
    // Read again even where it was just written, so that the same question has the same answer tomorrow.
    const { session, store } = await openStore(db, options);
    return { session, ...store };
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

async function keep(db: string, options: TablesOptions): Promise<void> {
  await checkStoreTarget(db);
  const session = await openSessionFor(options);
  try {
    const loaded = await loadAndBuild(session, options, everything);
    await writeStore(session, db, options, loaded);
  } finally {
    await session.close();
  }
}
