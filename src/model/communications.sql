-- needs: coverage, communication_repeats
-- Communications are half of most logs. A view over those said once makes nobody pay for columns that no rule reads, and only
-- those with several events are put together and kept.
CREATE OR REPLACE TABLE repeated_communications AS
WITH
lives AS (
  SELECT
    account_id,
    communication_id,
    min(conversation_id) AS conversation_id,
    min(participant_id) AS participant_id,
    min(channel) AS channel,
    min(address) AS address,
    min(channel_id) AS channel_id,
    min(resource_id) AS resource_id,
    min(text_hash) AS text_hash,
    arg_max(recipients, moment(event_time, log_id)) FILTER (recipients IS NOT NULL) AS recipients,
    min(event_time) FILTER (event_type = 'communication.created') AS created_event_time,
    min(resource_created_at) AS occurred_at,
    list(event_key) AS event_keys,
    min(event_time) AS first_seen,
    max(event_time) AS last_seen
  FROM event_log
  SEMI JOIN communication_repeats USING (event_key)
  GROUP BY account_id, communication_id
)
FROM lives;

CREATE OR REPLACE VIEW communications AS
WITH
lives AS (
  FROM repeated_communications
  UNION ALL BY NAME
  SELECT
    account_id,
    communication_id,
    conversation_id,
    participant_id,
    channel,
    address,
    channel_id,
    resource_id,
    text_hash,
    recipients,
    CASE WHEN event_type = 'communication.created' THEN event_time END AS created_event_time,
    resource_created_at AS occurred_at,
    [event_key] AS event_keys,
    event_time AS first_seen,
    event_time AS last_seen
  FROM event_log
  ANTI JOIN communication_repeats USING (event_key)
  WHERE kind = 'communication'::event_kind AND communication_id IS NOT NULL
)
SELECT
  account_id,
  communication_id,
  'conversation-orchestrator' AS "source",
  conversation_id,
  participant_id,
  channel,
  address,
  channel_id,
  resource_id,
  text_hash,
  coalesce([{
    'channel': clean(r.channel), 'address': clean(r.address), 'participant_id': clean(r.participantId),
    'delivery_status': clean(r.deliveryStatus)} for r in recipients], []) AS recipients,
  -- Most have one recipient, and need no list functions, which are dear.
  CASE
    WHEN len(recipients) = 1 THEN coalesce(recipients[1].deliveryStatus = 'FAILED', false)
    ELSE coalesce(list_contains([r.deliveryStatus for r in recipients], 'FAILED'), false)
  END AS delivery_failed,
  coalesce(created_event_time, occurred_at) AS created_at,
  occurred_at,
  created_event_time IS NOT NULL AS seen_begin,
  channel IS NOT NULL OR channel_id IS NOT NULL AS channel_known,
  channel IS NULL AND address IS NULL AND text_hash IS NULL AND occurred_at IS NULL AS is_lean,
  event_keys,
  first_seen,
  last_seen,
  -- A join with coverage would be carried out even where nobody asks for its columns.
  make_timestamptz(({{export_begins}})[account_id]) AS export_begin,
  make_timestamptz(({{ends}})[account_id]) AS as_of,
  make_timestamptz(({{ends}})[account_id]) AS observed_until
FROM lives;

COMMENT ON VIEW communications IS 'One row per communication: a message, or a piece of transcription.';
COMMENT ON COLUMN communications.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN communications.communication_id IS 'conv_communication_…';
COMMENT ON COLUMN communications.source IS 'conversation-orchestrator; with account_id the key of coverage.';
COMMENT ON COLUMN communications.conversation_id IS 'NULL where no event says it.';
COMMENT ON COLUMN communications.participant_id IS 'Its author.';
COMMENT ON COLUMN communications.channel IS 'The author''s channel: VOICE, SMS, RCS, WHATSAPP, CHAT, …';
COMMENT ON COLUMN communications.address IS 'The author''s address, as logged.';
COMMENT ON COLUMN communications.channel_id IS 'Call, message or classic conversation SID.';
COMMENT ON COLUMN communications.resource_id IS 'External id: a message SID; for voice a transcription SID with an index.';
COMMENT ON COLUMN communications.text_hash IS 'Equal where the texts are equal; NULL where the export shows no text.';
COMMENT ON COLUMN communications.recipients IS 'channel, address, participant_id and delivery_status of each, as last logged.';
COMMENT ON COLUMN communications.delivery_failed IS 'The delivery to some recipient FAILED, as last logged.';
COMMENT ON COLUMN communications.created_at IS 'Time of communication.created; where the export begins later, its own time.';
COMMENT ON COLUMN communications.occurred_at IS 'Its own occurredAt, else createdAt.';
COMMENT ON COLUMN communications.seen_begin IS 'Its communication.created is in the export.';
COMMENT ON COLUMN communications.channel_known IS 'Its entries show a channel or a channel id.';
COMMENT ON COLUMN communications.is_lean IS 'Its entries carry only the queryable fields.';
COMMENT ON COLUMN communications.event_keys IS 'The events about it, in no order.';
COMMENT ON COLUMN communications.first_seen IS 'First event about it.';
COMMENT ON COLUMN communications.last_seen IS 'Last event about it.';
COMMENT ON COLUMN communications.export_begin IS 'Where the export of its account and source begins.';
COMMENT ON COLUMN communications.as_of IS 'Where the export of its account and source ends, or --as-of.';
COMMENT ON COLUMN communications.observed_until IS 'How long it could be watched: as_of.';
