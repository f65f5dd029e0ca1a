-- Most communications occur in one event only, and are what it says. These are the events of the others, which have to be put
-- together. Two communications with the same hash both come in here, which is right for them, too, and so do those of two accounts
-- with the same id.
CREATE OR REPLACE TABLE communication_repeats AS
WITH
repeated AS (
  SELECT hash(communication_id) AS id_hash
  FROM event_log
  WHERE kind = 'communication'::event_kind AND communication_id IS NOT NULL
  GROUP BY id_hash
  HAVING count(*) > 1
)
SELECT event_key
FROM event_log
SEMI JOIN repeated ON repeated.id_hash = hash(event_log.communication_id)
WHERE kind = 'communication'::event_kind AND communication_id IS NOT NULL;
