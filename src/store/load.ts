import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../engine/errors.ts';
import { inGroups } from '../engine/groups.ts';
import type { Issue } from '../engine/issue.ts';
import { type Progress, silent } from '../engine/progress.ts';
import { identifier, quoted, type Session, type SessionOptions } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { tool } from '../engine/tool.ts';
import { sideTables } from '../ingest/entry.ts';
import { changeOf, stateOf } from '../ingest/file-state.ts';
import { findInputs } from '../ingest/inputs.ts';
import { countRows, createTables, type ReadExports, readExports, removeRepeatedEntries } from '../ingest/load.ts';
import { checkTarget } from '../report/target.ts';
import { contentHasher, type NewFile, type SortedFiles, sortFiles } from './known-files.ts';
import { keepLineIndexes } from './line-indexes.ts';
import { announceFiles, filesAreIn } from './missing.ts';
import { settlePayloads } from './payloads.ts';
import { cannotWrite, makeStore, openWithStore } from './store-file.ts';
import { contentIsNew } from './tables.ts';
import { issuesOfUnchanged } from './unchanged.ts';

export type StoreLoadOptions = Pick<SessionOptions, 'memoryLimit' | 'tempDir'> & {
  /** Files, folders, globs, `-` for standard input. */
  readonly paths: readonly string[];
  /** Zone for times that carry none; UTC by default. */
  readonly timezone?: string;
  /** Keep payloads, for rules and questions that look into them. Settled when the store is made. */
  readonly keepBody?: boolean;
  readonly stdin?: NodeJS.ReadableStream;
  readonly progress?: Progress;
  /** How much is loaded at a time; small only in tests, which have no gigabytes. */
  readonly bytesAtATime?: number;
};

/** What a load did. In each file read, `added` + `duplicates` + `rejected` is what was in it. */
export type StoreLoaded = {
  readonly files: number;
  /** Files whose content was in the store. */
  readonly unchanged: number;
  /** Log entries and side records that are new to the store. */
  readonly added: number;
  /** Those that were in it already, or stood twice in what was read. Of side records that is found out when the store is read. */
  readonly duplicates: number;
  readonly rejected: number;
  readonly issues: readonly Issue[];
};

/**
 * So much is loaded at a time. Each time is whole or not at all, so a load that is cut off has lost no more than this; and each time
 * costs a look at all ids of the store.
 */
const usualBytesAtATime = 2_000_000_000;

/**
 * Adds exports to a store, and makes it where there is none. Files whose content is in it are not read again, entries that are in it
 * are not added again; what is no longer in a file stays.
 * @throws UserError where the call itself is wrong; what is wrong with an input is an issue
 */
export async function loadIntoStore(file: string, options: StoreLoadOptions): Promise<StoreLoaded> {
  const progress = options.progress ?? silent;
  progress.phase('loading', options.paths.includes('-') ? 'reading standard input' : 'looking for files');
  await checkTarget(file);
  // Where two loads make it at once, one of them goes on with that of the other, or is told that this one uses it.
  const isNew = (await stat(file).catch(() => null)) === null && (await makeStore(file, options.keepBody ?? false));
  return addExports(file, isNew, options).catch((thrown: unknown) => {
    // What was brought into it before is, and the rest is read again.
    throw cannotWrite(
      file,
      thrown,
      'load into another one with --db; what it holds is whole, and a load goes on from there',
    );
  });
}

/**
 * Adds exports to a store that is there.
 * @param isNew it was made for them
 */
export async function addExports(file: string, isNew: boolean, options: StoreLoadOptions): Promise<StoreLoaded> {
  const { session, meta } = await openWithStore(file, 'change', options);
  let total: StoreLoaded = { files: 0, unchanged: 0, added: 0, duplicates: 0, rejected: 0, issues: [] };
  try {
    if (options.keepBody !== undefined && options.keepBody !== meta.keepsBody) {
      throw new UserError(
        meta.keepsBody
          ? `${file} keeps payloads, so what is added must, too: add --bodies`
          : `${file} was made without --bodies, so it has no payloads of what is in it: make another one, or leave out --bodies`,
      );
    }
    const found = await findInputs(options.paths, {
      spillDir: session.spillDir,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    });
    const sorted = await sortFiles(session, found.inputs);
    await rememberMoved(session, sorted.moved);
    const gone = await announceFiles(session, meta, { isNew, inputs: found.inputs, fresh: sorted.fresh });
    total = {
      ...total,
      files: found.inputs.length,
      unchanged: sorted.unchanged.length,
      issues: [...found.issues, ...gone, ...(await issuesOfUnchanged(session, sorted.unchanged, options.timezone))],
    };
    const parts = inGroups(sorted.fresh, options.bytesAtATime ?? usualBytesAtATime, ({ bytes }) => bytes);
    // Each part attaches the store by itself; what was spooled stays here until all are done.
    await session.run('DETACH store');
    for (const part of parts) {
      const loaded = await loadPart(file, part, { ...options, keepBody: meta.keepsBody });
      total = {
        ...total,
        added: total.added + loaded.added,
        duplicates: total.duplicates + loaded.duplicates,
        rejected: total.rejected + loaded.rejected,
        issues: [...total.issues, ...loaded.issues],
      };
    }
    return total;
  } finally {
    await session.close();
  }
}

