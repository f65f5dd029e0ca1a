-- needs: coverage
CREATE OR REPLACE TABLE requests AS
SELECT
  event_log.account_id,
  request_id,
  min(event_time) AS began_at,
  max(event_time) AS ended_at,
  count(*) AS events,
  list_sort(list(DISTINCT correlation_of(request_id, correlation_id, correlates_itself)) FILTER (correlation_of(request_id, correlation_id, correlates_itself) IS NOT NULL)) AS correlation_ids,
  list_sort(list(DISTINCT conversation_id) FILTER (conversation_id IS NOT NULL)) AS conversation_ids,
  count(*) FILTER (level = 'ERROR') AS errors,
  count(*) FILTER (level = 'WARNING') AS warnings,
  min(event_time) = any_value(export_begin) AS at_export_begin
FROM event_log
LEFT JOIN coverage ON coverage.account_id = event_log.account_id AND coverage."source" = source_of(event_log."source")
WHERE request_id IS NOT NULL
GROUP BY event_log.account_id, request_id;

COMMENT ON TABLE requests IS 'One row per request id of an account.';
COMMENT ON COLUMN requests.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN requests.request_id IS 'The id of the API request.';
COMMENT ON COLUMN requests.began_at IS 'Its first event.';
COMMENT ON COLUMN requests.ended_at IS 'Its last event.';
COMMENT ON COLUMN requests.events IS 'How many events it led to.';
COMMENT ON COLUMN requests.correlation_ids IS 'Sorted.';
COMMENT ON COLUMN requests.conversation_ids IS 'The conversations its events name, sorted.';
COMMENT ON COLUMN requests.errors IS 'Events of level ERROR.';
COMMENT ON COLUMN requests.warnings IS 'Events of level WARNING.';
COMMENT ON COLUMN requests.at_export_begin IS 'It starts where the export starts: earlier events of it may be missing.';
