-- needs: communications, conversations
-- Several rules look for what was said twice. Grouping all communications by author and text is dear, so only conversations that
-- may repeat something are looked into, by numbers, and the few communications found are read in full.
CREATE OR REPLACE TABLE echoes AS
WITH
said AS MATERIALIZED (
  SELECT
    communication_id,
    CASE WHEN text_hash IS NOT NULL THEN hash(author, text_hash) END AS text_key,
    CASE WHEN resource_id IS NOT NULL THEN hash(author, resource_id) END AS resource_key
  FROM (
    SELECT *, coalesce(participant_id, conversation_id || ' ' || address) AS author
    FROM communications
    -- By one plain column: the scan then skips most rows before it looks at their other columns.
    SEMI JOIN (FROM conversations WHERE may_repeat) AS doubtful USING (conversation_id)
  )
),
repeated AS (
  SELECT communication_id FROM said
  SEMI JOIN (SELECT text_key FROM said WHERE text_key IS NOT NULL GROUP BY text_key HAVING count(*) > 1) AS twice USING (text_key)
  UNION
  SELECT communication_id FROM said
  SEMI JOIN (SELECT resource_key FROM said WHERE resource_key IS NOT NULL GROUP BY resource_key HAVING count(*) > 1) AS twice
    USING (resource_key)
)
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
  created_at,
  event_keys
FROM communications
SEMI JOIN repeated USING (communication_id)
WHERE conversation_id IS NOT NULL;

COMMENT ON TABLE echoes IS 'Communications of which the author has another one with the same text or the same resource id.';
COMMENT ON COLUMN echoes.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN echoes.communication_id IS 'conv_communication_…';
COMMENT ON COLUMN echoes.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN echoes.participant_id IS 'Its author; where NULL, authors are told apart by address.';
COMMENT ON COLUMN echoes.channel IS 'The author''s channel: VOICE, SMS, RCS, WHATSAPP, CHAT, …';
COMMENT ON COLUMN echoes.address IS 'The author''s address, as logged.';
COMMENT ON COLUMN echoes.channel_id IS 'Call, message or classic conversation SID.';
COMMENT ON COLUMN echoes.resource_id IS 'External id: a message SID; for voice a transcription SID with an index.';
COMMENT ON COLUMN echoes.text_hash IS 'Equal where the texts are equal; NULL where the export shows no text.';
COMMENT ON COLUMN echoes.recipients IS 'channel, address, participant_id and delivery_status of each, as last logged.';
COMMENT ON COLUMN echoes.created_at IS 'Time of communication.created; where the export begins later, its own time.';
COMMENT ON COLUMN echoes.event_keys IS 'The events about it, in no order.';
