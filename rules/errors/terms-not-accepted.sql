/*
title: Terms of service have not been accepted
severity: error
subject: account
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#common-twilio-error-codes
causes:
  terms-of-service:
    message: "The API refuses account {subject_id}, because nobody accepted the terms of service. Requests refused: {requests_refused}."
    fix: Open Conversation Orchestrator in the Console, accept the Predictive and Generative AI/ML Features Addendum, and wait one or two minutes before trying again.
*/
SELECT
  account_id,
  account_id AS subject_id,
  'terms-of-service' AS cause,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  list(event_key) FILTER (event_key IS NOT NULL) AS event_keys,
  related_requests(list(DISTINCT request_id) FILTER (request_id IS NOT NULL)) AS related,
  -- A record and a log entry of one request are one refusal.
  (count(DISTINCT request_id) + count(*) FILTER (request_id IS NULL))::INTEGER AS requests_refused
FROM error_responses
WHERE code = 20003 AND http_status = 401 AND is_about_terms
GROUP BY account_id
