-- needs: conversations, configuration_periods
-- A conversation keeps the version of its configuration that it was created with. Before its first snapshot the files do not tell
-- what a configuration was; the first is the best guess. Of several snapshots without a time only the last can have been in force.
CREATE OR REPLACE TABLE pinned_configurations AS
WITH
periods AS (
  SELECT
    account_id, configuration_id, snapshot_id, place, valid_from, valid_until,
    memory_store_id, memory_extraction_enabled IS TRUE AS extracts, intelligence_configuration_ids,
    place = min(place) OVER (PARTITION BY account_id, configuration_id) AS is_first
  FROM configuration_periods
  QUALIFY valid_until IS NOT NULL OR place = max(place) OVER (PARTITION BY account_id, configuration_id)
)
SELECT
  conversations.account_id,
  conversations.conversation_id,
  conversations.configuration_id,
  periods.snapshot_id,
  periods.place,
  coalesce(periods.valid_from <= coalesce(conversations.created_at, conversations.first_seen), true) AS is_certain,
  periods.memory_store_id,
  periods.extracts,
  periods.intelligence_configuration_ids
FROM conversations
JOIN periods
  ON periods.account_id = conversations.account_id AND periods.configuration_id = conversations.configuration_id
    AND (periods.is_first OR periods.valid_from <= coalesce(conversations.created_at, conversations.first_seen))
    AND coalesce(coalesce(conversations.created_at, conversations.first_seen) < periods.valid_until, true);

COMMENT ON TABLE pinned_configurations IS 'One row per conversation whose configuration is known: the snapshot in force when it was created, which it keeps.';
COMMENT ON COLUMN pinned_configurations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN pinned_configurations.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN pinned_configurations.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN pinned_configurations.snapshot_id IS 'Joins configuration_periods, channel_settings and capture_rules.';
COMMENT ON COLUMN pinned_configurations.place IS 'Place of that snapshot in the history of its configuration.';
COMMENT ON COLUMN pinned_configurations.is_certain IS 'False where the first known snapshot is younger than the conversation.';
COMMENT ON COLUMN pinned_configurations.memory_store_id IS 'NULL where none is set.';
COMMENT ON COLUMN pinned_configurations.extracts IS 'memoryExtractionEnabled is true.';
COMMENT ON COLUMN pinned_configurations.intelligence_configuration_ids IS 'Empty where none is set.';
