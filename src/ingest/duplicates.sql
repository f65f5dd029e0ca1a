-- The same account and log id twice is one event. Of different contents under one log id the smallest content hash wins, and of
-- equal ones that of the first path, so that the outcome does not depend on the order in which files are read. `shows_profile` is left out: the fast path does not know it yet.
CREATE TEMP TABLE repeated AS
WITH
doubtful AS (
  -- Grouping by one number is several times cheaper than by two texts; what collides, and who shares an id with another account, is
  -- told apart below.
  SELECT hash(log_id) AS id_hash
  FROM {{log}}
  GROUP BY id_hash
  HAVING count(*) > 1
),
ranked AS (
  SELECT
    event_key, file_id, account_id, log_id,
    hash(event_time, "source", event_type, level, error_code, error_reason, request_id, correlation_id, correlates_itself, conversation_id,
      participant_id, communication_id, resource_id, status, participant_type, profile_id, channel, address, configuration_id,
      name, several_addresses, several_conversations, channel_id, text_hash, recipients, store_id, resource_created_at) AS content_hash
  FROM {{log}}
  WHERE hash(log_id) IN (FROM doubtful)
)
SELECT
  event_key, file_id, account_id, log_id,
  row_number() OVER same_id AS place,
  content_hash <> first_value(content_hash) OVER same_id AS is_conflict
FROM ranked
JOIN input_files USING (file_id)
WINDOW same_id AS (PARTITION BY account_id, log_id ORDER BY content_hash, path, file_id, event_key);

DELETE FROM {{log}}
WHERE event_key IN (SELECT event_key FROM repeated WHERE place > 1);
