/*
title: A profile was created after a failed lookup
severity: info
subject: participant
reference: https://www.twilio.com/docs/api/errors/530003
causes:
  created-by-fallback:
    message: "The lookup for participant {subject_id} failed, and it carries profile {profile_id} all the same: it may be a second profile of somebody who had one."
    fix: Look for another profile with the same address, and merge the two.
*/
WITH
failed AS (
  SELECT
    account_id,
    participant_id,
    min(event_time) AS failed_at,
    list(event_key) AS event_keys,
    list(request_id) FILTER (request_id IS NOT NULL) AS request_ids
  FROM diagnostics
  WHERE error_code = 530003 AND participant_id IS NOT NULL
  GROUP BY account_id, participant_id
),
about AS (
  SELECT failed.*, participants.profile_id, participants.profile_since, participants.event_keys AS participant_keys
  FROM failed
  JOIN participants USING (account_id, participant_id)
),
-- The events of one request are logged in any order: a profile that the failing request itself brought came after the failure.
-- Events by their keys, as what else stands in the log is not read then.
brought AS (
  SELECT DISTINCT told.account_id, told.participant_id, events.profile_id
  FROM (SELECT account_id, participant_id, request_ids, unnest(participant_keys) AS event_key FROM about) AS told
  JOIN events ON events.event_key = told.event_key AND list_contains(told.request_ids, events.request_id)
  WHERE events.profile_id IS NOT NULL
)
SELECT
  about.account_id,
  about.participant_id AS subject_id,
  'created-by-fallback' AS cause,
  about.failed_at AS first_seen,
  greatest(about.failed_at, about.profile_since) AS last_seen,
  list_concat(about.event_keys, about.participant_keys) AS event_keys,
  [{'type': 'profile', 'id': about.profile_id}] AS related,
  about.profile_id
FROM about
ANTI JOIN (SELECT account_id, participant_id FROM diagnostics WHERE error_code = 530004) AS not_created USING (account_id, participant_id)
LEFT JOIN brought USING (account_id, participant_id, profile_id)
WHERE about.profile_since >= about.failed_at OR brought.profile_id IS NOT NULL
