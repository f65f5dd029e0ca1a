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
  SELECT account_id, participant_id, min(event_time) AS failed_at, list(event_key) AS event_keys, min(conversation_id) AS conversation_id
  FROM diagnostics
  WHERE error_code = 530003 AND participant_id IS NOT NULL
  GROUP BY account_id, participant_id
)
SELECT
  failed.account_id,
  failed.participant_id AS subject_id,
  'created-by-fallback' AS cause,
  failed.failed_at AS first_seen,
  participants.profile_since AS last_seen,
  list_concat(failed.event_keys, participants.event_keys) AS event_keys,
  [{'type': 'profile', 'id': participants.profile_id}] AS related,
  participants.profile_id
FROM failed
JOIN participants USING (account_id, participant_id)
ANTI JOIN (SELECT account_id, participant_id FROM diagnostics WHERE error_code = 530004) AS not_created USING (account_id, participant_id)
WHERE participants.profile_since >= failed.failed_at
