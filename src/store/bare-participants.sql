-- Entries of people who carry no profile in what was just read, where the fast path could not see whether they have the key at all.
-- For everybody else that follows from the profile.
WITH
said AS (
  SELECT event_key, log_id, hash(account_id, participant_id) AS person, participant_type, profile_id, shows_profile
  FROM event_log
  WHERE kind = 'participant'::event_kind AND participant_id IS NOT NULL
),
-- Different people never share a hash in practice (64 bits); if two did, one with a profile would speak for the other.
bare AS (
  SELECT person
  FROM said
  GROUP BY person
  HAVING count(profile_id) = 0
    AND NOT coalesce(bool_or(shows_profile), false)
    AND bool_or(coalesce(participant_type, 'UNKNOWN') IN ('CUSTOMER', 'UNKNOWN'))
)
SELECT event_key, log_id
FROM said
SEMI JOIN bare USING (person)
WHERE shows_profile IS NULL
