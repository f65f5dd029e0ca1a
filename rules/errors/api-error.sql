/*
title: The API answered with an error
severity: warning
subject: request
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#error-response-structure
residual: true
causes:
  conflict:
    message: "{subject_words} conflicts with something that exists already ({answer})."
    fix: Look at the resource that it conflicts with and use that one, or end it first. Under a grouping rule there can be one open conversation for the same addresses.
  rate-limited:
    message: "{subject_words} came too fast ({answer})."
    fix: Send fewer requests at once, and wait longer before each retry.
  server:
    severity: error
    message: "{subject_words} failed on the side of the API ({answer})."
    fix: Try again, with an idempotency key where it creates something. Where it goes on, ask Twilio Support with the request id and the time.
  rejected:
    message: "{subject_words} was refused ({answer})."
    fix: Read the message and params of the answer, correct the field that they name, and send the request again. postlude explain tells what a code means.
*/
WITH
told AS (
  SELECT
    *,
    coalesce(
      conflicting_id,
      nullif(regexp_extract(message, '[a-z]+(?:_[a-z]+)*_[0-7][0-9a-z]{25}'), '')
    ) AS conflict,
    CASE
      WHEN http_status = 409 THEN 'conflict'
      WHEN http_status = 429 THEN 'rate-limited'
      WHEN http_status >= 500 THEN 'server'
      ELSE 'rejected'
    END AS cause,
    -- A bare answer does not say whose it is; then answers of one code are told together.
    coalesce(request_id, code::VARCHAR, 'HTTP ' || http_status) AS subject_id,
    CASE WHEN request_id IS NULL THEN 'code' ELSE 'request' END AS subject_type,
    concat_ws(
      ': ',
      concat_ws(', ', 'HTTP ' || http_status, 'code ' || code),
      excerpt(nullif(rtrim(coalesce(message, title), '. '), ''))
    ) AS answer
  FROM error_responses
  WHERE is_other
)
SELECT
  account_id,
  subject_id,
  subject_type,
  cause,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  list(event_key) FILTER (event_key IS NOT NULL) AS event_keys,
  list_transform(
    list_sort(list(DISTINCT conflict) FILTER (cause = 'conflict' AND conflict IS NOT NULL)),
    lambda id: {'type': CASE WHEN starts_with(id, 'conv_conversation_') THEN 'conversation' ELSE 'resource' END, 'id': id}
  ) AS related,
  CASE WHEN subject_type = 'request' THEN 'Request ' || subject_id ELSE 'A request' END AS subject_words,
  -- The record of a request says more than its log entry: it has the status.
  min(answer) AS answer,
  min(http_status) AS http_status,
  min(code) AS code,
  min(method) AS method,
  min(path) AS path,
  min(conflict) FILTER (cause = 'conflict') AS conflicting_resource,
  (count(*) FILTER (event_key IS NULL))::INTEGER AS records,
  (count(event_key))::INTEGER AS entries
FROM told
GROUP BY account_id, subject_id, subject_type, cause
