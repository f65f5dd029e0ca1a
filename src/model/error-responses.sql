-- needs: error_codes
-- What the API refused: error records, and log entries whose code is one of the API's. The HTTP status in the reason of any other
-- entry is no answer to the account: it belongs to a request that Twilio made itself, to the profile service or to a callback.
CREATE OR REPLACE TEMP TABLE error_answers AS
WITH
-- The general codes of the API hold the HTTP status in their last three digits.
api_codes AS (
  SELECT code, title, http_status FROM error_codes WHERE "source" = 'api'
),
told AS (
  -- The same record can stand in several files.
  SELECT DISTINCT account_id, occurred_at, request_id, method, path, code, http_status, message, params::VARCHAR AS params,
    conflicting_id, NULL::VARCHAR AS resource_id, NULL::BIGINT AS event_key
  FROM api_errors
  UNION ALL
  SELECT account_id, event_time, request_id, NULL, NULL, error_code, NULL, error_reason, NULL, NULL, resource_id, event_key
  FROM event_log
  WHERE error_code IS NOT NULL AND (error_code IN (SELECT code FROM api_codes) OR error_code BETWEEN 20400 AND 20599)
)
SELECT
  told.* REPLACE (coalesce(
    told.http_status,
    api_codes.http_status,
    CASE WHEN told.code BETWEEN 400 AND 599 THEN told.code WHEN told.code BETWEEN 20400 AND 20599 THEN told.code - 20000 END
  ) AS http_status),
  api_codes.title,
  row_number() OVER () AS answer
FROM told
LEFT JOIN api_codes ON api_codes.code = told.code
WHERE coalesce(told.http_status, 400) >= 400;

CREATE OR REPLACE TEMP TABLE error_resources AS
WITH
-- What stands in a path under a collection's name. Version 1 of the Conversations API has SIDs in place of ids.
collections(collection, expected, pattern, classic) AS (
  VALUES
    ('conversations', 'conv_conversation_', 'conv_conversation_[0-7][0-9a-z]{25}', 'CH[0-9a-f]{32}'),
    ('participants', 'conv_participant_', 'conv_participant_[0-7][0-9a-z]{25}', 'MB[0-9a-f]{32}'),
    ('communications', 'conv_communication_', 'conv_communication_[0-7][0-9a-z]{25}', NULL),
    ('configurations', 'conv_configuration_', '(conv|intelligence)_configuration_[0-7][0-9a-z]{25}', NULL),
    ('actions', 'conv_action_', 'conv_action_[0-7][0-9a-z]{25}', NULL),
    ('operations', 'proc_job_', 'proc_job_[0-7][0-9a-z]{25}', NULL),
    ('stores', 'mem_store_', 'mem_(store|service)_[0-7][0-9a-z]{25}', NULL),
    ('profiles', 'mem_profile_', 'mem_profile_[0-7][0-9a-z]{25}', NULL),
    ('observations', 'mem_observation_', 'mem_observation_[0-7][0-9a-z]{25}', NULL),
    ('operators', 'intelligence_operator_', 'intelligence_operator_[0-7][0-9a-z]{25}', NULL),
    ('accounts', 'AC', 'AC[0-9a-fA-F]{32}', NULL),
    ('messages', 'SM', '(SM|MM)[0-9a-f]{32}', 'IM[0-9a-f]{32}'),
    ('calls', 'CA', 'CA[0-9a-f]{32}', NULL)
),
-- Where there is no record of the request, the message mostly quotes the path.
missed AS (
  SELECT
    answer, account_id, occurred_at, resource_id, params, message,
    string_split(trim(regexp_replace(coalesce(path, regexp_extract(message, '(/[A-Za-z0-9_.~%-]+){2,}')), '[?#].*$', ''), '/'), '/') AS segments
  FROM error_answers
  WHERE http_status = 404
),
places AS (
  SELECT
    answer,
    generate_subscripts(segments, 1) AS place,
    segments[1] AS version,
    regexp_replace(unnest(segments), '\.(json|csv|xml)$', '') AS id,
    lower(segments[place - 1]) AS collection
  FROM missed
),
in_path AS (
  SELECT answer, place, id, expected, collections.collection IS NULL OR regexp_full_match(id, pattern)
    OR (version = 'v1' AND classic IS NOT NULL AND regexp_full_match(id, classic)) AS fits
  FROM places
  LEFT JOIN collections USING (collection)
  -- Words of the path itself (`Lookup`, `Participants`) are no ids.
  WHERE id <> '' AND NOT regexp_full_match(id, '[A-Z][A-Za-z]*')
    AND (collections.collection IS NOT NULL OR regexp_full_match(id, '[a-z]+(_[a-z]+)*_[0-7][0-9a-z]{25}|[A-Z]{2}[0-9a-f]{32}'))
)
SELECT answer, place, id, expected, fits FROM in_path
UNION ALL
SELECT
  answer,
  1,
  coalesce(resource_id, list_filter(
    regexp_extract_all(concat_ws(' ', params, message), '\b([a-z]+(_[a-z]+)*_[0-7][0-9a-z]{25}|[A-Z]{2}[0-9a-f]{32})\b'),
    lambda each: NOT starts_with(each, 'AC'))[1]) AS id,
  NULL,
  true
