-- needs: coverage, participants, communication_repeats
-- One aggregation per kind of event instead of one over all: each reads few columns of few rows. Most conversations live on one
-- channel, where its smallest name is also its greatest; lists are put together only for the others (`mixed`).
-- What these aggregations hold DuckDB cannot spill, so a log that is large for the memory there is goes through here in slices (sliced.ts).
CREATE OR REPLACE TABLE conversations AS
WITH
lives AS (
  SELECT
    account_id,
    conversation_id,
    min(event_time) FILTER (event_type = 'conversation.created') AS created_event_time,
    min(resource_created_at) AS resource_created_at,
    -- Of two statuses at the same time the later in a conversation's life. A number is compared far quicker than time and log id.
    arg_max(status, epoch_us(event_time) * 256
      + CASE status WHEN 'CLOSED' THEN 255 WHEN 'INACTIVE' THEN 254 WHEN 'ACTIVE' THEN 253 ELSE hash(status) % 253 END)
      FILTER (status IS NOT NULL) AS status,
    min(event_time) FILTER (status = 'INACTIVE') AS inactive_at,
    min(event_time) FILTER (status = 'CLOSED') AS closed_at,
    max(event_time) FILTER (event_type = 'conversation.updated' AND status IN ('ACTIVE', 'INACTIVE')) AS last_open_at,
    min(event_time) FILTER (event_type = 'conversation.deleted') AS deleted_at,
    min(configuration_id) AS configuration_id,
    min(name) AS name,
    list(event_key) AS event_keys,
    min(event_time) AS first_seen,
    max(event_time) AS last_seen
  FROM event_log
  WHERE kind = 'conversation'::event_kind AND conversation_id IS NOT NULL AND {{slice}}
  GROUP BY account_id, conversation_id
),
members AS (
  SELECT
    account_id,
    conversation_id,
    count(*) AS participants,
    count(*) FILTER (participant_type = 'CUSTOMER') AS customers,
    min(channels[1]) AS lowest_channel,
    max(channels[-1]) AS highest_channel,
    flatten(list(channel_ids) FILTER (len(channel_ids) > 0)) AS channel_ids,
    bool_and(is_lean) AS is_lean,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen
  FROM participants
  WHERE conversation_id IS NOT NULL AND {{slice}}
  GROUP BY account_id, conversation_id
),
-- A communication with several events counts once, and so do a text and a resource id that several of its events say.
repeats AS (
  SELECT
    account_id,
    conversation_id,
    count(*) - count(DISTINCT communication_id) AS repeats,
    count(text_hash) - count(DISTINCT (communication_id, text_hash)) FILTER (text_hash IS NOT NULL) AS texts,
    count(resource_id) - count(DISTINCT (communication_id, resource_id)) FILTER (resource_id IS NOT NULL) AS resources
  FROM event_log
  SEMI JOIN communication_repeats USING (event_key)
  WHERE conversation_id IS NOT NULL AND {{slice}}
  GROUP BY account_id, conversation_id
),
exchanges AS (
  SELECT
    account_id,
    conversation_id,
    count(*) AS events,
    -- Each text sets one of 64 bits: where as many are set as there are texts, no two are equal. Finding out which are takes a
    -- group for each communication instead of one for each conversation. Resource ids, which hardly ever repeat, are given a
    -- second chance; the hash of NULL is a number, too, and sets one bit more.
    count(text_hash) AS texts,
    bit_count(bit_or(1::UBIGINT << (text_hash & 63))) AS text_bits,
    count(resource_id) AS resources,
    greatest(
      bit_count(bit_or(1::UBIGINT << (hash(resource_id) & 63))),
      bit_count(bit_or(1::UBIGINT << ((hash(resource_id) >> 6) & 63)))) - (count(resource_id) < count(*))::INTEGER AS resource_bits,
    min(channel) AS lowest_channel,
    max(channel) AS highest_channel,
    max(channel_id) FILTER (channel_id LIKE 'CA%') AS call_id,
    min(event_time) AS first_communication_at,
    max(event_time) AS last_communication_at,
    max(CASE WHEN event_type = 'communication.created' THEN event_time ELSE coalesce(resource_created_at, event_time) END) AS last_said_at
  FROM event_log
  WHERE kind = 'communication'::event_kind AND conversation_id IS NOT NULL AND {{slice}}
  GROUP BY account_id, conversation_id
),
joined AS (
  SELECT
    account_id,
    conversation_id,
    lives.* EXCLUDE (account_id, conversation_id, first_seen, last_seen),
    members.participants,
    members.customers,
    members.channel_ids,
    exchanges.events - coalesce(repeats.repeats, 0) AS communications,
    coalesce(
      exchanges.text_bits < exchanges.texts - coalesce(repeats.texts, 0)
      OR exchanges.resource_bits < exchanges.resources - coalesce(repeats.resources, 0), false) AS may_repeat,
    exchanges.call_id,
    exchanges.first_communication_at,
    exchanges.last_communication_at,
    exchanges.last_said_at,
    coalesce(lives.name IS NULL AND lives.resource_created_at IS NULL AND lives.configuration_id IS NULL, true)
      AND coalesce(members.is_lean, true) AND exchanges.lowest_channel IS NULL AS is_lean,
    least(members.lowest_channel, exchanges.lowest_channel) AS lowest_channel,
    greatest(members.highest_channel, exchanges.highest_channel) AS highest_channel,
    least(lives.first_seen, members.first_seen, exchanges.first_communication_at) AS first_seen,
    greatest(lives.last_seen, members.last_seen, exchanges.last_communication_at) AS last_seen
  FROM lives
  FULL JOIN members USING (account_id, conversation_id)
  FULL JOIN exchanges USING (account_id, conversation_id)
  LEFT JOIN repeats USING (account_id, conversation_id)
),
mixed AS (
  SELECT account_id, conversation_id, list_sort(list(DISTINCT channel)) AS channels
  FROM (
    SELECT account_id, conversation_id, unnest(channels) AS channel FROM participants
    UNION ALL
    SELECT account_id, conversation_id, channel FROM event_log WHERE kind = 'communication'::event_kind AND channel IS NOT NULL
  )
  SEMI JOIN (FROM joined WHERE lowest_channel <> highest_channel) AS joined USING (account_id, conversation_id)
  GROUP BY account_id, conversation_id
),
whole AS (
  SELECT
    joined.*,
    coalesce(mixed.channels, CASE WHEN joined.lowest_channel IS NULL THEN [] ELSE [joined.lowest_channel] END) AS channels,
    CASE
      WHEN joined.channel_ids IS NULL AND joined.call_id IS NULL THEN []
      ELSE list_sort(list_distinct(list_filter(
        list_append(coalesce(joined.channel_ids, []), joined.call_id), lambda id: id LIKE 'CA%')))
    END AS call_ids
  FROM joined
  LEFT JOIN mixed USING (account_id, conversation_id)
)
SELECT
  whole.account_id,
  whole.conversation_id,
  coverage."source",
  whole.configuration_id,
  whole.name,
  coalesce(whole.created_event_time, whole.resource_created_at) AS created_at,
  whole.created_event_time IS NOT NULL AS seen_begin,
  whole.status,
  whole.inactive_at,
  whole.closed_at,
  whole.last_open_at,
  whole.deleted_at,
  coalesce(whole.participants, 0) AS participants,
  coalesce(whole.customers, 0) AS customers,
  coalesce(whole.communications, 0) AS communications,
  whole.first_communication_at,
  whole.last_communication_at,
  whole.last_said_at,
  coalesce(whole.may_repeat, false) AS may_repeat,
  whole.channels,
  whole.call_ids,
  len(whole.channels) > 0 OR len(whole.call_ids) > 0 AS channel_known,
  whole.is_lean,
  coalesce(whole.event_keys, []) AS event_keys,
  whole.first_seen,
  whole.last_seen,
  coverage.export_begin,
  coverage.as_of,
  coalesce(whole.deleted_at, coverage.as_of) AS observed_until
