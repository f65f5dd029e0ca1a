/*
title: A phone number is not valid
severity: error
subject: request
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#common-twilio-error-codes
causes:
  not-e164:
    message: "The API refused \"{number}\" in {subject_type} {subject_id}, which is not a phone number in E.164."
    fix: Write phone numbers as + and the country code, then digits alone, such as +15551234567. Lookup tells whether a number exists.
  rejected:
    message: "The API refused the phone number in {subject_type} {subject_id}."
    fix: The number is written as it should be, or the answer does not show it. Check with Lookup that it exists and can be reached.
*/
WITH
refused AS (
  SELECT
    *,
    trim(coalesce(
      CASE WHEN json_type(params::JSON, '$.value') IN ('VARCHAR', 'UBIGINT', 'BIGINT') THEN params->>'value' END,
      nullif(regexp_extract(message, '[''"\x{2018}\x{201c}]([^''"\x{2019}\x{201d}]*)[''"\x{2019}\x{201d}] is (?:not|an? invalid)', 1), ''),
      nullif(regexp_extract(message, '\+?[0-9(][0-9 ().\-]{5,}[0-9]'), '')
    )) AS number
  FROM error_responses
  WHERE code = 21614
)
SELECT
  account_id,
  -- A bare answer does not say whose it is; then the number is what several of them have in common.
  coalesce(request_id, number, '21614') AS subject_id,
  CASE WHEN request_id IS NOT NULL THEN 'request' WHEN number IS NOT NULL THEN 'address' ELSE 'code' END AS subject_type,
  'rejected' AS cause,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  list(event_key) FILTER (event_key IS NOT NULL) AS event_keys,
  -- A record and a log entry of one request need not both show the number.
  min(number) AS number,
  min(path) AS path
FROM refused
GROUP BY ALL
