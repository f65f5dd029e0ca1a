/*
title: A request failed
severity: error
subject: request
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#inspect-events-in-the-debugger
residual: true
causes:
  error-chain:
    message: "Request {subject_id} failed {after}: {first_error}. {extent}."
    fix: Read the steps in the order of time, the first error first - what follows it is mostly its consequence. postlude explain tells what a code means.
*/
WITH
steps AS (
  SELECT *, {'event_time': event_time, 'log_id': log_id} AS moment
  FROM failed_trace_events
),
chains AS (
  SELECT
    account_id,
    trace_id,
    arg_min(coalesce(request_id, correlation_id), moment) FILTER (level = 'ERROR') AS subject_id,
    arg_min(coalesce(error_code, 0), moment) FILTER (level = 'ERROR') AS code_of_first,
    arg_min(coalesce(error_reason, ''), moment) FILTER (level = 'ERROR') AS reason_of_first,
    arg_min(event_type, moment) FILTER (level = 'ERROR') AS type_of_first,
    min(event_time) FILTER (level = 'ERROR') AS failed_at,
    min(event_time) AS began_at,
    max(event_time) AS ended_at,
    list(event_key) FILTER (level = 'ERROR') AS event_keys,
    count(*) AS events,
    count(*) FILTER (level = 'ERROR') AS errors,
    (list_sort(list(DISTINCT request_id) FILTER (request_id IS NOT NULL)))[:50] AS request_ids,
    (list_sort(list(DISTINCT conversation_id) FILTER (conversation_id IS NOT NULL)))[:50] AS conversation_ids,
    (list_sort(list(DISTINCT participant_id) FILTER (participant_id IS NOT NULL)))[:50] AS participant_ids,
    -- Errors before the others: a long trace is cut, its errors are not.
    min_by(
      {'event_time': event_time, 'event_type': event_type, 'level': level, 'error_code': error_code, 'error_reason': error_reason,
        'request_id': request_id, 'log_id': log_id},
      {'place': CASE WHEN level = 'ERROR' THEN 0 ELSE 1 END, 'moment': moment}, 40) AS kept
  FROM steps
  GROUP BY account_id, trace_id
  -- What the API answered is told by the rules about its answers.
  HAVING bool_or(level = 'ERROR' AND NOT is_answer)
)
SELECT
  chains.account_id,
  subject_id,
  'error-chain' AS cause,
  began_at AS first_seen,
  ended_at AS last_seen,
  event_keys,
  -- Other than ||, this takes a missing list for an empty one.
  list_concat(
    list_transform(request_ids, lambda id: {'type': 'request', 'id': id}),
    list_transform(conversation_ids, lambda id: {'type': 'conversation', 'id': id}),
    list_transform(participant_ids, lambda id: {'type': 'participant', 'id': id})
  ) AS related,
  CASE
    WHEN failed_at = began_at THEN 'at once'
    WHEN failed_at - began_at < INTERVAL 1 SECOND THEN 'after ' || date_diff('millisecond', began_at, failed_at) || ' ms'
    ELSE 'after ' || date_diff('second', began_at, failed_at) || ' s'
  END AS after,
  excerpt(rtrim(concat_ws(', ',
    nullif(concat_ws(' ', 'code ' || nullif(code_of_first, 0), '(' || lower(error_codes.title) || ')'), ''),
    coalesce(nullif(reason_of_first, ''), type_of_first)), '. ')) AS first_error,
  CASE
    WHEN events = 1 THEN 'It is the only event of its trace'
    ELSE errors || ' of the ' || events || ' events of its trace ' || CASE errors WHEN 1 THEN 'is an error' ELSE 'are errors' END
  END AS extent,
  began_at,
  ended_at,
  events::INTEGER AS events,
  errors::INTEGER AS errors,
  list_sort(list_transform(kept, lambda step: {
    'event_time': step.event_time, 'log_id': step.log_id, 'event_type': step.event_type, 'level': step.level,
    'error_code': step.error_code, 'error_reason': excerpt(step.error_reason), 'request_id': step.request_id})) AS steps
FROM chains
LEFT JOIN error_codes ON error_codes.code = code_of_first
