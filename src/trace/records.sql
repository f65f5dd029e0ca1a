-- The records beside the log that belong to the stories. `through` is the id by which each does: its own, or one that it names.
WITH
-- Which of the snapshots of a configuration were in force during the story; where the files know only later ones, the first of those.
periods AS (
  SELECT
    configuration_periods.*,
    (valid_from IS NULL OR valid_from <= story_spans.ended) AND (valid_until IS NULL OR valid_until > story_spans.began) AS in_force
  FROM configuration_periods
  JOIN story_ids ON story_ids.account_id = configuration_periods.account_id AND story_ids.id = configuration_id
  LEFT JOIN story_spans ON story_spans.account_id = configuration_periods.account_id
),
told_periods AS (
  FROM periods
  QUALIFY coalesce(in_force, true) OR configuration_id = $id OR (place = 1 AND NOT bool_or(in_force) OVER (PARTITION BY account_id, configuration_id))
),
captures AS (
  SELECT
    account_id, configuration_id, snapshot_id, channel,
    list({'from': from_address, 'to': to_address, 'call_type': call_type, 'chat_service': chat_service} ORDER BY position) AS capture_rules
  FROM capture_rules
  GROUP BY ALL
),
channels AS (
  SELECT
    account_id, configuration_id, snapshot_id,
    list({
      'channel': channel, 'has_timeouts': has_timeouts,
      'inactive_minutes': extract('epoch' FROM inactive_after) / 60, 'closed_minutes': extract('epoch' FROM closed_after) / 60,
      'capture_rules': coalesce(capture_rules, [])} ORDER BY channel) AS channels
  FROM channel_settings
  FULL JOIN captures USING (account_id, configuration_id, snapshot_id, channel)
  GROUP BY ALL
),
places AS (
  SELECT account_id, configuration_id, snapshot_id, min({'file_id': file_id, 'line': line}) AS standing
  FROM configurations
  GROUP BY ALL
),
-- Records that name several ids belong to the story through the first of them that is in it.
operation_ids AS (
  SELECT operations.rowid AS row, unnest([operation_id, result_id] || coalesce(related_ids, [])) AS id FROM operations
),
error_ids AS (
  SELECT
    api_errors.rowid AS row,
    unnest([request_id] || ids_in(coalesce(path, '')) || ids_in(coalesce(message, '')) || ids_in(coalesce(params::VARCHAR, ''))) AS id
  FROM api_errors
),
observation_ids AS (
  SELECT observation_snapshots.rowid AS row, unnest([observation_id, CASE WHEN profile_id = $id THEN profile_id END] || coalesce(conversation_ids, [])) AS id
  FROM observation_snapshots
),
told AS (
  SELECT
    'operation' AS type, operation_id AS id, operations.account_id, iso(created_at) AS time, file_id, line, operation_ids.id AS through,
    json_object(
      'status', status, 'created_at', iso(created_at), 'completed_at', iso(completed_at), 'error_title', error_title,
      'error_detail', error_detail, 'error_status', error_status, 'result_id', result_id, 'related_ids', related_ids,
      'recorded_at', iso(recorded_at)) AS data,
    operations.rowid AS row
  FROM operations
  JOIN operation_ids ON operation_ids.row = operations.rowid
  UNION ALL
  SELECT
    'message', message_id, account_id, iso(coalesce(created_at, sent_at)), file_id, line, message_id,
    json_object(
      'from_address', from_address, 'to_address', to_address, 'channel', channel, 'direction', direction, 'status', status,
      'created_at', iso(created_at), 'sent_at', iso(sent_at), 'error_code', error_code),
    rowid
  FROM messages
  UNION ALL
  SELECT
    'call', call_id, account_id, iso(started_at), file_id, line, call_id,
    json_object(
      'from_address', from_address, 'to_address', to_address, 'call_type', call_type, 'direction', direction, 'status', status,
      'started_at', iso(started_at), 'ended_at', iso(ended_at), 'duration_seconds', duration_seconds),
    rowid
  FROM calls
  UNION ALL
  SELECT
    'api-error', NULL, account_id, iso(occurred_at), file_id, line, error_ids.id,
    json_object(
      'occurred_at', iso(occurred_at), 'request_id', request_id, 'method', method, 'path', path, 'code', code,
      'http_status', http_status, 'message', message, 'more_info', more_info, 'user_error', user_error, 'params', params),
    api_errors.rowid
  FROM api_errors
  JOIN error_ids ON error_ids.row = api_errors.rowid
  UNION ALL
  SELECT
    'configuration', configuration_id, told_periods.account_id, iso(valid_from), standing.file_id, standing.line,
    CASE WHEN memory_store_id = $id OR list_contains(intelligence_configuration_ids, $id) THEN $id ELSE configuration_id END,
    json_object(
      'in_force', in_force, 'valid_from', iso(valid_from), 'valid_until', iso(valid_until), 'display_name', display_name,
      'grouping_type', grouping_type, 'memory_store_id', memory_store_id, 'memory_extraction_enabled', memory_extraction_enabled,
      'intelligence_configuration_ids', intelligence_configuration_ids, 'version', version, 'created_at', iso(created_at),
      'updated_at', iso(updated_at), 'channels', coalesce(channels.channels, [])),
    (hash(told_periods.account_id, configuration_id, snapshot_id) >> 1)::BIGINT
  FROM told_periods
  JOIN places USING (account_id, configuration_id, snapshot_id)
  LEFT JOIN channels USING (account_id, configuration_id, snapshot_id)
  UNION ALL
  SELECT
    'store', store_id, account_id, iso(recorded_at), file_id, line, store_id,
    json_object('display_name', display_name, 'status', status, 'recorded_at', iso(recorded_at)),
    rowid
  FROM stores
  UNION ALL
  SELECT
    'intelligence-configuration', intelligence_configurations.intelligence_configuration_id, intelligence_configurations.account_id,
    iso(recorded_at), file_id, line, intelligence_configurations.intelligence_configuration_id,
    json_object(
      'display_name', display_name, 'version', version, 'recorded_at', iso(recorded_at),
      'rules', coalesce(rules, [])),
    intelligence_configurations.rowid
  FROM intelligence_configurations
  LEFT JOIN (
    SELECT
      account_id, intelligence_configuration_id, snapshot_id,
      list({'operator_ids': operator_ids, 'triggers': triggers} ORDER BY position) AS rules
    FROM intelligence_rules
    GROUP BY ALL
  ) AS rules USING (account_id, intelligence_configuration_id, snapshot_id)
  UNION ALL
  SELECT
    'conversation-snapshot', conversation_id, account_id, iso(recorded_at), file_id, line, conversation_id,
    json_object(
      'configuration_id', configuration_id, 'status', status, 'name', name, 'created_at', iso(created_at),
      'updated_at', iso(updated_at)),
    rowid
  FROM conversation_snapshots
  UNION ALL
  SELECT
    'participant-snapshot', participant_id, account_id, iso(recorded_at), file_id, line,
    CASE WHEN conversation_id = $id THEN conversation_id ELSE participant_id END,
    json_object(
      'conversation_id', conversation_id, 'participant_type', participant_type, 'name', name, 'profile_id', profile_id,
      'addresses', addresses, 'embedded', embedded, 'created_at', iso(created_at), 'updated_at', iso(updated_at)),
    rowid
  FROM participant_snapshots
  UNION ALL
  SELECT
    'communication-snapshot', communication_id, account_id, iso(coalesce(created_at, recorded_at)), file_id, line,
    CASE WHEN conversation_id = $id THEN conversation_id ELSE communication_id END,
    json_object(
      'conversation_id', conversation_id, 'participant_id', participant_id, 'channel', channel, 'address', address,
      'channel_id', channel_id, 'resource_id', resource_id, 'created_at', iso(created_at), 'recorded_at', iso(recorded_at)),
    rowid
  FROM communication_snapshots
  UNION ALL
  SELECT
    'observation', observation_id, observation_snapshots.account_id, iso(coalesce(created_at, recorded_at)), file_id, line, observation_ids.id,
    json_object(
      'profile_id', profile_id, 'conversation_ids', conversation_ids, 'store_id', store_id, 'created_at', iso(created_at),
      'recorded_at', iso(recorded_at)),
    observation_snapshots.rowid
  FROM observation_snapshots
  JOIN observation_ids ON observation_ids.row = observation_snapshots.rowid
)
SELECT told.type, told.id, told.account_id, told.time, told.through, told.data, input_files.path, told.line
FROM told
JOIN story_ids ON story_ids.account_id = told.account_id AND story_ids.id = told.through
JOIN input_files USING (file_id)
-- The id itself first, then any order that is always the same.
QUALIFY row_number() OVER (PARTITION BY told.type, told.row ORDER BY told.through <> $id, told.through) = 1
ORDER BY told.type, told.time NULLS FIRST, told.id, input_files.path, told.line
