-- Entries whose payload the model looks into (second-look.ts, nameless-observations.sql), and which the fast path has not kept.
SELECT event_key, account_id, event_type, log_id, CASE WHEN event_type LIKE '%.profiles.merged' THEN 'merge' ELSE 'observation' END AS kind
FROM event_log
WHERE body IS NULL
  AND (
    event_type LIKE '%.profiles.merged'
    OR (
      event_type IN (
        'com.twilio.memory.observation.created', 'com.twilio.memory.observation.updated',
        'com.twilio.memory.summary.created', 'com.twilio.memory.summary.updated')
      AND conversation_id IS NULL AND several_conversations IS NULL AND profile_id IS NULL
    )
  )
ORDER BY log_id, account_id
