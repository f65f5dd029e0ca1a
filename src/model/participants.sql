-- needs: coverage
-- Many participants occur in one event only, and are what it says. Most others say the same in every event, apart from a profile
-- that comes later, and for those the smallest value is the last one. Both are `steady`, with one address, one profile and one name at
-- most. Sorting out what came last is several times dearer, so it is done only for those that changed.
CREATE OR REPLACE TABLE participants AS
WITH
said AS (
  SELECT * FROM event_log WHERE kind = 'participant'::event_kind AND participant_id IS NOT NULL
),
repeated AS (
  -- Two participants with the same hash are both grouped, which is right for them, too; so are those of two accounts with the same id.
  SELECT hash(participant_id) AS id_hash
  FROM said
  GROUP BY id_hash
  HAVING count(*) > 1 OR count(several_addresses) > 0
),
lives AS (
  SELECT
    account_id,
    participant_id,
    min(conversation_id) AS conversation_id,
    min(event_time) FILTER (event_type = 'participant.created') AS created_event_time,
    min(resource_created_at) AS resource_created_at,
    -- It may have come back.
    CASE WHEN max(event_time) FILTER (event_type = 'participant.removed') = max(event_time) THEN max(event_time) END AS removed_at,
    min(participant_type) AS participant_type,
    min(name) AS name,
    min(profile_id) AS profile_id,
    min(event_time) FILTER (profile_id IS NOT NULL) AS profile_since,
    min(channel) AS channel,
    min(address) AS address,
    min(channel_id) AS channel_id,
    coalesce(min(participant_type) <> max(participant_type), false) OR coalesce(min(name) <> max(name), false)
      OR coalesce(min(profile_id) <> max(profile_id), false) OR count(several_addresses) > 0
      -- The hash of NULL is a number, too.
      OR coalesce(
        min(hash(channel, address, channel_id)) FILTER (address IS NOT NULL)
          <> max(hash(channel, address, channel_id)) FILTER (address IS NOT NULL), false) AS is_changed,
    coalesce(bool_or(shows_profile), false) OR count(profile_id) > 0 AS shows_profile,
    list(event_key) AS event_keys,
    min(event_time) AS first_seen,
    max(event_time) AS last_seen
  FROM said SEMI JOIN repeated ON repeated.id_hash = hash(said.participant_id)
  GROUP BY account_id, participant_id
),
steady AS (
  SELECT * EXCLUDE (is_changed)
  FROM lives
  WHERE NOT is_changed
  UNION ALL BY NAME
  SELECT
    account_id,
    participant_id,
    conversation_id,
    CASE WHEN event_type = 'participant.created' THEN event_time END AS created_event_time,
    resource_created_at,
    CASE WHEN event_type = 'participant.removed' THEN event_time END AS removed_at,
    participant_type,
    name,
    profile_id,
    CASE WHEN profile_id IS NOT NULL THEN event_time END AS profile_since,
    channel,
    address,
    channel_id,
    coalesce(shows_profile, false) OR profile_id IS NOT NULL AS shows_profile,
    [event_key] AS event_keys,
    event_time AS first_seen,
    event_time AS last_seen
  FROM said ANTI JOIN repeated ON repeated.id_hash = hash(said.participant_id)
),
changed AS (
  SELECT said.*
  FROM said
  SEMI JOIN (FROM lives WHERE is_changed) AS lives USING (account_id, participant_id)
),
-- Every profile it carried, with its first and last moment.
carried AS (
  SELECT account_id, participant_id, profile_id, min(event_time) AS since, max(moment(event_time, log_id)) AS until
  FROM changed
  WHERE profile_id IS NOT NULL
  GROUP BY account_id, participant_id, profile_id
),
profiles AS (
  SELECT
    account_id,
    participant_id,
    arg_max(profile_id, until) AS profile_id,
    arg_max(since, until) AS profile_since,
    list_sort(list(profile_id)) AS profile_ids
  FROM carried
  GROUP BY account_id, participant_id
),
latest AS (
  SELECT
    account_id,
    participant_id,
    arg_max(participant_type, moment(event_time, log_id)) FILTER (participant_type IS NOT NULL) AS participant_type,
    arg_min(participant_type, moment(event_time, log_id)) FILTER (participant_type IS NOT NULL) AS first_type,
    arg_max(name, moment(event_time, log_id)) FILTER (name IS NOT NULL) AS name,
    coalesce(list_filter(
      list_distinct(flatten(list(
        coalesce(several_addresses, [{'channel': channel, 'address': address, 'channelId': channel_id}])
      ) FILTER (address IS NOT NULL OR several_addresses IS NOT NULL))),
      lambda a: clean(a.address) IS NOT NULL), []) AS addresses
  FROM changed
  GROUP BY account_id, participant_id
),
whole AS (
  SELECT
    * EXCLUDE (channel, address, channel_id),
    participant_type AS first_type,
    texts_of(profile_id) AS profile_ids,
    CASE WHEN address IS NULL THEN [] ELSE [{'channel': channel, 'address': address, 'channel_id': channel_id}] END AS addresses,
    CASE WHEN address IS NULL THEN [] ELSE texts_of(channel) END AS channels,
    CASE WHEN address IS NULL THEN [] ELSE texts_of(channel_id) END AS channel_ids
  FROM steady
  UNION ALL BY NAME
  SELECT
    lives.* EXCLUDE (channel, address, channel_id, is_changed) REPLACE (
      latest.participant_type AS participant_type,
      latest.name AS name,
      profiles.profile_id AS profile_id,
      profiles.profile_since AS profile_since
    ),
    latest.first_type,
    coalesce(profiles.profile_ids, []) AS profile_ids,
    list_sort(list_transform(latest.addresses, lambda a:
      {'channel': clean(a.channel), 'address': a.address, 'channel_id': clean(a.channelId)})) AS addresses,
    distinct_texts(list_transform(latest.addresses, lambda a: clean(a.channel))) AS channels,
    distinct_texts(list_transform(latest.addresses, lambda a: clean(a.channelId))) AS channel_ids
  FROM lives
  JOIN latest USING (account_id, participant_id)
  LEFT JOIN profiles USING (account_id, participant_id)
  WHERE is_changed
)
SELECT
  whole.account_id,
  whole.participant_id,
  coverage."source",
  conversation_id,
  coalesce(created_event_time, resource_created_at) AS created_at,
  created_event_time IS NOT NULL AS seen_begin,
  removed_at,
  participant_type,
  first_type,
  name,
  profile_id,
  profile_since,
  profile_ids,
  shows_profile,
  addresses,
  channels,
  channel_ids,
  len(addresses) > 0 AS channel_known,
  len(addresses) = 0 AND name IS NULL AND resource_created_at IS NULL AS is_lean,
  event_keys,
  first_seen,
  last_seen,
  coverage.export_begin,
  coverage.as_of,
  coalesce(removed_at, coverage.as_of) AS observed_until
