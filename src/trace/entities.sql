-- What the whole export tells of conversations and participants that events of the stories name.
WITH
named AS (
  SELECT DISTINCT event_log.account_id, event_log.conversation_id, event_log.participant_id
  FROM event_log
  JOIN story_parts USING (event_key)
)
SELECT
  account_id,
  conversation_id AS id,
  json_object(
    'status', status, 'created_at', iso(created_at), 'seen_begin', seen_begin, 'inactive_at', iso(inactive_at),
    'closed_at', iso(closed_at), 'deleted_at', iso(deleted_at), 'configuration_id', configuration_id, 'name', name,
    'channels', channels, 'call_ids', call_ids, 'participants', participants, 'customers', customers,
    'communications', communications, 'first_seen', iso(first_seen), 'last_seen', iso(last_seen)) AS data
FROM conversations
SEMI JOIN named USING (account_id, conversation_id)
UNION ALL
SELECT
  account_id,
  participant_id,
  json_object(
    'participant_type', participant_type, 'name', name, 'profile_id', profile_id, 'profile_since', iso(profile_since),
    'conversation_id', conversation_id, 'addresses', addresses, 'created_at', iso(created_at), 'seen_begin', seen_begin,
    'removed_at', iso(removed_at), 'first_seen', iso(first_seen), 'last_seen', iso(last_seen))
FROM participants
SEMI JOIN named USING (account_id, participant_id)
