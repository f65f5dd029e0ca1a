CREATE TABLE entries AS
SELECT
  eventTime AS event_time, eventType AS event_type, body.id AS id, body.conversationId AS conversation_id,
  body."type" AS participant_type, body.profileId AS profile_id, body.addresses AS addresses
FROM read_ndjson(
  getvariable('file'),
  columns = {
    eventTime: 'TIMESTAMP', eventType: 'VARCHAR',
    body: 'STRUCT(id VARCHAR, conversationId VARCHAR, "type" VARCHAR, profileId VARCHAR, addresses STRUCT(channel VARCHAR, address VARCHAR)[])'
  });
