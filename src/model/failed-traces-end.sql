-- needs: error_responses
CREATE OR REPLACE TABLE failed_trace_events AS
SELECT failed_ids.trace_id, failed_log.*, event_key IN (SELECT event_key FROM error_responses WHERE event_key IS NOT NULL) AS is_answer
FROM failed_log
JOIN failed_ids ON failed_ids.account_id = failed_log.account_id AND failed_ids.id = coalesce(request_id, correlation_id)
WHERE failed_ids.trace_id IN (
  SELECT failed_ids.trace_id
  FROM failed_log
  JOIN failed_ids ON failed_ids.account_id = failed_log.account_id AND failed_ids.id = coalesce(request_id, correlation_id)
  WHERE level = 'ERROR'
);

DROP TABLE IF EXISTS failed_ids;
DROP TABLE IF EXISTS failed_log;
DROP TABLE IF EXISTS failed_round;
DROP TABLE IF EXISTS failed_known;
DROP TABLE IF EXISTS failed_frontier;

COMMENT ON TABLE failed_trace_events IS 'One row per event of a trace that holds an event of level ERROR.';
COMMENT ON COLUMN failed_trace_events.trace_id IS 'Tells these traces apart. A name inside one run and this table only.';
COMMENT ON COLUMN failed_trace_events.event_key IS 'The event itself, for event_keys.';
COMMENT ON COLUMN failed_trace_events.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN failed_trace_events.log_id IS 'Breaks ties of event_time.';
COMMENT ON COLUMN failed_trace_events.event_time IS 'When it was logged.';
COMMENT ON COLUMN failed_trace_events.event_type IS 'As in events.';
COMMENT ON COLUMN failed_trace_events.level IS 'INFO, WARNING or ERROR.';
COMMENT ON COLUMN failed_trace_events.error_code IS 'NULL for success.';
COMMENT ON COLUMN failed_trace_events.error_reason IS 'Free text: HTTP status and message of what failed.';
COMMENT ON COLUMN failed_trace_events.request_id IS 'The API request that led to it.';
COMMENT ON COLUMN failed_trace_events.correlation_id IS 'Joins requests that belong together.';
COMMENT ON COLUMN failed_trace_events.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN failed_trace_events.participant_id IS 'conv_participant_…';
COMMENT ON COLUMN failed_trace_events.is_answer IS 'It is an error that the API answered with, and so in error_responses.';
