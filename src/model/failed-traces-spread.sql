-- Hashes find the entries several times faster than the texts do; an entry that collides brings a trace without errors, which is
-- left out at the end. Most entries carry the same id twice, and need no second look.
CREATE OR REPLACE TEMP TABLE failed_round AS
SELECT event_key, account_id, log_id, event_time, event_type, level::VARCHAR AS level, error_code, error_reason, request_id,
  correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id,
  conversation_id, participant_id
FROM event_log
WHERE hash(request_id) IN (SELECT hash(id) FROM failed_frontier)
  OR (event_log.correlation_id IS NOT NULL AND hash(event_log.correlation_id) IN (SELECT hash(id) FROM failed_frontier));

INSERT INTO failed_log
FROM failed_round ANTI JOIN failed_log USING (event_key);

CREATE OR REPLACE TEMP TABLE failed_frontier AS
SELECT account_id, id
FROM (
  SELECT account_id, request_id AS id FROM failed_round WHERE request_id IS NOT NULL
  UNION
  SELECT account_id, correlation_id FROM failed_round WHERE correlation_id IS NOT NULL
)
ANTI JOIN failed_known USING (account_id, id);

INSERT INTO failed_known FROM failed_frontier;
