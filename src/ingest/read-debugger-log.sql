-- The fast path: NDJSON of Debugger log entries in their documented spelling, read by DuckDB itself in one pass over the text.
-- It vouches only for entries that leave no doubt; any other line gets no event_type, and its file is read again, carefully, by
-- Node. What an entry says must be the same on both ways: shapes/debugger-log.ts is the other one, and a test compares the two.
--
-- Explicit types cost half of what detected ones do, and a field that first occurs in the last line is not missed. Spellings
-- that the fast path does not take are listed only to be noticed.
--
-- Filled in by read-directly.ts: files, a list of paths escaped for globbing, and file_id, the id of the row's file; body_type,
-- `STRUCT(…)` as in debugger-log-body.sql, or JSON where the payload is kept (half as slow again); fields, the body as that STRUCT;
-- body, the body as JSON, or NULL; text_hash and recipients, what communications say and to whom, or NULL where nobody asks for it.
INSERT INTO event_log BY NAME
WITH
lines AS (
  -- The number of a file in the list; its name would have to be joined, which costs a twentieth of the load.
  SELECT *, file_index
  FROM read_ndjson(
    {{files}},
    columns = {
      logId: 'VARCHAR', eventTime: 'VARCHAR', "source": 'VARCHAR', eventType: 'VARCHAR', level: 'VARCHAR', errorCode: 'VARCHAR',
      errorReason: 'VARCHAR', requestId: 'VARCHAR', correlationId: 'VARCHAR', accountId: 'VARCHAR',
      body: '{{body_type}}',
      accountSid: 'VARCHAR', account_id: 'VARCHAR', request_id: 'VARCHAR', correlation_id: 'VARCHAR', error_code: 'VARCHAR', error_reason: 'VARCHAR', id: 'VARCHAR', conversationId: 'VARCHAR', participantId: 'VARCHAR',
      participantType: 'VARCHAR', profileId: 'VARCHAR', status: 'VARCHAR', resourceSid: 'VARCHAR', "Log properties": 'VARCHAR'
    },
    auto_detect = false, ignore_errors = true, hive_partitioning = false)
),
entries AS (
  SELECT
    *,
    {{fields}} AS b,
    -- Looked up once; from there on types are compared as numbers.
    try_cast(eventType AS documented_type) AS known_type,
    try_cast(level AS log_level) AS log_level,
    "source" = 'conversation-orchestrator' AS is_orchestrator,
    correlationId = requestId AS is_correlated,
    -- Whole numbers are compared several times faster than times with a zone; that it is UTC is seen to below.
    epoch_us(try_cast(eventTime AS TIMESTAMP)) AS written_us
  FROM lines
),
about AS (
  SELECT
    *,
    known_type BETWEEN 'conversation.created'::documented_type AND 'conversation.deleted'::documented_type AS is_conversation,
    known_type BETWEEN 'participant.created'::documented_type AND 'participant.removed'::documented_type AS is_participant,
    known_type BETWEEN 'communication.created'::documented_type AND 'communication.updated'::documented_type AS is_communication,
    CASE WHEN b.resourceSid IS NULL THEN clean(b.resourceId) ELSE coalesce(clean(b.resourceSid), clean(b.resourceId)) END AS subject,
    CASE WHEN b.conversationIds IS NULL THEN b.conversation_ids ELSE b.conversationIds END AS listed,
    -- Most have none, and need no look into their list.
    CASE WHEN b.addresses IS NOT NULL THEN b.addresses[1] END AS first_address,
    coalesce(clean(b.occurredAt), clean(b.createdAt), clean(b.created_at)) AS resource_time,
    -- Where the time has only seconds, and the log id begins with the milliseconds of that second, those are used.
    CASE WHEN written_us % 1000000 = 0 THEN split_part(logId, '-', 1) END AS log_begin,
    clean_either(b.errorCode, b.error_code) AS code_of_body,
    -- No code is written as 0, too.
    clean_request(errorCode) AS code_of_entry
  FROM entries
),
judged AS (
  SELECT
    *,
    CASE WHEN strlen(log_begin) = 13 THEN try_cast(log_begin AS BIGINT) END AS log_ms,
    epoch_us(try_cast(resource_time AS TIMESTAMP)) AS created_us,
    try_cast(code_of_body AS INTEGER) AS body_code,
    try_cast(code_of_entry AS INTEGER) AS entry_code
  FROM about
)
SELECT
  nextval('event_seq') AS event_key,
  coalesce(clean(b.accountId), clean(b.account_id), clean(b.accountSid), clean(accountId)) AS account_id,
  logId AS log_id,
  make_timestamptz(CASE WHEN log_ms BETWEEN written_us // 1000 AND written_us // 1000 + 999 THEN log_ms * 1000 ELSE written_us END) AS event_time,
  CASE WHEN NOT is_orchestrator THEN "source" END AS "source",
  CASE
    WHEN logId NOT IN ('', 'null')
      -- What is an object or a list is no id, but comes as its JSON.
      AND NOT starts_with(logId, '{') AND NOT starts_with(logId, '[')
      AND written_us BETWEEN 0 AND 32503679999999999  -- 1970 to 2999
      AND ends_with(eventTime, 'Z')
      AND log_level IS NOT NULL
      -- Written without OR: where some rows pass one side and some the other, DuckDB sorts them together again.
      -- As a time it also takes `infinity`, and one without a zone is in the zone that the user names.
      AND coalesce(ends_with(resource_time, 'Z') AND created_us BETWEEN 0 AND 32503679999999999, resource_time IS NULL)
      -- As an integer it also takes 1e3 and 0x1F, and rounds 530003.5.
      AND coalesce(code_of_entry = entry_code::VARCHAR, code_of_entry IS NULL)
      AND coalesce(code_of_body = body_code::VARCHAR, code_of_body IS NULL)
      AND CASE
        WHEN known_type IS NULL
          THEN starts_with(eventType, 'com.twilio.') AND split_part(eventType, '.', 3) IN ('memory', 'intelligence', 'knowledge')
            AND "source" NOT IN ('', 'null') AND body IS NOT NULL
            -- Errors of these products can have their words in other fields.
            AND (level = 'INFO' OR coalesce(clean(b.errorReason), clean(b.error_reason), clean(errorReason)) IS NOT NULL)
        WHEN known_type = 'diagnostic'::documented_type THEN is_orchestrator AND b.resourceSid <> ''
        ELSE is_orchestrator AND b.id <> ''
          -- Orchestrator resources are written in camelCase: of another spelling the STRUCT does not have all names.
          AND b.account_id IS NULL AND b.conversation_id IS NULL AND b.created_at IS NULL
      END
      AND accountSid IS NULL AND account_id IS NULL AND request_id IS NULL
      AND correlation_id IS NULL AND error_code IS NULL AND error_reason IS NULL AND id IS NULL AND conversationId IS NULL AND participantId IS NULL
      AND participantType IS NULL AND profileId IS NULL AND status IS NULL AND resourceSid IS NULL AND "Log properties" IS NULL
      THEN eventType
  END AS event_type,
  CASE
    WHEN is_communication THEN 'communication'::event_kind
    WHEN is_participant THEN 'participant'::event_kind
    WHEN is_conversation THEN 'conversation'::event_kind
    WHEN known_type IS NOT NULL THEN 'diagnostic'::event_kind
  END AS kind,
  log_level AS level,
  coalesce(nullif(body_code, 0), nullif(entry_code, 0)) AS error_code,
  CASE
    WHEN b.errorReason IS NULL AND b.error_reason IS NULL AND errorReason IS NULL THEN NULL
    ELSE coalesce(clean(b.errorReason), clean(b.error_reason), clean(errorReason))
  END AS error_reason,
  clean_request(requestId) AS request_id,
  CASE WHEN is_correlated THEN NULL ELSE clean_request(correlationId) END AS correlation_id,
  -- Never false: of an empty request id and none the content is the same.
  CASE WHEN is_correlated AND correlationId NOT IN ('', 'null', '0') THEN true END AS correlates_itself,
  CASE
    WHEN is_conversation THEN b.id
    ELSE coalesce(
      clean(b.conversationId), clean(b.conversation_id), CASE WHEN len(listed) = 1 THEN clean(listed[1]) END,
      CASE WHEN starts_with(subject, 'conv_conversation_') THEN subject END)
  END AS conversation_id,
  CASE
    WHEN is_communication THEN clean(b.author.participantId)
    WHEN is_participant THEN b.id
    WHEN b.participantId IS NULL AND b.participant_id IS NULL AND subject IS NULL THEN NULL
    ELSE coalesce(clean(b.participantId), clean(b.participant_id), CASE WHEN starts_with(subject, 'conv_participant_') THEN subject END)
  END AS participant_id,
  CASE
    WHEN is_communication THEN b.id
    WHEN b.communicationId IS NULL AND subject IS NULL THEN NULL
    ELSE coalesce(clean(b.communicationId), CASE WHEN starts_with(subject, 'conv_communication_') THEN subject END)
  END AS communication_id,
  subject AS resource_id,
  clean(b.status) AS status,
  CASE WHEN is_participant THEN clean_either(b.type, b.participantType) END AS participant_type,
  clean_either(b.profileId, b.profile_id) AS profile_id,
  CASE WHEN is_communication THEN clean(b.author.channel) ELSE clean(first_address.channel) END AS channel,
  CASE WHEN is_communication THEN clean(b.author.address) ELSE clean(first_address.address) END AS address,
  clean(b.configurationId) AS configuration_id,
  {{body}} AS body,
  {{file_id}} AS file_id,
  clean(b.name) AS name,
  CASE WHEN NOT is_communication AND len(b.addresses) > 1 THEN b.addresses END AS several_addresses,
  CASE WHEN len(listed) > 1 THEN listed END AS several_conversations,
  CASE WHEN b.profileId IS NOT NULL THEN true END AS shows_profile,
  CASE WHEN is_communication THEN clean(b.channelId) ELSE clean(first_address.channelId) END AS channel_id,
  {{text_hash}} AS text_hash,
  {{recipients}} AS recipients,
  CASE
    WHEN b.storeId IS NULL AND b.store_id IS NULL AND b.memoryStoreId IS NULL THEN NULL
    ELSE coalesce(clean(b.storeId), clean(b.store_id), clean(b.memoryStoreId))
  END AS store_id,
  make_timestamptz(created_us) AS resource_created_at
FROM judged
