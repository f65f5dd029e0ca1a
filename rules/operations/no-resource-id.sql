/*
title: An asynchronous operation names no resource
severity: info
subject: operation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#asynchronous-operation-issues
requires: [operations]
causes:
  known-limitation:
    message: "Operation {subject_id} is completed, but does not say which resource it made or changed."
    fix: This is a known limitation of creating and updating configurations. List the configurations, and find it by its name or by when it was changed.
*/
SELECT
  account_id,
  operation_id AS subject_id,
  'known-limitation' AS cause,
  created_at AS first_seen,
  coalesce(completed_at, created_at) AS last_seen,
  completed_at
FROM current_operations
-- An earlier record of the operation may name it.
WHERE status = 'COMPLETED' AND len(resource_ids) = 0
