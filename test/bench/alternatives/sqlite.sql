-- sqlite3 scratch.db -cmd "CREATE TABLE lines (line TEXT)" -cmd ".mode ascii" -cmd '.separator "\037" "\n"' -cmd ".import FILE lines" < sqlite.sql
-- The separators are bytes that JSON text never holds within a line, so that each line is one value.
.mode tabs
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -1000000;

CREATE TABLE entries AS
SELECT
  json_extract(line, '$.eventTime') AS event_time,
  json_extract(line, '$.eventType') AS event_type,
  json_extract(line, '$.body.id') AS id,
  json_extract(line, '$.body.conversationId') AS conversation_id,
  json_extract(line, '$.body.type') AS participant_type,
  json_extract(line, '$.body.profileId') AS profile_id,
  json_extract(line, '$.body.addresses') AS addresses
FROM lines;

CREATE TABLE participants AS
SELECT
  entries.id, conversation_id, participant_type, profile_id,
  json_extract(one.value, '$.channel') AS channel,
  replace(json_extract(one.value, '$.address'), 'whatsapp:', '') AS address
FROM entries, json_each(addresses) AS one
WHERE event_type IN ('participant.created', 'participant.updated');

CREATE INDEX entries_by_type ON entries (event_type, conversation_id);
CREATE INDEX participants_by_conversation ON participants (conversation_id, participant_type, profile_id, address);
CREATE INDEX participants_by_channel ON participants (channel, conversation_id);
CREATE INDEX participants_by_id ON participants (id, profile_id);

CREATE TABLE export AS SELECT unixepoch(max(event_time)) AS ended FROM entries;

SELECT 'different-customers', conversation_id
FROM participants
WHERE participant_type = 'CUSTOMER'
GROUP BY conversation_id
HAVING count(DISTINCT profile_id) >= 2 AND count(DISTINCT address) >= 2
ORDER BY conversation_id;

SELECT DISTINCT 'no-profile', id
FROM entries, export
WHERE event_type = 'participant.created' AND participant_type = 'CUSTOMER' AND unixepoch(event_time) <= ended - 30
  AND NOT EXISTS (SELECT * FROM participants WHERE participants.id = entries.id AND participants.profile_id IS NOT NULL)
ORDER BY id;

SELECT DISTINCT 'silent-call', id
FROM entries, export
WHERE event_type = 'conversation.created' AND unixepoch(event_time) <= ended - 300
  AND EXISTS (SELECT * FROM participants WHERE channel = 'VOICE' AND participants.conversation_id = entries.id)
  AND NOT EXISTS (
    SELECT * FROM entries AS said WHERE said.event_type = 'communication.created' AND said.conversation_id = entries.id
  )
ORDER BY id;
