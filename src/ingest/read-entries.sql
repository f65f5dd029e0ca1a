-- What Node read carefully: entries in postlude's own terms, one JSON object a line.
INSERT INTO event_log BY NAME
SELECT
  nextval('event_seq') AS event_key,
  accountId AS account_id,
  logId AS log_id,
  eventTime AS event_time,
  -- Whatever an export calls it: these events are the orchestrator's, and its entities are looked up under this name.
  CASE
    WHEN regexp_matches(eventType, '^(conversation|participant|communication)\.[a-z]+$|^diagnostic$') THEN NULL
    WHEN "source" <> 'conversation-orchestrator' THEN "source"
  END AS "source",
  eventType AS event_type,
  kind_of(eventType) AS kind,
  level,
  errorCode AS error_code,
  errorReason AS error_reason,
  requestId AS request_id,
  CASE WHEN correlationId IS DISTINCT FROM requestId THEN correlationId END AS correlation_id,
  CASE WHEN correlationId = requestId THEN true END AS correlates_itself,
  conversationId AS conversation_id,
  participantId AS participant_id,
  communicationId AS communication_id,
  resourceId AS resource_id,
  status,
  participantType AS participant_type,
  profileId AS profile_id,
  addresses[1].channel AS channel,
  addresses[1].address AS address,
  configurationId AS configuration_id,
  body,
  fileId AS file_id,
  line,
  name,
  CASE WHEN NOT starts_with(eventType, 'communication.') AND len(addresses) > 1 THEN addresses END AS several_addresses,
  conversationIds AS several_conversations,
  showsProfile AS shows_profile,
  CASE WHEN starts_with(eventType, 'communication.') THEN channelId ELSE addresses[1].channelId END AS channel_id,
  CASE WHEN "text" IS NOT NULL THEN hash("text") END AS text_hash,  -- the hash of NULL is a number, too
  CASE WHEN len(recipients) > 0 THEN recipients END AS recipients,
  storeId AS store_id,
  resourceCreatedAt AS resource_created_at
FROM read_ndjson(
  {{files}},
  columns = {
    fileId: 'INTEGER', line: 'BIGINT', accountId: 'VARCHAR', logId: 'VARCHAR', eventTime: 'TIMESTAMPTZ', "source": 'VARCHAR',
    eventType: 'VARCHAR', level: 'VARCHAR', errorCode: 'INTEGER', errorReason: 'VARCHAR', requestId: 'VARCHAR',
    correlationId: 'VARCHAR', conversationId: 'VARCHAR', participantId: 'VARCHAR', communicationId: 'VARCHAR',
    resourceId: 'VARCHAR', status: 'VARCHAR', participantType: 'VARCHAR', profileId: 'VARCHAR', configurationId: 'VARCHAR',
    storeId: 'VARCHAR', name: 'VARCHAR', channelId: 'VARCHAR', "text": 'VARCHAR', resourceCreatedAt: 'TIMESTAMPTZ',
    showsProfile: 'BOOLEAN', conversationIds: 'VARCHAR[]', body: 'JSON',
    addresses: 'STRUCT(channel VARCHAR, address VARCHAR, channelId VARCHAR)[]',
    recipients: 'STRUCT(channel VARCHAR, address VARCHAR, participantId VARCHAR, deliveryStatus VARCHAR)[]'
  },
  auto_detect = false, maximum_object_size = {{line_bytes}})
