-- The latest snapshot of each configuration. Snapshots without a time come first; ties break by content, so that the order of
-- files does not matter.
CREATE OR REPLACE TABLE current_configurations AS
WITH
latest AS (
  SELECT * EXCLUDE (file_id, line)
  FROM configurations
  QUALIFY row_number() OVER (
    PARTITION BY account_id, configuration_id ORDER BY recorded_at DESC NULLS LAST, version DESC NULLS LAST, snapshot_id DESC) = 1
),
settings AS (
  SELECT account_id, configuration_id, snapshot_id, list_sort(list(DISTINCT channel)) AS channels
  FROM channel_settings
  GROUP BY account_id, configuration_id, snapshot_id
),
captures AS (
  SELECT account_id, configuration_id, snapshot_id, list_sort(list(DISTINCT channel)) AS captured_channels
  FROM capture_rules
  GROUP BY account_id, configuration_id, snapshot_id
)
SELECT
  latest.*,
  coalesce(settings.channels, []) AS channels,
  coalesce(captures.captured_channels, []) AS captured_channels
FROM latest
LEFT JOIN settings USING (account_id, configuration_id, snapshot_id)
LEFT JOIN captures USING (account_id, configuration_id, snapshot_id);

COMMENT ON TABLE current_configurations IS 'One row per configuration: its latest snapshot.';
COMMENT ON COLUMN current_configurations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN current_configurations.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN current_configurations.display_name IS 'As people call it.';
COMMENT ON COLUMN current_configurations.grouping_type IS 'GROUP_BY_PROFILE, GROUP_BY_PARTICIPANT_ADDRESSES or GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE; it cannot be changed after creation.';
COMMENT ON COLUMN current_configurations.memory_store_id IS 'NULL where none is set.';
COMMENT ON COLUMN current_configurations.memory_extraction_enabled IS 'Off unless it is true.';
COMMENT ON COLUMN current_configurations.intelligence_configuration_ids IS 'Empty where none is set.';
COMMENT ON COLUMN current_configurations.version IS 'Grows with each update.';
COMMENT ON COLUMN current_configurations.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN current_configurations.updated_at IS 'Its own updatedAt.';
COMMENT ON COLUMN current_configurations.recorded_at IS 'updatedAt, else createdAt.';
COMMENT ON COLUMN current_configurations.snapshot_id IS 'Joins channel_settings and capture_rules.';
COMMENT ON COLUMN current_configurations.channels IS 'The channels it has settings for, sorted.';
COMMENT ON COLUMN current_configurations.captured_channels IS 'The channels it has capture rules for, sorted.';
