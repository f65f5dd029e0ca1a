-- needs: coverage, participants
-- One aggregation per kind of event instead of one over all: each reads few columns of few rows.
CREATE OR REPLACE TABLE conversations AS
WITH
lives AS (
  SELECT
    account_id,
    conversation_id,
    min("source") AS "source",
    min(event_time) FILTER (event_type = 'conversation.created') AS created_event_time,
    min(resource_created_at) AS resource_created_at,
    arg_max(status, moment(event_time, log_id)) FILTER (status IS NOT NULL) AS status,
    min(event_time) FILTER (status = 'INACTIVE') AS inactive_at,
    min(event_time) FILTER (status = 'CLOSED') AS closed_at,
    min(event_time) FILTER (event_type = 'conversation.deleted') AS deleted_at,
    min(configuration_id) AS configuration_id,
    min(name) AS name,
    list(event_key) AS event_keys,
    min(event_time) AS first_seen,
    max(event_time) AS last_seen
  FROM event_log
  WHERE event_type LIKE 'conversation.%' AND conversation_id IS NOT NULL
  GROUP BY account_id, conversation_id
),
members AS (
  SELECT
    account_id,
    conversation_id,
    min("source") AS "source",
    count(*) AS participants,
    count(*) FILTER (participant_type = 'CUSTOMER') AS customers,
    flatten(list(channels)) AS channels,
    flatten(list(channel_ids)) AS channel_ids,
    bool_and(is_lean) AS is_lean,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen
  FROM participants
  WHERE conversation_id IS NOT NULL
  GROUP BY account_id, conversation_id
),
exchanges AS (
  SELECT
    account_id,
    conversation_id,
    min("source") AS "source",
    count(DISTINCT communication_id) AS communications,
    list(DISTINCT channel) FILTER (channel IS NOT NULL) AS channels,
    max(channel_id) FILTER (channel_id LIKE 'CA%') AS call_id,
    min(event_time) AS first_communication_at,
    max(event_time) AS last_communication_at
  FROM event_log
  WHERE event_type LIKE 'communication.%' AND conversation_id IS NOT NULL
  GROUP BY account_id, conversation_id
),
joined AS (
  SELECT
    account_id,
    conversation_id,
    coalesce(lives."source", members."source", exchanges."source") AS "source",
    coalesce(lives.created_event_time, lives.resource_created_at) AS created_at,
    lives.created_event_time IS NOT NULL AS seen_begin,
    lives.status,
    lives.inactive_at,
    lives.closed_at,
    lives.deleted_at,
    lives.configuration_id,
    lives.name,
    lives.event_keys,
    coalesce(members.participants, 0) AS participants,
    coalesce(members.customers, 0) AS customers,
    coalesce(exchanges.communications, 0) AS communications,
    exchanges.first_communication_at,
    exchanges.last_communication_at,
    list_sort(list_distinct(list_concat(coalesce(members.channels, []), coalesce(exchanges.channels, [])))) AS channels,
    list_sort(list_distinct(list_filter(
      list_append(coalesce(members.channel_ids, []), exchanges.call_id), lambda id: id LIKE 'CA%'))) AS call_ids,
    coalesce(lives.name IS NULL AND lives.resource_created_at IS NULL AND lives.configuration_id IS NULL, true)
      AND coalesce(members.is_lean, true) AND coalesce(len(exchanges.channels) = 0, true) AS is_lean,
    least(lives.first_seen, members.first_seen, exchanges.first_communication_at) AS first_seen,
    greatest(lives.last_seen, members.last_seen, exchanges.last_communication_at) AS last_seen
  FROM lives
  FULL JOIN members USING (account_id, conversation_id)
  FULL JOIN exchanges USING (account_id, conversation_id)
)
SELECT
  joined.account_id,
  joined.conversation_id,
  joined."source",
  joined.configuration_id,
  joined.name,
  joined.created_at,
  joined.seen_begin,
  joined.status,
  joined.inactive_at,
  joined.closed_at,
  joined.deleted_at,
  joined.participants,
  joined.customers,
  joined.communications,
  joined.first_communication_at,
  joined.last_communication_at,
  joined.channels,
  joined.call_ids,
  len(joined.channels) > 0 OR len(joined.call_ids) > 0 AS channel_known,
  joined.is_lean,
  coalesce(joined.event_keys, []) AS event_keys,
  joined.first_seen,
  joined.last_seen,
  coverage.export_begin,
  coverage.as_of,
  coalesce(joined.deleted_at, coverage.as_of) AS observed_until
FROM joined
LEFT JOIN coverage USING (account_id, "source");

COMMENT ON TABLE conversations IS 'One row per conversation that any event names.';
COMMENT ON COLUMN conversations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN conversations.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN conversations.source IS 'The source whose export shows it; with account_id the key of coverage.';
COMMENT ON COLUMN conversations.configuration_id IS 'conv_configuration_…; NULL in a lean export.';
COMMENT ON COLUMN conversations.name IS 'As logged.';
COMMENT ON COLUMN conversations.created_at IS 'Time of conversation.created; where the export begins later, its own createdAt.';
COMMENT ON COLUMN conversations.seen_begin IS 'Its conversation.created is in the export: what it lacks since then, it lacks.';
COMMENT ON COLUMN conversations.status IS 'The last one logged: ACTIVE, INACTIVE or CLOSED.';
COMMENT ON COLUMN conversations.inactive_at IS 'First time it was INACTIVE.';
COMMENT ON COLUMN conversations.closed_at IS 'First time it was CLOSED.';
COMMENT ON COLUMN conversations.deleted_at IS 'Time of conversation.deleted.';
COMMENT ON COLUMN conversations.participants IS 'How many participants the export shows.';
COMMENT ON COLUMN conversations.customers IS 'How many of them are CUSTOMER.';
COMMENT ON COLUMN conversations.communications IS 'How many communications the export shows.';
COMMENT ON COLUMN conversations.first_communication_at IS 'First event about a communication.';
COMMENT ON COLUMN conversations.last_communication_at IS 'Last event about a communication.';
COMMENT ON COLUMN conversations.channels IS 'Channels of its participants'' addresses and its communications'' authors, sorted.';
COMMENT ON COLUMN conversations.call_ids IS 'Call SIDs that its participants or communications name, sorted.';
COMMENT ON COLUMN conversations.channel_known IS 'Some entry shows a channel or a call SID.';
COMMENT ON COLUMN conversations.is_lean IS 'Its entries carry only the queryable fields.';
COMMENT ON COLUMN conversations.event_keys IS 'The events about the conversation itself, in no order.';
COMMENT ON COLUMN conversations.first_seen IS 'First event about it, its participants or communications.';
COMMENT ON COLUMN conversations.last_seen IS 'Last event about it, its participants or communications.';
COMMENT ON COLUMN conversations.export_begin IS 'Where the export of its account and source begins.';
COMMENT ON COLUMN conversations.as_of IS 'Where the export of its account and source ends, or --as-of.';
COMMENT ON COLUMN conversations.observed_until IS 'How long it could be watched: until it was deleted, else as_of.';
