/*
title: One request reaches into several conversations
severity: warning
subject: request
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#conversations-merge-unexpectedly
causes:
  one-request-many-conversations:
    message: "Request {subject_id} changed {conversations} conversations."
    fix: Follow the request through the conversations it names, and check which of them its message or call belongs to.
*/
WITH
-- Almost every request stays in one conversation. Hashes find the others several times faster than the texts; what collides is
-- told apart below. All bits are the same in all of them only where all are the same, and bits are kept in less than what is smallest.
suspects AS (
  SELECT hash(request_id) AS request_hash
  FROM events
  WHERE request_id IS NOT NULL AND conversation_id IS NOT NULL
  GROUP BY request_hash
  HAVING bit_and(hash(conversation_id)) <> bit_or(hash(conversation_id))
),
-- Few. By themselves, so that nobody looks at the types of all other events.
of_suspects AS MATERIALIZED (
  SELECT account_id, request_id, conversation_id, event_key, event_time, event_type, status
  FROM events
  WHERE hash(request_id) IN (FROM suspects)
),
touched AS (
  SELECT account_id, request_id, conversation_id, list(event_key) AS event_keys, min(event_time) AS first_seen
  FROM of_suspects
  WHERE (event_type LIKE 'conversation.%' OR event_type LIKE 'participant.%' OR event_type LIKE 'communication.%')
    AND conversation_id IS NOT NULL
  GROUP BY account_id, request_id, conversation_id
  -- A rollover closes one conversation and creates the next with one request: closing alone does not count.
  HAVING bool_or(NOT (event_type = 'conversation.updated' AND coalesce(status, '') IN ('CLOSED', 'INACTIVE')))
)
SELECT
  account_id,
  request_id AS subject_id,
  'one-request-many-conversations' AS cause,
  min(first_seen) AS first_seen,
  flatten(list(event_keys)) AS event_keys,
  list({'type': 'conversation', 'id': conversation_id} ORDER BY conversation_id) AS related,
  count(*)::INTEGER AS conversations
FROM touched
GROUP BY account_id, request_id
HAVING count(*) > 1
