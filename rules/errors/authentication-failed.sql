/*
title: Authentication failed
severity: error
subject: account
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#common-http-status-codes
causes:
  malformed-account-sid:
    message: "The API did not let account {subject_id} in: \"{account_sid}\" is no account SID. Requests refused: {refusals}."
    fix: An account SID is AC and 32 hexadecimal digits. Copy it from the Console, and send it as the user name of HTTP Basic authentication, with the auth token that belongs to it.
  credentials:
    message: "The API did not let account {subject_id} in: its credentials were not accepted. Requests refused: {refusals}."
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
),
-- One request can be told of several times, and not each time with its path.
judged AS (
  SELECT
    * EXCLUDE (malformed),
    CASE WHEN request_id IS NULL THEN malformed ELSE min(malformed) OVER (PARTITION BY account_id, request_id) END AS malformed
  FROM refused
),
counted AS (
  SELECT
    account_id,
    min(malformed) AS malformed,
    min(occurred_at) AS first_seen,
    max(occurred_at) AS last_seen,
    list(event_key) FILTER (event_key IS NOT NULL) AS event_keys,
    list(DISTINCT request_id) FILTER (request_id IS NOT NULL) AS request_ids,
    (count(DISTINCT request_id) + count(*) FILTER (request_id IS NULL))::INTEGER AS all_refused,
    (count(DISTINCT request_id) FILTER (malformed IS NULL)
      + count(*) FILTER (request_id IS NULL AND malformed IS NULL))::INTEGER AS credentials_refused
  FROM judged
  GROUP BY account_id
)
SELECT
  account_id,
  account_id AS subject_id,
  CASE WHEN malformed IS NOT NULL THEN 'malformed-account-sid' ELSE 'credentials' END AS cause,
  first_seen,
  last_seen,
  event_keys,
  related_requests(request_ids) AS related,
  coalesce(excerpt(malformed), account_id) AS account_sid,
  CASE WHEN malformed IS NOT NULL THEN all_refused - credentials_refused ELSE all_refused END AS requests_refused,
  credentials_refused,
  requests_refused
    || CASE
      WHEN malformed IS NOT NULL AND credentials_refused > 0
        THEN '; for credentials that were not accepted: ' || credentials_refused
      ELSE ''
    END AS refusals
FROM counted
