WITH
participants AS (
  SELECT * FROM entries WHERE event_type IN ('participant.created', 'participant.updated')
),
customers AS (
  SELECT conversation_id, profile_id, unnest(addresses).address AS address FROM participants WHERE participant_type = 'CUSTOMER'
),
export AS (
  SELECT max(event_time) AS ended FROM entries
),
answers AS (
  SELECT 'different-customers' AS question, conversation_id AS id
  FROM customers
  GROUP BY conversation_id
  HAVING count(DISTINCT profile_id) >= 2 AND count(DISTINCT replace(address, 'whatsapp:', '')) >= 2

  UNION ALL

  SELECT 'silent-call', id
  FROM entries, export
  WHERE event_type = 'conversation.created' AND event_time <= ended - INTERVAL 5 MINUTES
    AND id IN (SELECT conversation_id FROM participants WHERE len(list_filter(addresses, lambda one: one.channel = 'VOICE')) > 0)
    AND id NOT IN (SELECT conversation_id FROM entries WHERE event_type = 'communication.created' AND conversation_id IS NOT NULL)

  UNION ALL

  SELECT 'no-profile', id
  FROM entries, export
  WHERE event_type = 'participant.created' AND participant_type = 'CUSTOMER' AND event_time <= ended - INTERVAL 30 SECONDS
    AND id NOT IN (SELECT id FROM participants WHERE profile_id IS NOT NULL)
)
SELECT DISTINCT question, id FROM answers ORDER BY question, id
