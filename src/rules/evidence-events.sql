SELECT
  event_key, account_id, log_id, event_time, source, event_type, level, error_code, error_reason,
  request_id, correlation_id, trace_id, conversation_id, participant_id, communication_id, resource_id,
  status, participant_type, profile_id, channel, address, configuration_id, body::VARCHAR AS body, file, format
FROM events
WHERE event_key IN ({{keys}})
ORDER BY event_time, log_id, event_key
