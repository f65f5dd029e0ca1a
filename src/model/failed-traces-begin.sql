CREATE OR REPLACE TEMP TABLE failed_log AS
SELECT event_key, account_id, log_id, event_time, event_type, level::VARCHAR AS level, error_code, error_reason, request_id,
  correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id,
  conversation_id, participant_id
FROM event_log
LIMIT 0;

-- The ids to go on from.
CREATE OR REPLACE TEMP TABLE failed_frontier AS
SELECT DISTINCT account_id, unnest([request_id, correlation_id]) AS id
FROM event_log
WHERE level = 'ERROR' AND coalesce(request_id, correlation_id) IS NOT NULL;

DELETE FROM failed_frontier WHERE id IS NULL;

CREATE OR REPLACE TEMP TABLE failed_known AS FROM failed_frontier;
