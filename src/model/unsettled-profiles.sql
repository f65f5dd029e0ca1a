-- Entries of people who never carried a profile, where the fast path could not see whether they have the key at all.
SELECT participants.account_id, participants.participant_id, event_log.log_id
FROM (
  SELECT account_id, participant_id, unnest(event_keys) AS event_key
  FROM participants
  WHERE profile_id IS NULL AND NOT shows_profile AND participant_type IN ('CUSTOMER', 'UNKNOWN')
) AS participants
JOIN event_log USING (event_key)
WHERE event_log.shows_profile IS NULL
