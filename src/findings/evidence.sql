-- In the order in which evidence is told. A log id is unique within its account; the key behind it only makes the order total.
SELECT
  event_key, account_id, log_id, event_time, event_type, level::VARCHAR AS level, error_code, error_reason, status,
  request_id, correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id, path, read_path, line
FROM event_log
JOIN input_files USING (file_id)
WHERE event_key IN (SELECT unnest(string_split($keys, ',')::BIGINT[]))
ORDER BY event_time, log_id, account_id, event_key
