/*
title: Authentication failed
severity: error
subject: account
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#common-http-status-codes
causes:
  malformed-account-sid:
    message: "The API did not let account {subject_id} in: \"{account_sid}\" is no account SID. Requests refused: {requests_refused}."
    fix: An account SID is AC and 32 hexadecimal digits. Copy it from the Console, and send it as the user name of HTTP Basic authentication.
  credentials:
    message: "The API did not let account {subject_id} in: its credentials were not accepted. Requests refused: {requests_refused}."
    fix: Check that account SID and auth token belong together and were not replaced since, and that both are sent with HTTP Basic authentication.
*/
WITH
refused AS (
  SELECT
    *,
    -- The account in the path or the params can be another one than that of the record.
    list_filter(
      [
        nullif(account_id, 'unknown'),
        nullif(regexp_extract(path, '/Accounts/([^/.?#]+)', 1), ''),
        CASE WHEN regexp_matches(params->>'field', '^account_?sid$', 'i') THEN params->>'value' END
      ],
      lambda each: each IS NOT NULL AND NOT regexp_full_match(each, 'AC[0-9a-fA-F]{32}')
    )[1] AS malformed
  FROM error_responses
  WHERE http_status = 401 AND NOT (code IS NOT DISTINCT FROM 20003 AND is_about_terms)
)
SELECT
  account_id,
  account_id AS subject_id,
  CASE WHEN min(malformed) IS NOT NULL THEN 'malformed-account-sid' ELSE 'credentials' END AS cause,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  list(event_key) FILTER (event_key IS NOT NULL) AS event_keys,
  related_requests(list(DISTINCT request_id) FILTER (request_id IS NOT NULL)) AS related,
  coalesce(excerpt(min(malformed)), account_id) AS account_sid,
  (count(DISTINCT request_id) + count(*) FILTER (request_id IS NULL))::INTEGER AS requests_refused
FROM refused
GROUP BY account_id
