/*
title: An intelligence operator failed
severity: error
subject: request
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#intelligence-operators-not-firing
causes:
  rule-execution:
    message: "An intelligence rule failed to run in {subject_type} {subject_id}, so its operators gave no result."
    fix: Read the log entry of the failed operator, whose body names the rule; correct the rule's operators and context, then run it again.
    reference: https://www.twilio.com/docs/api/errors/95305
  operator-execution:
    message: "A language operator failed in {subject_type} {subject_id}."
    fix: Read the log entry of the operator for its reason, correct the operator's configuration, and run it again.
    reference: https://www.twilio.com/docs/api/errors/95306
  observation-retrieval:
    message: "An operator ran without the customer's observations in {subject_type} {subject_id}, as fetching them failed."
    fix: Check that the memory store is ACTIVE and belongs to this account, and that the customer has a profile in it.
    reference: https://www.twilio.com/docs/api/errors/95407
  traits-retrieval:
    message: "An operator ran without the customer's traits in {subject_type} {subject_id}, as fetching them failed."
    fix: Check that the memory store is ACTIVE and belongs to this account, and that the customer has a profile in it.
    reference: https://www.twilio.com/docs/api/errors/95408
*/
SELECT
  account_id,
  -- Alerts carry no request id: then it is about the nearest that is known.
  coalesce(request_id, conversation_id, resource_id, account_id) AS subject_id,
  CASE
    WHEN request_id IS NOT NULL THEN 'request'
    WHEN conversation_id IS NOT NULL THEN 'conversation'
    WHEN resource_id IS NOT NULL THEN 'resource'
    ELSE 'account'
  END AS subject_type,
  CASE error_code
    WHEN 95305 THEN 'rule-execution'
    WHEN 95306 THEN 'operator-execution'
    WHEN 95407 THEN 'observation-retrieval'
    ELSE 'traits-retrieval'
  END AS cause,
  min(event_time) AS first_seen,
  max(event_time) AS last_seen,
  list(event_key) AS event_keys,
  list_transform(
    list_sort(list(DISTINCT conversation_id) FILTER (conversation_id IS NOT NULL)),
    lambda id: {'type': 'conversation', 'id': id}) AS related,
  error_code,
  count(*) AS failures,
  coalesce(list_sort(list(DISTINCT error_reason) FILTER (error_reason IS NOT NULL)), []) AS reasons
FROM events
WHERE error_code IN (95305, 95306, 95407, 95408)
GROUP BY ALL