FROM whole
LEFT JOIN coverage ON coverage.account_id = whole.account_id AND coverage."source" = 'conversation-orchestrator';

COMMENT ON TABLE conversations IS 'One row per conversation that any event names.';
COMMENT ON COLUMN conversations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN conversations.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN conversations.source IS 'conversation-orchestrator; with account_id the key of coverage.';
COMMENT ON COLUMN conversations.configuration_id IS 'conv_configuration_…; NULL in a lean export.';
COMMENT ON COLUMN conversations.name IS 'As logged.';
COMMENT ON COLUMN conversations.created_at IS 'Time of conversation.created; where the export begins later, its own createdAt.';
COMMENT ON COLUMN conversations.seen_begin IS 'Its conversation.created is in the export: what it lacks since then, it lacks.';
COMMENT ON COLUMN conversations.status IS 'The last one logged: ACTIVE, INACTIVE or CLOSED.';
COMMENT ON COLUMN conversations.inactive_at IS 'First time it was INACTIVE.';
COMMENT ON COLUMN conversations.closed_at IS 'First time it was CLOSED.';
COMMENT ON COLUMN conversations.last_open_at IS 'Last time that an update left it ACTIVE or INACTIVE: after closed_at it was opened again.';
COMMENT ON COLUMN conversations.deleted_at IS 'Time of conversation.deleted.';
COMMENT ON COLUMN conversations.participants IS 'How many participants the export shows.';
COMMENT ON COLUMN conversations.customers IS 'How many of them are CUSTOMER.';
COMMENT ON COLUMN conversations.communications IS 'How many communications the export shows.';
COMMENT ON COLUMN conversations.first_communication_at IS 'First event about a communication.';
COMMENT ON COLUMN conversations.last_communication_at IS 'Last event about a communication.';
COMMENT ON COLUMN conversations.last_said_at IS 'When its last communication was made: what became of its delivery does not count.';
COMMENT ON COLUMN conversations.may_repeat IS 'Two of its communications may have the same text or resource id; false: no two have.';
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
