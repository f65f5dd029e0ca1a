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
-- The events of one request are logged in any order: a profile that the failing request itself brought came after the failure.
brought AS (
  SELECT DISTINCT failed.account_id, failed.participant_id, events.profile_id
  FROM failed
  JOIN events ON events.account_id = failed.account_id AND events.participant_id = failed.participant_id
    AND list_contains(failed.request_ids, events.request_id)
  WHERE events.event_type LIKE 'participant.%' AND events.profile_id IS NOT NULL
)
SELECT
  failed.account_id,
  failed.participant_id AS subject_id,
  'created-by-fallback' AS cause,
  failed.failed_at AS first_seen,
  greatest(failed.failed_at, participants.profile_since) AS last_seen,
  list_concat(failed.event_keys, participants.event_keys) AS event_keys,
  [{'type': 'profile', 'id': participants.profile_id}] AS related,
  participants.profile_id
FROM failed
JOIN participants USING (account_id, participant_id)
ANTI JOIN (SELECT account_id, participant_id FROM diagnostics WHERE error_code = 530004) AS not_created USING (account_id, participant_id)
LEFT JOIN brought USING (account_id, participant_id, profile_id)
WHERE participants.profile_since >= failed.failed_at OR brought.profile_id IS NOT NULL
