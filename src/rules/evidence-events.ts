import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { filled, sqlFile } from '../engine/sql-file.ts';
import type { EvidenceEvent } from './predicate.ts';

const text = z.string().nullable();

const eventRow = z
  .object({
    event_key: z.bigint(),
    account_id: z.string(),
    log_id: z.string(),
    event_time: z.date(),
    source: text,
    event_type: text,
    level: text,
    error_code: z.number().nullable(),
    error_reason: text,
    request_id: text,
    correlation_id: text,
    trace_id: z.bigint().nullable(),
    conversation_id: text,
    participant_id: text,
    communication_id: text,
    resource_id: text,
    status: text,
    participant_type: text,
    profile_id: text,
    channel: text,
    address: text,
    configuration_id: text,
    body: text,
    file: text,
    format: text,
  })
  .transform(
    (row): EvidenceEvent => ({
      eventKey: row.event_key,
      accountId: row.account_id,
      logId: row.log_id,
      eventTime: row.event_time,
      source: row.source,
      eventType: row.event_type,
      level: row.level,
      errorCode: row.error_code,
      errorReason: row.error_reason,
      requestId: row.request_id,
      correlationId: row.correlation_id,
      traceId: row.trace_id,
      conversationId: row.conversation_id,
      participantId: row.participant_id,
      communicationId: row.communication_id,
      resourceId: row.resource_id,
      status: row.status,
      participantType: row.participant_type,
      profileId: row.profile_id,
      channel: row.channel,
      address: row.address,
      configurationId: row.configuration_id,
      body: parsedJson(row.body),
      file: row.file,
      format: row.format,
    }),
  );

/** A row's evidence in the order of time, from its event keys. */
export type EvidenceOf = (eventKeys: readonly bigint[]) => readonly EvidenceEvent[];

/** Measured up to there, where they save a fifth; for a hundred keys it is a third. */
const mostConstants = 16_000;

/** Fetches the events of many rows with one query. Keys that no event has are passed over. */
export async function fetchEvidence(session: Session, eventKeys: Iterable<bigint>): Promise<EvidenceOf> {
  const wanted = new Set(eventKeys);
  if (wanted.size === 0) return () => [];
  const sql = await sqlFile(import.meta.url, './evidence-events.sql');
  const keys = [...wanted].join(', ');
  // Constants find the entries in the log. Rows are joined to the view, whose columns are then worked out for all entries before; those
  // come as one text, as a list parameter would be bound value by value.
  const isFew = wanted.size <= mostConstants;
  const query = filled(sql, { keys: isFew ? keys : "SELECT unnest(string_split($keys, ', ')::BIGINT[])" });
  const events = await session.rows(eventRow, query, isFew ? undefined : { keys });
  const places = new Map(events.map((event, place) => [event.eventKey, place]));
  return (keys) => {
    const mine = new Set(keys.flatMap((key) => places.get(key) ?? []));
    return [...mine].sort((a, b) => a - b).flatMap((place) => events[place] ?? []);
  };
}

function parsedJson(json: string | null): unknown {
  if (json === null) return null;
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
