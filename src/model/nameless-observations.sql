-- Observations that name nothing in the fields that are loaded, in an order that does not depend on how files are split.
SELECT event_key, account_id, event_type, log_id, body::VARCHAR AS body
FROM event_log
WHERE event_type IN (
    'com.twilio.memory.observation.created', 'com.twilio.memory.observation.updated',
    'com.twilio.memory.summary.created', 'com.twilio.memory.summary.updated')
  AND level <> 'ERROR'
  AND conversation_id IS NULL AND profile_id IS NULL AND several_conversations IS NULL
ORDER BY log_id, account_id
