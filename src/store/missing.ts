import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { isErrno } from '../engine/errors.ts';
import type { Issue } from '../engine/issue.ts';
import { quoted, type Session } from '../engine/session.ts';
import type { InputFile } from '../ingest/inputs.ts';
import type { NewFile } from './known-files.ts';
import { hasTable, type Meta } from './store-file.ts';
import { contentIsNew } from './tables.ts';

/*
 * Files that a load has begun with and that are not in the store yet: what stands there when no load is at work was left out by one that
 * was cut off. The table is there only while it has rows, so that a store in which nothing is missing is as it was without it.
 */

const missingRow = z.object({
  path: z.string(),
  /** Null where it is no lasting file: then only its name tells that it comes again. */
  read_path: z.string().nullable(),
});
type Missing = z.infer<typeof missingRow>;

async function missingIn(session: Session): Promise<readonly Missing[]> {
  if (!(await hasTable(session, 'log', 'missing'))) return [];
  return session.rows(missingRow, 'FROM store.log.missing ORDER BY path');
}

/** In a transaction. */
async function keepMissing(session: Session, missing: readonly Missing[]): Promise<void> {
  await session.run('DROP TABLE IF EXISTS store.log.missing');
  if (missing.length > 0) {
    await session.run('CREATE TABLE store.log.missing (path VARCHAR, read_path VARCHAR)');
    const rows = missing.map(
      ({ path, read_path }) => `(${quoted(path)}, ${read_path === null ? 'NULL' : quoted(read_path)})`,
    );
    await session.run(`INSERT INTO store.log.missing VALUES ${rows.join(', ')}`);
  }
  await session.run(`UPDATE store.log.meta SET is_whole = ${missing.length === 0}`);
  await contentIsNew(session);
}

/** Those that are none of some files. */
function without(missing: readonly Missing[], files: readonly InputFile[]): readonly Missing[] {
  const paths = new Set(files.map(({ path }) => path));
  const readPaths = new Set(files.map(({ readPath }) => readPath));
  return missing.filter(({ path, read_path }) => (read_path === null ? !paths.has(path) : !readPaths.has(read_path)));
}

function asMissing({ file, state }: NewFile): Missing {
  return { path: file.path, read_path: state === null ? null : file.readPath };
}

export type Announced = {
  /** The load has made the store itself. */
  readonly isNew: boolean;
  readonly inputs: readonly InputFile[];
  readonly fresh: readonly NewFile[];
};

/**
 * Notes down what a load is going to read, before it reads any of it. What another load left out stays missing, unless it is among the
 * inputs of this one, or gone.
 * @returns what is gone
 */
export async function announceFiles(
  session: Session,
  meta: Meta,
  { isNew, inputs, fresh }: Announced,
): Promise<readonly Issue[]> {
  const before = await missingIn(session);
  const others: Missing[] = [];
  const gone: Issue[] = [];
  for (const missing of without(before, inputs)) {
    if (missing.read_path !== null && (await isGone(missing.read_path))) gone.push(goneIssue(missing.path));
    else others.push(missing);
  }
  // One that was cut off before it had found its files has left no names: whoever finds none either has not gone on with it.
  const isSettled = meta.isWhole === (others.length === 0) || (!isNew && before.length === 0 && inputs.length === 0);
  if (fresh.length === 0 && others.length === before.length && isSettled) return [];
  await session.run('BEGIN');
  await keepMissing(session, [...others, ...fresh.map(asMissing)]);
  await session.run('COMMIT');
  return gone;
}

/** In the transaction that adds files, or has found that they hold nothing to be added. */
export async function filesAreIn(session: Session, files: readonly NewFile[]): Promise<void> {
  const missing = await missingIn(session);
  const read = files.map(({ file }) => file);
  await keepMissing(session, without(missing, read));
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (thrown: unknown) => isErrno(thrown, 'ENOENT', 'ENOTDIR'),
  );
}

function goneIssue(path: string): Issue {
  return {
    severity: 'notice',
    file: path,
    message: 'is gone, and the load that began to read it was cut off: load it from wherever it is now.',
  };
}

/** What an audit has to tell of a store where a load was cut off; null where none was. */
export async function cutOffIssue(session: Session, meta: Meta): Promise<Issue | null> {
  const missing = await missingIn(session);
  const [first] = missing;
  if (first !== undefined) {
    const [what, them] =
      missing.length === 1
        ? [`${first.path} was in`, 'it']
        : [`${missing.length} of its files were in, ${first.path} among them`, 'them'];
    return {
      severity: 'data_loss',
      message: `a load into the store was cut off before ${what}: run postlude load with ${them} again.`,
    };
  }
  // Cut off before it had found its files.
  return meta.isWhole
    ? null
    : {
        severity: 'data_loss',
        message: 'a load into the store was cut off, and some of its files are not in: run postlude load again.',
      };
}
