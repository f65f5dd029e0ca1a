-- Entries of customers that never carried a profile, where the fast path could not see whether they have the key at all.
WITH unresolved AS (
  SELECT account_id, participant_id
  FROM event_log
  WHERE event_type LIKE 'participant.%' AND participant_id IS NOT NULL
  GROUP BY account_id, participant_id
  HAVING count(profile_id) = 0 AND NOT coalesce(bool_or(shows_profile), false)
    AND bool_or(participant_type IN ('CUSTOMER', 'UNKNOWN')) AND bool_or(shows_profile IS NULL)
)
SELECT event_log.event_key, event_log.log_id
FROM event_log
SEMI JOIN unresolved USING (account_id, participant_id)
WHERE event_log.event_type LIKE 'participant.%' AND event_log.shows_profile IS NULL
