-- What a timeline shows of its events. Texts are cut: a single field of a log can be 100 MB, and these are only context.
SELECT
  event_key, account_id, log_id, event_time, source_of(event_log."source") AS "source", event_type, level::VARCHAR AS level, error_code,
  left(error_reason, 500) AS error_reason, status, request_id, conversation_id, participant_id, communication_id, resource_id,
  participant_type, left(name, 200) AS name, profile_id, channel, left(address, 200) AS address, path, line
FROM event_log
JOIN input_files USING (file_id)
WHERE event_key IN (SELECT unnest(string_split($keys, ',')::BIGINT[]))
