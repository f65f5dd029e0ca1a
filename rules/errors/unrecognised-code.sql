/*
title: An error code that postlude does not know
severity: info
subject: code
reference: https://www.twilio.com/docs/api/errors
causes:
  not-in-dictionary:
    message: "Code {subject_id} of Conversation Orchestrator is not in the dictionary: {logged} ({error_reason})."
    fix: "Look it up in Twilio's dictionary of errors and warnings. Where it matters to you, write a rule for it."
*/
SELECT
  account_id,
  error_code::VARCHAR AS subject_id,
  'not-in-dictionary' AS cause,
  CASE
    WHEN bool_or(level = 'ERROR') THEN 'error'
    WHEN bool_or(level = 'WARNING') THEN 'warning'
    ELSE 'info'
  END AS severity,
  list(event_key) AS event_keys,
  list_transform(
    (list_sort(list(DISTINCT participant_id) FILTER (participant_id IS NOT NULL)))[:50],
    lambda id: {'type': 'participant', 'id': id}
  ) AS related,
  CASE count(*) WHEN 1 THEN 'it was logged once' ELSE 'it was logged ' || count(*) || ' times' END AS logged,
  count(*)::INTEGER AS entries,
  coalesce(excerpt(rtrim(arg_min(error_reason, {'event_time': event_time, 'log_id': log_id}), '. ')), 'no reason was logged') AS error_reason
FROM events
WHERE error_code BETWEEN 530000 AND 530999 AND error_code NOT IN (SELECT code FROM error_codes)
GROUP BY account_id, error_code
