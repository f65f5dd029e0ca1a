-- Ids that somebody who wrote $id may have meant: a mistake leaves its beginning or its end as it was, and both are long enough to
-- be rare; or only a part of the id was given. Comparing every id letter by letter would take as long as the audit.
WITH
columns AS (
  SELECT unnest([
    request_id, correlation_id, conversation_id, participant_id, communication_id, profile_id, configuration_id, store_id, log_id,
    channel_id, resource_id]) AS id
  FROM event_log
  UNION ALL SELECT unnest([request_id]) FROM api_errors
  UNION ALL SELECT operation_id FROM operations
  UNION ALL SELECT message_id FROM messages
  UNION ALL SELECT call_id FROM calls
  UNION ALL SELECT configuration_id FROM configurations
  UNION ALL SELECT store_id FROM stores
),
near AS (
  SELECT DISTINCT id
  FROM columns
  WHERE left(id, 2 * length($id) // 3) = left($id, 2 * length($id) // 3)
    OR right(id, length($id) // 3) = right($id, length($id) // 3)
    OR contains(id, $id)
)
SELECT id
FROM near
WHERE length($id) >= 4
  AND (contains(id, $id) OR (length(id) - length($id) BETWEEN -3 AND 3 AND levenshtein(lower(id), lower($id)) <= 3))
ORDER BY levenshtein(lower(id), lower($id)), id
LIMIT 3
