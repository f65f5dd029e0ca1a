-- What a story tells of its events besides what evidence shows.
SELECT
  event_key, account_id, story_parts.reason, input_files.format, source_of(event_log."source") AS "source", conversation_id, participant_id, communication_id,
  resource_id, participant_type, name, profile_id, channel, address, channel_id, configuration_id, store_id,
  CASE WHEN several_addresses IS NULL THEN [] ELSE [a.channelId for a in several_addresses if a.channelId IS NOT NULL] END AS channel_ids
FROM event_log
JOIN story_parts USING (event_key)
JOIN input_files USING (file_id)
