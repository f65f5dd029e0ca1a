-- Every event of the stories of `story_hits`, with the nearest reason why: it names the id, it is of the same trace as one that
-- does, or it is about the conversation that one of them belongs to.
CREATE OR REPLACE TEMP TABLE story_parts AS
WITH
-- A configuration or store is named by what has nothing else in common: their traces are stories of their own.
followed AS (
  SELECT DISTINCT event_log.account_id, coalesce(request_id, correlation_id) AS id
  FROM event_log
  JOIN story_hits USING (event_key)
  WHERE story_hits.kind NOT IN ('configuration', 'store', 'intelligence-configuration')
    AND coalesce(request_id, correlation_id) IS NOT NULL
),
joined AS (
  SELECT DISTINCT trace_ids.account_id, trace_ids.id
  FROM followed
  JOIN trace_ids AS own USING (account_id, id)
  JOIN trace_ids ON trace_ids.account_id = own.account_id AND trace_ids.trace_id = own.trace_id
),
lived_in AS (
  SELECT DISTINCT event_log.account_id, event_log.conversation_id
  FROM event_log
  JOIN story_hits USING (event_key)
  WHERE story_hits.kind IN ('participant', 'communication', 'profile', 'message', 'call')
    AND event_log.conversation_id IS NOT NULL
  UNION
  SELECT account_id, unnest(related_ids) FROM operations WHERE operation_id = $id
),
parts AS (
  SELECT event_key, 1 AS reason FROM story_hits
  UNION ALL
  SELECT event_key, 2
  FROM event_log
  SEMI JOIN joined ON joined.account_id = event_log.account_id AND joined.id = coalesce(event_log.request_id, event_log.correlation_id)
  UNION ALL
  SELECT event_key, 3
  FROM event_log
  SEMI JOIN lived_in USING (account_id, conversation_id)
  WHERE kind = 'conversation'::event_kind
)
SELECT event_key, min(reason)::INTEGER AS reason
FROM parts
GROUP BY event_key;
