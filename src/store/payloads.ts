import { z } from 'zod';
import { quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { bodyOf, hasProfileKey, linesOf } from '../model/second-look.ts';
import { tellingOf } from '../model/telling.ts';

/*
 * The fast path leaves in the files what few entries need: whether there is a profileId key at all, and the payloads of merges and of
 * observations that name nothing. An audit of files looks there a second time; the files of a store can be gone by then, so it is
 * looked up while they are loaded.
 */

const sought = z.object({ event_key: z.bigint(), log_id: z.string() });

const named = /conv_conversation_[0-9a-z]{26}|mem_profile_[0-9a-z]{26}/;

/** So many rows are changed by one statement, as their values stand in its text. */
const most = 5000;

export async function settlePayloads(session: Session): Promise<void> {
  const [profiles, payloads] = await Promise.all([
    session.rows(sought, await sqlFile(import.meta.url, './bare-participants.sql')),
    session.rows(
      sought.extend({
        account_id: z.string().nullable(),
        event_type: z.string(),
        kind: z.enum(['merge', 'observation']),
      }),
      await sqlFile(import.meta.url, './dropped-payloads.sql'),
    ),
  ]);
  const observations = payloads.filter(({ kind }) => kind === 'observation');
  const merges = payloads.filter(({ kind }) => kind === 'merge');
  const lines = new Map(await linesOf(session, [...profiles, ...merges].map(logIdOf)));
  const telling = await tellingOf(observations, async (some) => {
    const found = await linesOf(session, some.map(logIdOf));
    for (const [logId, line] of found) lines.set(logId, line);
    return some.filter(({ log_id }) => named.test(found.get(log_id) ?? ''));
  });

  await change(
    session,
    profiles.flatMap(({ event_key, log_id }) => {
      const line = lines.get(log_id);
      return line === undefined ? [] : [`(${event_key}, ${hasProfileKey(line)}, NULL::JSON)`];
    }),
  );
  await change(
    session,
    [...merges, ...telling].flatMap(({ event_key, log_id }) => {
      const body = bodyOf(lines.get(log_id));
      return body === undefined ? [] : [`(${event_key}, NULL::BOOLEAN, ${quoted(JSON.stringify(body))}::JSON)`];
    }),
  );
}

function logIdOf({ log_id }: { readonly log_id: string }): string {
  return log_id;
}

async function change(session: Session, rows: readonly string[]): Promise<void> {
  for (let from = 0; from < rows.length; from += most) {
    await session.run(`
      UPDATE event_log SET
        shows_profile = coalesce(looked_up.shows_profile, event_log.shows_profile),
        body = coalesce(looked_up.body, event_log.body)
      FROM (VALUES ${rows.slice(from, from + most).join(', ')}) AS looked_up (event_key, shows_profile, body)
      WHERE event_log.event_key = looked_up.event_key`);
  }
}
