-- An entry without an account belongs to that of its conversation, participant, … or request, where all other entries of that
-- agree. Only ids that such entries name are looked up: they are few, and the log is long.
CREATE OR REPLACE TEMP TABLE nameless_ids AS
SELECT event_key, id
FROM (
  SELECT
    event_key,
    unnest([conversation_id, participant_id, communication_id, request_id, correlation_id, profile_id, configuration_id, store_id]) AS id
  FROM event_log
  WHERE account_id IS NULL
)
WHERE id IS NOT NULL;

CREATE OR REPLACE TEMP TABLE found_accounts AS
WITH
ids AS (
  SELECT DISTINCT id FROM nameless_ids
),
named AS (
  SELECT conversation_id AS id, account_id FROM event_log WHERE account_id IS NOT NULL AND conversation_id IN (FROM ids)
  UNION SELECT participant_id, account_id FROM event_log WHERE account_id IS NOT NULL AND participant_id IN (FROM ids)
  UNION SELECT communication_id, account_id FROM event_log WHERE account_id IS NOT NULL AND communication_id IN (FROM ids)
  UNION SELECT request_id, account_id FROM event_log WHERE account_id IS NOT NULL AND request_id IN (FROM ids)
  UNION SELECT correlation_id, account_id FROM event_log WHERE account_id IS NOT NULL AND correlation_id IN (FROM ids)
  UNION SELECT profile_id, account_id FROM event_log WHERE account_id IS NOT NULL AND profile_id IN (FROM ids)
  UNION SELECT configuration_id, account_id FROM event_log WHERE account_id IS NOT NULL AND configuration_id IN (FROM ids)
  UNION SELECT store_id, account_id FROM event_log WHERE account_id IS NOT NULL AND store_id IN (FROM ids)
),
agreed AS (
  SELECT id, min(account_id) AS account_id FROM named GROUP BY id HAVING count(*) = 1
)
SELECT nameless_ids.event_key, min(agreed.account_id) AS account_id
FROM nameless_ids
JOIN agreed USING (id)
GROUP BY nameless_ids.event_key
HAVING count(DISTINCT agreed.account_id) = 1;

UPDATE {{log}} AS log
SET account_id = found_accounts.account_id
FROM found_accounts
WHERE log.event_key = found_accounts.event_key;
