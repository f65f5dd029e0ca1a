import { z } from 'zod';
import { quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { parseLoosely } from '../ingest/containers/parse-object.ts';
import { lineIndexes } from '../ingest/line-index.ts';
import { type LocatableFile, locateEntries } from '../ingest/locate.ts';

/**
 * The fast path reads payloads into fixed columns, which cannot tell a `profileId` that is null from one that is not there,
 * and does not keep what has no column. Where that matters, for few entries of many, their lines are read again.
 */

/**
 * Looks up both in one pass over the files: whether customers that never carried a profile have the key at all (for everybody
 * else that follows from the profile), and the profile ids that stand anywhere in the payload of a merge (`profile_merges`).
 */
export async function takeSecondLook(session: Session): Promise<void> {
  const sql = await sqlFile(import.meta.url, './unsettled-profiles.sql');
  // Asked for together: one by one each would wait behind whatever long table was begun meanwhile, and the files be read that much later.
  const [unsettled, merges, files] = await Promise.all([
    session.rows(z.object({ account_id: z.string(), participant_id: z.string(), log_id: z.string() }), sql),
    session.rows(
      z.object({ event_key: z.bigint(), log_id: z.string(), body: z.string().nullable() }),
      "SELECT event_key, log_id, body::VARCHAR AS body FROM event_log WHERE event_type LIKE '%.profiles.merged'",
    ),
    directFiles(session),
  ]);
  const lines = await linesIn(session, files, [
    ...unsettled.map((entry) => entry.log_id),
    ...merges.filter((merge) => merge.body === null).map((merge) => merge.log_id),
  ]);

  const shown = unsettled.filter((entry) => hasProfileKey(lines.get(entry.log_id)));
  if (shown.length > 0) {
    await session.run(`
      UPDATE participants SET shows_profile = true
      FROM (VALUES ${shown.map((entry) => `(${quoted(entry.account_id)}, ${quoted(entry.participant_id)})`).join(', ')}) AS shown (account_id, participant_id)
      WHERE participants.account_id = shown.account_id AND participants.participant_id = shown.participant_id`);
  }
  await session.run(await sqlFile(import.meta.url, './profile-merges.sql'));
  const named = merges.flatMap(({ event_key, log_id, body }) => {
    const text = body ?? JSON.stringify(bodyOf(lines.get(log_id)) ?? null);
    return [...new Set(text.match(/mem_profile_[0-9a-z]{26}/g) ?? [])].map(
      (profileId) => `(${event_key}, ${quoted(profileId)})`,
    );
  });
  if (named.length === 0) return;
  await session.run(`
    INSERT INTO profile_merges
    SELECT event_log.account_id, event_log.event_key, event_log.log_id, event_log.event_time, named.profile_id
    FROM (VALUES ${named.join(', ')}) AS named (key, profile_id)
    JOIN event_log ON event_log.event_key = named.key`);
}

/** The lines of entries that DuckDB read itself, by log id. */
export async function linesOf(session: Session, logIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return logIds.length === 0 ? new Map() : linesIn(session, await directFiles(session), logIds);
}

/** Those that DuckDB read itself. */
function directFiles(session: Session): Promise<readonly LocatableFile[]> {
  return session.rows(
    z.object({ path: z.string(), readPath: z.string() }),
    'SELECT path, read_path AS "readPath" FROM input_files WHERE direct ORDER BY file_id',
  );
}

async function linesIn(
  session: Session,
  files: readonly LocatableFile[],
  logIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (logIds.length === 0) return new Map();
  const found = await locateEntries(files, new Set(logIds), { indexes: lineIndexes(session) });
  return new Map([...found].map(([logId, entry]) => [logId, entry.raw]));
}

/** Whether the payload of an entry says something of a profile, be it that there is none. */
export function hasProfileKey(line: string | undefined): boolean {
  const body = bodyOf(line);
  return typeof body === 'object' && body !== null && ('profileId' in body || 'profile_id' in body);
}

/** The payload of an entry, from its line: JSON as DuckDB took it. */
export function bodyOf(line: string | undefined): unknown {
  const parsed = line === undefined ? null : parseLoosely(line);
  if (parsed === null || !('value' in parsed)) return undefined;
  const entry = parsed.value;
  return typeof entry === 'object' && entry !== null && 'body' in entry ? entry.body : undefined;
}
