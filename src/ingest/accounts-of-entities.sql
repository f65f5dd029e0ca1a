-- An entry without an account belongs to that of its conversation, participant, … or request, where all other entries of that agree.
CREATE OR REPLACE TEMP TABLE known_accounts AS
SELECT id, min(account_id) AS account_id
FROM (
  SELECT DISTINCT unnest([conversation_id, participant_id, communication_id, request_id, correlation_id, profile_id, configuration_id, store_id]) AS id, account_id
  FROM event_log
  WHERE account_id IS NOT NULL
)
WHERE id IS NOT NULL
GROUP BY id
HAVING count(DISTINCT account_id) = 1;

CREATE OR REPLACE TEMP TABLE found_accounts AS
SELECT event_key, min(known_accounts.account_id) AS account_id
FROM (
  SELECT event_key, unnest([conversation_id, participant_id, communication_id, request_id, correlation_id, profile_id, configuration_id, store_id]) AS id
  FROM event_log
  WHERE account_id IS NULL
)
JOIN known_accounts USING (id)
GROUP BY event_key
HAVING count(DISTINCT known_accounts.account_id) = 1;

UPDATE event_log
SET account_id = found_accounts.account_id
FROM found_accounts
WHERE event_log.event_key = found_accounts.event_key;
