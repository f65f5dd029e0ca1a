/*
title: An asynchronous operation does not end
severity: warning
subject: operation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#asynchronous-operation-issues
requires: [operations]
params:
  max_pending: { type: interval, default: 30 seconds, description: How long an operation may take. }
causes:
  stuck:
    message: "Operation {subject_id} is still {status} after {pending_for}."
    fix: "Ask Twilio Support, with operation {subject_id}, its beginning {created_at} and account {account_id}."
*/
SELECT
  account_id,
  operation_id AS subject_id,
  'stuck' AS cause,
  created_at AS first_seen,
  observed_until AS last_seen,
  true AS ongoing,
  status,
  created_at,
  observed_until - created_at AS pending_for
FROM current_operations
WHERE status IN ('PENDING', 'RUNNING') AND observed_until - created_at >= $max_pending
