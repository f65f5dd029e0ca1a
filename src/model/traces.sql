-- needs: trace_ids
CREATE OR REPLACE TABLE traces AS
SELECT
  event_log.account_id,
  trace_ids.trace_id,
  min(event_time) AS began_at,
  max(event_time) AS ended_at,
  count(*) AS events,
  list_sort(list(DISTINCT request_id) FILTER (request_id IS NOT NULL)) AS request_ids,
  list_sort(list(DISTINCT correlation_of(request_id, correlation_id, correlates_itself)) FILTER (correlation_of(request_id, correlation_id, correlates_itself) IS NOT NULL)) AS correlation_ids,
  list_sort(list(DISTINCT conversation_id) FILTER (conversation_id IS NOT NULL)) AS conversation_ids,
  count(*) FILTER (level = 'ERROR') AS errors,
  count(*) FILTER (level = 'WARNING') AS warnings
FROM event_log
JOIN trace_ids ON trace_ids.account_id = event_log.account_id AND trace_ids.id = coalesce(event_log.request_id, event_log.correlation_id)
GROUP BY event_log.account_id, trace_ids.trace_id;

COMMENT ON TABLE traces IS 'One row per trace: the requests of an account that request and correlation ids join.';
COMMENT ON COLUMN traces.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN traces.trace_id IS 'A name inside one run only.';
COMMENT ON COLUMN traces.began_at IS 'Its first event.';
COMMENT ON COLUMN traces.ended_at IS 'Its last event.';
COMMENT ON COLUMN traces.events IS 'How many events it has.';
COMMENT ON COLUMN traces.request_ids IS 'Sorted.';
COMMENT ON COLUMN traces.correlation_ids IS 'Sorted.';
COMMENT ON COLUMN traces.conversation_ids IS 'The conversations its events name, sorted.';
COMMENT ON COLUMN traces.errors IS 'Events of level ERROR.';
COMMENT ON COLUMN traces.warnings IS 'Events of level WARNING.';
