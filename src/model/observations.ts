import { z } from 'zod';
import { quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { bodyOf, linesOf } from './second-look.ts';
import { tellingOf } from './telling.ts';

/**
 * Makes `observations`. The field names of these events are not documented: where the usual ones say nothing, ids of
 * conversations and profiles count wherever they stand in the payload.
 */
export async function buildObservations(session: Session): Promise<void> {
  await session.run(await sqlFile(import.meta.url, './observations.sql'));
  const nameless = await session.rows(namelessSchema, await sqlFile(import.meta.url, './nameless-observations.sql'));
  const named = (await tellingOf(nameless, (some) => namedBy(session, some))).flatMap(({ rows }) => rows);
  if (named.length === 0) return;
  await session.run(`
    INSERT INTO observations BY NAME
    SELECT
      event_log.account_id, event_log.event_key, split_part(event_log.event_type, '.', 4) AS kind,
      event_log.event_time AS observed_at, named.conversation_id, named.profile_id, event_log.store_id, true AS is_witness
    FROM (VALUES ${named.join(', ')}) AS named (key, conversation_id, profile_id)
    JOIN event_log ON event_log.event_key = named.key`);
}

const namelessSchema = z.object({
  event_key: z.bigint(),
  account_id: z.string().nullable(),
  event_type: z.string(),
  log_id: z.string(),
  body: z.string().nullable(),
});

type Nameless = z.infer<typeof namelessSchema>;

/** Those that name something, each with its rows of VALUES: event, conversation, profile. */
async function namedBy(
  session: Session,
  entries: readonly Nameless[],
): Promise<readonly (Nameless & { readonly rows: readonly string[] })[]> {
  const lines = await linesOf(
    session,
    entries.filter(({ body }) => body === null).map(({ log_id }) => log_id),
  );
  return entries.flatMap((entry) => {
    const { event_key, log_id, body } = entry;
    const text = body ?? JSON.stringify(bodyOf(lines.get(log_id)) ?? null);
    const idsOf = (pattern: RegExp) => [...new Set(text.match(pattern) ?? [])].map(quoted);
    const rows = [
      ...idsOf(/conv_conversation_[0-9a-z]{26}/g).map((id) => `(${event_key}, ${id}, NULL::VARCHAR)`),
      ...idsOf(/mem_profile_[0-9a-z]{26}/g).map((id) => `(${event_key}, NULL::VARCHAR, ${id})`),
    ];
    return rows.length === 0 ? [] : [{ ...entry, rows }];
  });
}
