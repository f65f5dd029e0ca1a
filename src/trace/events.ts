import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { aboutColumns, aboutOf } from '../findings/event-about.ts';
import { fetchEvidence } from '../findings/evidence.ts';
import { gapsOf } from './gaps.ts';
import { type Reason, reasons, type StoryEvent } from './story.ts';

const text = z.string().nullable();

const row = z.object({
  event_key: z.bigint(),
  account_id: z.string(),
  reason: z.number().transform((place): Reason => reasons[place - 1] ?? 'id'),
  format: z.string(),
  ...aboutColumns,
  channel_id: text,
  configuration_id: text,
  store_id: text,
  channel_ids: z.array(z.string()),
});

/** An event of a story before its findings are known. `channelIds` are those of further addresses. */
export type TracedEvent = {
  readonly accountId: string;
  readonly event: Omit<StoryEvent, 'findings'>;
  readonly channelIds: readonly string[];
};

/** The events of `story_parts` by account, each account's in the order of time, ties by log id. */
export async function fetchEvents(session: Session): Promise<ReadonlyMap<string, readonly TracedEvent[]>> {
  const rows = await session.rows(row, await sqlFile(import.meta.url, './events.sql'));
  const byKey = new Map(rows.map((found) => [found.event_key, found]));
  const cited = (await fetchEvidence(session, byKey.keys()))(byKey.keys());

  const accounts = new Map<string, { readonly told: z.infer<typeof row>; readonly cited: (typeof cited)[number] }[]>();
  for (const each of cited) {
    const told = byKey.get(each.key);
    if (told === undefined) continue;
    const there = accounts.get(told.account_id);
    if (there === undefined) accounts.set(told.account_id, [{ told, cited: each }]);
    else there.push({ told, cited: each });
  }
  return new Map(
    [...accounts].map(([accountId, events]) => {
      const gaps = gapsOf(
        events.map(({ cited: { evidence } }) => ({
          time: Date.parse(evidence.eventTime),
          requestId: evidence.requestId,
        })),
      );
      return [
        accountId,
        events.map(({ told, cited: { evidence, correlationId } }, at) => ({
          accountId,
          event: {
            ...evidence,
            format: told.format,
            ...aboutOf(told),
            correlationId,
            channelId: told.channel_id,
            configurationId: told.configuration_id,
            storeId: told.store_id,
            reason: told.reason,
            gapMs: gaps[at]?.ms ?? null,
            gapStandsOut: gaps[at]?.standsOut ?? false,
          },
          channelIds: told.channel_ids,
        })),
      ];
    }),
  );
}