FROM whole
LEFT JOIN coverage ON coverage.account_id = whole.account_id AND coverage."source" = 'conversation-orchestrator';

COMMENT ON TABLE participants IS 'One row per participant: what every event about it said, put together.';
COMMENT ON COLUMN participants.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN participants.participant_id IS 'conv_participant_…';
COMMENT ON COLUMN participants.source IS 'conversation-orchestrator; with account_id the key of coverage.';
COMMENT ON COLUMN participants.conversation_id IS 'NULL where no event says it.';
COMMENT ON COLUMN participants.created_at IS 'Time of participant.created; where the export begins later, its own createdAt.';
COMMENT ON COLUMN participants.seen_begin IS 'Its participant.created is in the export.';
COMMENT ON COLUMN participants.removed_at IS 'Time of participant.removed, unless it came back later.';
COMMENT ON COLUMN participants.participant_type IS 'The last one logged: CUSTOMER, HUMAN_AGENT, AI_AGENT, AGENT or UNKNOWN.';
COMMENT ON COLUMN participants.first_type IS 'The first one logged.';
COMMENT ON COLUMN participants.name IS 'The last one logged.';
COMMENT ON COLUMN participants.profile_id IS 'The last one logged; a later null does not take it away.';
COMMENT ON COLUMN participants.profile_since IS 'When it first carried that profile id.';
COMMENT ON COLUMN participants.profile_ids IS 'Every profile id it ever carried, sorted.';
COMMENT ON COLUMN participants.shows_profile IS 'Its entries have a profileId key, if only a null one: without, nothing follows from its absence.';
COMMENT ON COLUMN participants.addresses IS 'Every address it ever carried: channel, address as logged, channel_id (call or message SID).';
COMMENT ON COLUMN participants.channels IS 'The channels of its addresses, sorted.';
COMMENT ON COLUMN participants.channel_ids IS 'The call, message and classic conversation SIDs of its addresses, sorted.';
COMMENT ON COLUMN participants.channel_known IS 'Some entry showed an address.';
COMMENT ON COLUMN participants.is_lean IS 'Its entries carry only the queryable fields.';
COMMENT ON COLUMN participants.event_keys IS 'The events about it, in no order.';
COMMENT ON COLUMN participants.first_seen IS 'First event about it.';
COMMENT ON COLUMN participants.last_seen IS 'Last event about it.';
COMMENT ON COLUMN participants.export_begin IS 'Where the export of its account and source begins.';
COMMENT ON COLUMN participants.as_of IS 'Where the export of its account and source ends, or --as-of.';
COMMENT ON COLUMN participants.observed_until IS 'How long it could be watched: until it was removed, else as_of.';