const currentRow = z.object({ file_id: z.number() });

/** What is wrong with a content counts while it is somewhere, so audits can say something else when it was moved. */
async function rememberMoved(session: Session, moved: SortedFiles['moved']): Promise<void> {
  if (moved.length === 0) return;
  const current = await sqlFile(import.meta.url, './current-files.sql');
  const countCurrent = async () => (await session.rows(currentRow, current)).length;
  await session.run('BEGIN');
  const before = await countCurrent();
  // The last of rotated logs gives way to one that is in the store as well, and is nowhere then.
  const paths = moved.map(({ file }) => quoted(file.readPath)).join(', ');
  await session.run(`UPDATE store.log.known_paths SET read_path = '' WHERE read_path IN (${paths})`);
  await rememberPaths(
    session,
    moved.map(({ file, state, contentHash }) => ({ readPath: file.readPath, ...state, contentHash })),
  );
  await session.run(`
    DELETE FROM store.log.known_paths
    WHERE read_path = '' AND content_hash IN (SELECT content_hash FROM store.log.known_paths WHERE read_path <> '')`);
  if ((await countCurrent()) !== before) await contentIsNew(session);
  await session.run('COMMIT');
}

type KnownPath = {
  readonly readPath: string;
  readonly bytes: number;
  readonly modifiedNs: bigint;
  readonly contentHash: string;
};

async function rememberPaths(session: Session, paths: readonly KnownPath[]): Promise<void> {
  if (paths.length === 0) return;
  await session.run(
    `DELETE FROM store.log.known_paths WHERE read_path IN (${paths.map(({ readPath }) => quoted(readPath)).join(', ')})`,
  );
  await session.run(
    `INSERT INTO store.log.known_paths VALUES ${paths
      .map(
        ({ readPath, bytes, modifiedNs, contentHash }) =>
          `(${quoted(readPath)}, ${bytes}, ${modifiedNs}, ${quoted(contentHash)})`,
      )
      .join(', ')}`,
  );
}

type PartLoaded = Pick<StoreLoaded, 'added' | 'duplicates' | 'rejected' | 'issues'>;

const lastIds = z.object({ file_id: z.number(), event_key: z.bigint() });

/** Reads some files and adds what is new in them, whole or not at all. */
async function loadPart(store: string, files: readonly NewFile[], options: StoreLoadOptions): Promise<PartLoaded> {
  const { progress, timezone } = options;
  const { session } = await openWithStore(store, 'change', options);
  try {
    await createTables(session, false);
    const [last] = await session.rows(lastIds, await sqlFile(import.meta.url, './last-ids.sql'));
    await session.run(`CREATE OR REPLACE SEQUENCE event_seq START WITH ${(last?.event_key ?? 0n) + 1n}`);
    const filesBefore = last?.file_id ?? 0;
    // DuckDB reads on threads of its own, so the hashes are made meanwhile.
    const hashing = hashesOf(files);
    // Whoever waits for it is told; until then nobody listens.
    hashing.catch(() => undefined);
    const read = await readExports(
      session,
      files.map(({ file }) => file),
      {
        filesBefore,
        keepBody: options.keepBody ?? false,
        ...(timezone === undefined ? {} : { timezone }),
        ...(progress === undefined ? {} : { progress }),
      },
    );
    await settlePayloads(session);
    progress?.phase('adding', 'adding what is new');
    const entriesOf = await countRows(session);
    await session.run(await sqlFile(import.meta.url, './meet.sql'));
    await removeRepeatedEntries(session);
    await session.run(await sqlFile(import.meta.url, './part.sql'));
    const counts = await countsOf(session);
    const hashes = await hashing;
    const { known, issues, changed } = await seenAgain(files, hashes, read.changed);

    await session.run('BEGIN');
    const add = await sqlFile(import.meta.url, './add.sql');
    // In the order of accounts each is found without a look at all others.
    await session.run(add.replace('{{order}}', counts.accounts > 1n ? 'ORDER BY account_id' : ''));
    for (const table of sideTables) {
      await session.run(`INSERT INTO store.log.${identifier(table)} BY NAME FROM ${identifier(table)}`);
    }
    await recordFiles(session, { files, read, hashes, changed, entriesOf, filesBefore });
    await rememberPaths(session, known);
    await keepLineIndexes(session, new Map(known.map((file) => [file.readPath, file])));
    await filesAreIn(session, files);
    await session.run('COMMIT');

    const duplicates = Number(counts.own - (counts.won - counts.beaten));
    const entries = [...entriesOf.values()].reduce((sum, rows) => sum + rows, 0);
    return {
      added: entries - duplicates,
      duplicates,
      rejected: Number(counts.rejected),
      issues: [...read.issues, ...issues],
    };
  } finally {
    await session.close();
  }
}

