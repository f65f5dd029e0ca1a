import { z } from 'zod';
import { quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { bodyOf, linesOf } from './second-look.ts';

/** Log entries of a product are written in one way: where the first of them name nothing, the others do not either. */
const sample = 1000;

/**
 * Makes `observations`. The field names of these events are not documented: where the usual ones say nothing, ids of
 * conversations and profiles count wherever they stand in the payload.
 */
export async function buildObservations(session: Session): Promise<void> {
  await session.run(await sqlFile(import.meta.url, './observations.sql'));
  const nameless = await session.rows(
    z.object({ event_key: z.bigint(), log_id: z.string(), body: z.string().nullable() }),
    await sqlFile(import.meta.url, './nameless-observations.sql'),
  );
  const first = await namedBy(session, nameless.slice(0, sample));
  const rest = first.length === 0 ? [] : await namedBy(session, nameless.slice(sample));
  const named = [...first, ...rest];
  if (named.length === 0) return;
  await session.run(`
    INSERT INTO observations BY NAME
    SELECT
      event_log.account_id, event_log.event_key, split_part(event_log.event_type, '.', 4) AS kind,
      event_log.event_time AS observed_at, named.conversation_id, named.profile_id, event_log.store_id, true AS is_witness
    FROM (VALUES ${named.join(', ')}) AS named (key, conversation_id, profile_id)
    JOIN event_log ON event_log.event_key = named.key`);
}

type Nameless = { readonly event_key: bigint; readonly log_id: string; readonly body: string | null };

/** Rows of VALUES: event, conversation, profile. */
async function namedBy(session: Session, entries: readonly Nameless[]): Promise<readonly string[]> {
  const lines = await linesOf(
    session,
    entries.filter(({ body }) => body === null).map(({ log_id }) => log_id),
  );
  return entries.flatMap(({ event_key, log_id, body }) => {
    const text = body ?? JSON.stringify(bodyOf(lines.get(log_id)) ?? null);
    const idsOf = (pattern: RegExp) => [...new Set(text.match(pattern) ?? [])].map(quoted);
    return [
      ...idsOf(/conv_conversation_[0-9a-z]{26}/g).map((id) => `(${event_key}, ${id}, NULL::VARCHAR)`),
      ...idsOf(/mem_profile_[0-9a-z]{26}/g).map((id) => `(${event_key}, NULL::VARCHAR, ${id})`),
    ];
  });
}