FROM missed
ANTI JOIN in_path USING (answer)
WHERE id IS NOT NULL;

-- Mostly there is none, and then nobody looks through the log: a table without rows ends a join before it begins.
CREATE OR REPLACE TEMP TABLE error_wanted AS
SELECT DISTINCT account_id, id FROM error_resources JOIN error_answers USING (answer);

CREATE OR REPLACE TABLE error_responses AS
WITH
deletions AS (
  SELECT account_id, conversation_id AS id, event_time AS deleted_at, event_key
  FROM event_log
  SEMI JOIN error_wanted AS wanted ON wanted.account_id = event_log.account_id AND wanted.id = conversation_id
  WHERE event_type = 'conversation.deleted'
  UNION ALL
  SELECT account_id, participant_id, event_time, event_key
  FROM event_log
  SEMI JOIN error_wanted AS wanted ON wanted.account_id = event_log.account_id AND wanted.id = participant_id
  WHERE event_type = 'participant.removed'
  UNION ALL
  SELECT account_id, profile_id, event_time, event_key
  FROM event_log
  SEMI JOIN error_wanted AS wanted ON wanted.account_id = event_log.account_id AND wanted.id = profile_id
  WHERE event_type = 'com.twilio.memory.profile.deleted'
  UNION ALL
  SELECT account_id, store_id, event_time, event_key
  FROM event_log
  SEMI JOIN error_wanted AS wanted ON wanted.account_id = event_log.account_id AND wanted.id = store_id
  WHERE event_type = 'com.twilio.memory.store.deleted'
  UNION ALL
  -- Of all requests about conversations only their deletion is an operation.
  SELECT operations.account_id, id, coalesce(completed_at, recorded_at), NULL
  FROM operations JOIN error_wanted AS wanted ON wanted.account_id = operations.account_id AND list_contains(related_ids, id)
  WHERE status = 'COMPLETED' AND starts_with(id, 'conv_conversation_')
),
resources AS (
  SELECT
    answer,
    list({'id': id, 'expected': expected, 'fits': fits, 'deleted_at': deleted_at, 'event_key': event_key} ORDER BY place) AS resources
  FROM (
    SELECT answer, place, named.id, expected, fits, min(deletions.deleted_at) AS deleted_at, arg_min(deletions.event_key, deletions.deleted_at) AS event_key
    FROM error_resources AS named
    JOIN error_answers AS missed USING (answer)
    LEFT JOIN deletions ON deletions.account_id = missed.account_id AND deletions.id = named.id
      -- Of an answer without a time nobody knows whether it came later; a deletion is the likely reason all the same.
      AND (missed.occurred_at IS NULL OR deletions.deleted_at <= missed.occurred_at)
    GROUP BY ALL
  )
  GROUP BY answer
)
SELECT
  account_id,
  occurred_at,
  request_id,
  method,
  path,
  code,
  title,
  http_status,
  message,
  params,
  conflicting_id,
  event_key,
  code IS NOT DISTINCT FROM 20003
    AND regexp_matches(concat_ws(' ', message, params), 'terms?[ _-]?of[ _-]?(service|use)|addendum', 'i') AS is_about_terms,
  http_status IS DISTINCT FROM 401 AND http_status IS DISTINCT FROM 404 AND code IS DISTINCT FROM 21614 AS is_other,
  coalesce(resources, []) AS resources
FROM error_answers
LEFT JOIN resources USING (answer);

DROP TABLE error_wanted;
DROP TABLE error_resources;
DROP TABLE error_answers;

COMMENT ON TABLE error_responses IS 'One row per error that the API answered with, from error records and from log entries with a code of the API.';
COMMENT ON COLUMN error_responses.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN error_responses.occurred_at IS 'NULL where the record is bare.';
COMMENT ON COLUMN error_responses.request_id IS 'NULL where neither record nor entry says it.';
COMMENT ON COLUMN error_responses.method IS 'GET, POST, …; NULL where the record is bare.';
COMMENT ON COLUMN error_responses.path IS 'Without host; NULL where the record is bare.';
COMMENT ON COLUMN error_responses.code IS 'The error code of the answer.';
COMMENT ON COLUMN error_responses.title IS 'What the dictionary calls that code.';
COMMENT ON COLUMN error_responses.http_status IS 'As the answer has it, else the one that belongs to its code.';
COMMENT ON COLUMN error_responses.message IS 'The message of the answer, the errorReason of the entry.';
COMMENT ON COLUMN error_responses.params IS 'The params of the answer as JSON text.';
COMMENT ON COLUMN error_responses.conflicting_id IS 'The resource that a conflict is with, from the headers.';
COMMENT ON COLUMN error_responses.event_key IS 'The log entry; NULL where it is a record.';
COMMENT ON COLUMN error_responses.is_about_terms IS 'It is about terms of service that nobody accepted.';
COMMENT ON COLUMN error_responses.is_other IS 'Neither HTTP 401 nor 404, nor an invalid phone number: these have rules of their own.';
COMMENT ON COLUMN error_responses.resources IS 'HTTP 404: the ids that the request names, in their order; the prefix expected there, whether the id fits it, and when it was deleted before.';