const counted = z.object({
  own: z.bigint(),
  won: z.bigint(),
  beaten: z.bigint(),
  rejected: z.bigint(),
  accounts: z.bigint(),
});

async function countsOf(session: Session): Promise<z.infer<typeof counted>> {
  const [row] = await session.rows(
    counted,
    `SELECT
      (SELECT rows FROM own_entries) AS own,
      (SELECT count(*) FROM event_log) AS won,
      (SELECT count(*) FROM beaten) AS beaten,
      (SELECT count(*) FROM rejects) AS rejected,
      (SELECT count(DISTINCT account_id) FROM event_log) AS accounts`,
  );
  return row ?? { own: 0n, won: 0n, beaten: 0n, rejected: 0n, accounts: 0n };
}

async function hashesOf(files: readonly NewFile[]): Promise<readonly string[]> {
  const contentHashOf = contentHasher();
  const hashes: string[] = [];
  for (const { file, contentHash } of files) hashes.push(contentHash ?? (await contentHashOf(file.readPath)) ?? '');
  return hashes;
}

/** A file that was written to meanwhile is not remembered, so that the next load reads it again. */
async function seenAgain(files: readonly NewFile[], hashes: readonly string[], told: ReadonlySet<string>) {
  const known: KnownPath[] = [];
  const issues: Issue[] = [];
  const changed = new Set<string>();
  for (const [at, { file, state }] of files.entries()) {
    if (state === null) continue;
    const change = changeOf(file.path, state, await stateOf(file.readPath));
    if (change === null) {
      // One that cannot be read has no hash; that was told.
      if ((hashes[at] ?? '') === '') continue;
      known.push({ readPath: file.readPath, ...state, contentHash: hashes[at] ?? '' });
    } else {
      changed.add(file.readPath);
      // Where it was seen by whoever read it, it was told there.
      if (!told.has(file.readPath)) issues.push(change);
    }
  }
  return { known, issues, changed };
}

type Recorded = {
  readonly files: readonly NewFile[];
  readonly read: ReadExports;
  readonly hashes: readonly string[];
  /** By `readPath`: their hashes may be of a content that nobody has read. */
  readonly changed: ReadonlySet<string>;
  readonly entriesOf: ReadonlyMap<number, number>;
  readonly filesBefore: number;
};

/** Every file that was looked at, those of no known shape as well: the numbers of files have no gaps. */
async function recordFiles(
  session: Session,
  { files, read, hashes, changed, entriesOf, filesBefore }: Recorded,
): Promise<void> {
  const text = (value: string | null) => (value === null ? 'NULL' : quoted(value));
  const formats = new Map(read.files.map(({ readPath, format }) => [readPath, format]));
  // Numbers were given to those that could be read at all; the others come after them.
  let next = filesBefore + read.fileIds.size;
  const fileIds = new Map<string, number>();
  const { version } = tool();
  const rows = files.map(({ file, bytes }, at) => {
    const fileId = read.fileIds.get(file.readPath) ?? ++next;
    fileIds.set(file.path, fileId);
    return `(${fileId}, ${quoted(file.path)}, ${quoted(file.readPath)}, ${text(formats.get(file.readPath) ?? null)}, ${quoted(changed.has(file.readPath) ? '' : (hashes[at] ?? ''))}, ${bytes}, ${entriesOf.get(fileId) ?? 0}, ${quoted(version)})`;
  });
  await insert(session, 'files', rows);
  await insert(
    session,
    'pages',
    read.pages.map(
      (page) =>
        `(${page.fileId}, ${quoted(page.path)}, ${page.line}, ${text(page.listKey)}, ${text(page.next)}, ${page.hasPrevious})`,
    ),
  );
  await insert(
    session,
    'issues',
    read.issues.map(({ severity, file, line, message }) => {
      // Whoever named a file that is no export has been told; the store is none the worse for it.
      const kept = severity === 'error' ? 'notice' : severity;
      return `(${fileIds.get(file ?? '') ?? 'NULL'}, ${quoted(kept)}, ${text(file ?? null)}, ${line ?? 'NULL'}, ${quoted(message)})`;
    }),
  );
}

async function insert(session: Session, table: string, rows: readonly string[]): Promise<void> {
  if (rows.length > 0) await session.run(`INSERT INTO store.log.${table} VALUES ${rows.join(', ')}`);
}
