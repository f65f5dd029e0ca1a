-- Which events tell what surrounds each finding of $ids: those of its conversations and of their participants, and those of its
-- requests. Of more than $most of them those nearest to the evidence, by place and not by time: what follows in the log matters.
WITH
asked AS (
  SELECT unnest(from_json($ids, '[{"place": "INTEGER", "account_id": "VARCHAR", "kind": "VARCHAR", "id": "VARCHAR"}]'), recursive := true)
),
cited AS (
  SELECT asked.place, asked.account_id, event_log.event_key, event_log.conversation_id
  FROM asked
  JOIN event_log ON event_log.account_id = asked.account_id AND event_log.log_id = asked.id
  WHERE asked.kind = 'log'
),
lived_in AS (
  SELECT place, account_id, id AS conversation_id FROM asked WHERE kind = 'conversation'
  UNION
  SELECT place, account_id, conversation_id FROM cited WHERE conversation_id IS NOT NULL
  UNION
  SELECT asked.place, asked.account_id, event_log.conversation_id
  FROM asked
  JOIN event_log ON event_log.account_id = asked.account_id AND event_log.participant_id = asked.id
  WHERE asked.kind = 'participant' AND event_log.conversation_id IS NOT NULL
),
-- Not every event of a participant names its conversation.
present AS (
  SELECT place, account_id, id AS participant_id FROM asked WHERE kind = 'participant'
  UNION
  SELECT lived_in.place, account_id, event_log.participant_id
  FROM lived_in
  JOIN event_log USING (account_id, conversation_id)
  WHERE event_log.participant_id IS NOT NULL
),
members AS (
  SELECT place, event_key FROM cited
  UNION
  SELECT lived_in.place, event_log.event_key FROM lived_in JOIN event_log USING (account_id, conversation_id)
  UNION
  SELECT present.place, event_log.event_key FROM present JOIN event_log USING (account_id, participant_id)
  UNION
  SELECT present.place, event_log.event_key
  FROM present
  JOIN event_log ON event_log.account_id = present.account_id AND event_log.resource_id = present.participant_id
  UNION
  SELECT asked.place, event_log.event_key
  FROM asked
  JOIN event_log ON event_log.account_id = asked.account_id AND event_log.request_id = asked.id
  WHERE asked.kind = 'request'
  UNION
  SELECT asked.place, event_log.event_key
  FROM asked
  JOIN event_log ON event_log.account_id = asked.account_id AND event_log.correlation_id = asked.id
  WHERE asked.kind = 'request'
),
placed AS (
  SELECT
    members.place,
    members.event_key,
    cited.event_key IS NOT NULL AS is_cited,
    row_number() OVER (PARTITION BY members.place ORDER BY event_log.event_time, event_log.log_id, event_log.event_key) AS step
  FROM members
  JOIN event_log USING (event_key)
  LEFT JOIN cited ON cited.place = members.place AND cited.event_key = members.event_key
),
measured AS (
  SELECT
    place,
    event_key,
    step,
    least(
      step - max(CASE WHEN is_cited THEN step END) OVER (PARTITION BY place ORDER BY step),
      min(CASE WHEN is_cited THEN step END) OVER (PARTITION BY place ORDER BY step ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) - step
    ) AS distance
  FROM placed
),
near AS (
  SELECT place, event_key, step, count(*) OVER (PARTITION BY place) AS total
  FROM measured
  QUALIFY row_number() OVER (PARTITION BY place ORDER BY distance NULLS LAST, step) <= $most
)
SELECT place, any_value(total)::INTEGER AS total, list(event_key ORDER BY step) AS event_keys
FROM near
GROUP BY place
ORDER BY place
