-- needs: coverage
-- The last record of each asynchronous operation. What is finished never goes back, so a finished record is later than any other,
-- whatever their times; ties break by content.
CREATE OR REPLACE TABLE current_operations AS
WITH
latest AS (
  SELECT * EXCLUDE (file_id, line) REPLACE (upper(status) AS status)
  FROM operations
  WHERE operation_id IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY account_id, operation_id
    ORDER BY upper(status) IN ('COMPLETED', 'FAILED', 'CANCELLED') DESC, recorded_at DESC NULLS LAST, upper(status) = 'RUNNING' DESC,
      upper(status), error_title, error_detail, result_id, related_ids) = 1
),
histories AS (
  SELECT
    account_id,
    operation_id,
    min(created_at) AS created_at,
    distinct_texts(flatten(list(list_append(coalesce(related_ids, []), result_id)))) AS resource_ids
  FROM operations
  GROUP BY account_id, operation_id
),
-- Operations are of the orchestrator; where its events are not in the export, those of others tell how far it reaches, and
-- without any the latest operation does.
extents AS (
  SELECT
    operations.account_id,
    coalesce(
      max(coverage.as_of) FILTER (coverage."source" = 'conversation-orchestrator'),
      max(coverage.as_of),
      max(operations.recorded_at)
    ) AS as_of
  FROM (SELECT account_id, max(recorded_at) AS recorded_at FROM operations GROUP BY account_id) AS operations
  LEFT JOIN coverage USING (account_id)
  GROUP BY operations.account_id
)
SELECT
  latest.account_id,
  latest.operation_id,
  latest.status,
  histories.created_at,
  latest.completed_at,
  latest.error_title,
  latest.error_detail,
  latest.error_status,
  histories.resource_ids,
  -- A record was still true when it was written, and at the end of the export that it lies beside.
  greatest(extents.as_of, latest.recorded_at) AS observed_until,
  extents.as_of
FROM latest
JOIN histories USING (account_id, operation_id)
JOIN extents USING (account_id);

COMMENT ON TABLE current_operations IS 'One row per asynchronous operation: its last record.';
COMMENT ON COLUMN current_operations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN current_operations.operation_id IS 'proc_job_…';
COMMENT ON COLUMN current_operations.status IS 'PENDING, RUNNING, CANCELLED, COMPLETED or FAILED.';
COMMENT ON COLUMN current_operations.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN current_operations.completed_at IS 'NULL while it goes on.';
COMMENT ON COLUMN current_operations.error_title IS 'Title of the problem of a failed one.';
COMMENT ON COLUMN current_operations.error_detail IS 'What the problem says.';
COMMENT ON COLUMN current_operations.error_status IS 'HTTP status of the problem.';
COMMENT ON COLUMN current_operations.resource_ids IS 'The ids that its records name as result or related, sorted.';
COMMENT ON COLUMN current_operations.observed_until IS 'Until when that record is known to hold: the later of its own time and as_of.';
COMMENT ON COLUMN current_operations.as_of IS 'Where the export of its account ends, or --as-of.';
