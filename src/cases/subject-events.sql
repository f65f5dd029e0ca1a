-- What a case can tell of the events of a story, in the order of time. The payload tells only whether a participant's has the key of a profile.
SELECT
  event_key, epoch_ms(event_time)::DOUBLE AS time, source_of("source") AS "source", event_type, level::VARCHAR AS level, error_code, error_reason,
  request_id, correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id,
  conversation_id, participant_id, communication_id, resource_id, status, participant_type, profile_id, channel, address, channel_id,
  configuration_id, name, several_addresses, recipients, store_id, text_hash::VARCHAR AS text_hash,
  resource_created_at IS NOT NULL AS shows_times,
  coalesce(json_exists(body, '$.profileId') OR json_exists(body, '$.profile_id'), false) OR coalesce(shows_profile, false) AS shows_profile
FROM event_log
JOIN story_parts USING (event_key)
WHERE account_id = $account
ORDER BY event_time, log_id, event_key
