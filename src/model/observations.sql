-- What memory extraction is known to have made, and of what. Retrieving or deleting an observation shows nothing of the kind, and an
-- error is none. Where an event names neither conversation nor profile in the usual fields, observations.ts looks again.
CREATE OR REPLACE TABLE observations AS
SELECT
  account_id,
  event_key,
  split_part(event_type, '.', 4) AS kind,
  event_time AS observed_at,
  unnest(CASE WHEN several_conversations IS NULL THEN [conversation_id] ELSE distinct_texts(list_transform(several_conversations, lambda id: clean(id))) END) AS conversation_id,
  profile_id,
  store_id,
  true AS is_witness
FROM event_log
WHERE event_type IN (
    'com.twilio.memory.observation.created', 'com.twilio.memory.observation.updated',
    'com.twilio.memory.summary.created', 'com.twilio.memory.summary.updated')
  AND level <> 'ERROR'
  AND (conversation_id IS NOT NULL OR profile_id IS NOT NULL OR several_conversations IS NOT NULL)
UNION ALL BY NAME
SELECT
  account_id,
  NULL::BIGINT AS event_key,
  CASE WHEN starts_with(observation_id, 'mem_summary_') THEN 'summary' ELSE 'observation' END AS kind,
  created_at AS observed_at,
  unnest(CASE WHEN len(conversation_ids) > 0 THEN conversation_ids ELSE [NULL] END) AS conversation_id,
  profile_id,
  store_id,
  -- What a list lacks of which pages are missing, nobody knows.
  NOT bool_or(file_id IN (FROM incomplete_files)) OVER (PARTITION BY account_id) AS is_witness
FROM observation_snapshots;

COMMENT ON TABLE observations IS 'Observations and summaries of conversation memory, from events and lists: one row per conversation that one names, or one for its profile.';
COMMENT ON COLUMN observations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN observations.event_key IS 'The event, for event_keys; NULL where it stood in a list.';
COMMENT ON COLUMN observations.kind IS 'observation or summary.';
COMMENT ON COLUMN observations.observed_at IS 'When it was made; NULL where the record has no time.';
COMMENT ON COLUMN observations.conversation_id IS 'The conversation it was made of; NULL where it names only a profile.';
COMMENT ON COLUMN observations.profile_id IS 'The profile it stands on.';
COMMENT ON COLUMN observations.store_id IS 'The memory store it lies in.';
COMMENT ON COLUMN observations.is_witness IS 'False for lists with missing pages: that nothing else was made does not follow.';
