-- needs: coverage
CREATE OR REPLACE TABLE communications AS
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
    min(event_time) AS first_seen,
    max(event_time) AS last_seen
  FROM event_log
  WHERE event_type LIKE 'communication.%' AND communication_id IS NOT NULL
  GROUP BY account_id, communication_id
)
SELECT
  lives.account_id,
  lives.communication_id,
  coverage."source",
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
  coalesce(created_event_time, occurred_at) AS created_at,
  occurred_at,
  created_event_time IS NOT NULL AS seen_begin,
  channel IS NOT NULL OR channel_id IS NOT NULL AS channel_known,
  channel IS NULL AND address IS NULL AND text_hash IS NULL AND occurred_at IS NULL AS is_lean,
  first_seen,
  last_seen,
  coverage.export_begin,
  coverage.as_of,
  coverage.as_of AS observed_until
FROM lives
LEFT JOIN coverage ON coverage.account_id = lives.account_id AND coverage."source" = 'conversation-orchestrator';

COMMENT ON TABLE communications IS 'One row per communication: a message, or a piece of transcription.';
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
COMMENT ON COLUMN communications.created_at IS 'Time of communication.created; where the export begins later, its own time.';
COMMENT ON COLUMN communications.occurred_at IS 'Its own occurredAt, else createdAt.';
COMMENT ON COLUMN communications.seen_begin IS 'Its communication.created is in the export.';
COMMENT ON COLUMN communications.channel_known IS 'Its entries show a channel or a channel id.';
COMMENT ON COLUMN communications.is_lean IS 'Its entries carry only the queryable fields.';
COMMENT ON COLUMN communications.first_seen IS 'First event about it.';
COMMENT ON COLUMN communications.last_seen IS 'Last event about it.';
COMMENT ON COLUMN communications.export_begin IS 'Where the export of its account and source begins.';
COMMENT ON COLUMN communications.as_of IS 'Where the export of its account and source ends, or --as-of.';
COMMENT ON COLUMN communications.observed_until IS 'How long it could be watched: as_of.';
