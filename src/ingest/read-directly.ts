import { z } from 'zod';
import { messageOf } from '../engine/errors.ts';
import { quoted, type Session } from '../engine/session.ts';
import { filled, sqlFile } from '../engine/sql-file.ts';

/** A file that is registered in `input_files`. */
export type RegisteredFile = { readonly fileId: number; readonly path: string; readonly readPath: string };

/** What of an entry is kept although it is dear: its payload, and what communications say and to whom. */
export type Kept = { readonly keepBody: boolean; readonly keepSaid: boolean };

// Texts and recipients are a third of the bytes of most exports, and few rules look at them.
const saidFields = `content STRUCT("text" VARCHAR),
  recipients STRUCT(channel VARCHAR, address VARCHAR, participantId VARCHAR, deliveryStatus VARCHAR)[],`;
// The hash of NULL is a number, too.
const textHash = "CASE WHEN b.content.text <> '' AND b.content.text <> 'null' THEN hash(b.content.text) END";
// Put the other way round, most rows would have theirs copied.
const recipients =
  'CASE WHEN b.recipients IS NOT NULL AND (NOT is_communication OR len(b.recipients) = 0) THEN NULL ELSE b.recipients END';

/**
 * Loads NDJSON files of Debugger entries through DuckDB itself, all in one scan. Returns the files that hold anything the
 * fast path does not vouch for: nothing of them is loaded, and they must be read carefully.
 */
export async function readDirectly(
  session: Session,
  files: readonly RegisteredFile[],
  options: Kept,
): Promise<readonly RegisteredFile[]> {
  if (files.length === 0) return [];
  try {
    await session.run(await statement(files, options));
  } catch (thrown) {
    // One over-long line or unreadable file fails the whole scan: then each file is tried alone, and the culprit read carefully.
    if (files.length === 1) return isDuckDbError(thrown) ? files : rethrow(thrown);
    const rest: RegisteredFile[] = [];
    for (const file of files) rest.push(...(await readDirectly(session, [file], options)));
    return rest;
  }
  const doubtful = await session.rows(
    z.object({ file_id: z.number() }),
    'SELECT DISTINCT file_id FROM event_log WHERE event_type IS NULL',
  );
  if (doubtful.length === 0) return [];
  const ids = new Set(doubtful.map((row) => row.file_id));
  await session.run(`DELETE FROM event_log WHERE file_id IN (${[...ids].join(', ')})`);
  return files.filter((file) => ids.has(file.fileId));
}

async function statement(files: readonly RegisteredFile[], { keepBody, keepSaid }: Kept): Promise<string> {
  const [sql, bodyStruct] = await Promise.all([
    sqlFile(import.meta.url, './read-debugger-log.sql'),
    sqlFile(import.meta.url, './debugger-log-body.sql'),
  ]);
  const ids = files.map((file) => file.fileId).join(', ');
  const struct = filled(bodyStruct.trim(), { said: keepSaid ? saidFields : '' });
  return filled(sql, {
    text_hash: keepSaid ? textHash : 'NULL',
    recipients: keepSaid ? recipients : 'NULL',
    files: `[${files.map((file) => quoted(globEscaped(file.readPath))).join(', ')}]`,
    file_id: files.length === 1 ? ids : `([${ids}])[file_index::BIGINT + 1]`,
    body_type: keepBody ? 'JSON' : struct,
    fields: keepBody ? `try_cast(body AS ${struct})` : 'body',
    body: keepBody ? 'body' : 'NULL',
  });
}

/** DuckDB globs names even in lists: `a[1].json` would read `a1.json`. */
export function globEscaped(path: string): string {
  return path.replaceAll(/[[*?]/g, (special) => `[${special}]`);
}

/** What reading text can end in: bad input, or a name that vanished. Running out of memory or disk is not for another try. */
function isDuckDbError(thrown: unknown): boolean {
  return /^(Invalid Input|IO|Conversion) Error/.test(messageOf(thrown)) && !/disk|space/i.test(messageOf(thrown));
}

function rethrow(thrown: unknown): never {
  throw thrown;
}
