-- The events that name the id ($id), as what; $kind is what its form says it is where a column holds ids of several kinds.
CREATE OR REPLACE TEMP TABLE story_hits AS
WITH
named AS (
  SELECT
    event_key,
    [
      CASE WHEN request_id = $id THEN 'request' END,
      CASE WHEN correlation_of(request_id, correlation_id, correlates_itself) = $id THEN 'correlation' END,
      CASE WHEN conversation_id = $id THEN 'conversation' END,
      CASE WHEN participant_id = $id THEN 'participant' END,
      CASE WHEN communication_id = $id THEN 'communication' END,
      CASE WHEN profile_id = $id THEN 'profile' END,
      CASE WHEN configuration_id = $id THEN 'configuration' END,
      CASE WHEN store_id = $id THEN 'store' END,
      CASE WHEN log_id = $id THEN 'log' END,
      CASE WHEN resource_id = $id OR channel_id = $id OR list_contains([a.channelId for a in several_addresses], $id) THEN $kind END
    ] AS kinds
  FROM event_log
  WHERE $id IN (
      request_id, correlation_id, conversation_id, participant_id, communication_id, profile_id, configuration_id, store_id,
      log_id, resource_id, channel_id)
    OR (several_addresses IS NOT NULL AND list_contains([a.channelId for a in several_addresses], $id))
),
-- Events about what belongs to it: not every event of a participant names its conversation, or the profile that it carries later.
owned AS (
  SELECT unnest(event_keys) AS event_key, kind
  FROM (
    SELECT event_keys, 'conversation' AS kind FROM participants WHERE conversation_id = $id
    UNION ALL
    SELECT event_keys, 'profile' FROM participants WHERE profile_id = $id OR list_contains(profile_ids, $id)
    UNION ALL
    SELECT event_keys, $kind FROM participants WHERE list_contains(channel_ids, $id)
  )
),
diagnosed AS (
  SELECT diagnostics.event_key, 'conversation' AS kind FROM diagnostics WHERE conversation_id = $id
  UNION ALL
  SELECT event_key, 'participant' FROM diagnostics WHERE participant_id = $id
  UNION ALL
  SELECT diagnostics.event_key, 'profile'
  FROM diagnostics JOIN participants USING (account_id, participant_id)
  WHERE participants.profile_id = $id OR list_contains(participants.profile_ids, $id)
  UNION ALL
  SELECT event_key, 'profile' FROM profile_merges WHERE profile_id = $id
),
hits AS (
  SELECT event_key, unnest(kinds) AS kind FROM named
  UNION
  SELECT event_key, kind FROM owned
  UNION
  SELECT event_key, kind FROM diagnosed
)
SELECT event_log.account_id, hits.event_key, hits.kind
FROM hits
JOIN event_log USING (event_key)
WHERE hits.kind IS NOT NULL;
