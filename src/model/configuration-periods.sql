-- Each snapshot of a configuration with the time during which it was in force, as far as the side files tell. Snapshots without a
-- time come first; ties break by content, so that the order of files does not matter.
CREATE OR REPLACE TABLE configuration_periods AS
SELECT
  * EXCLUDE (file_id, line),
  recorded_at AS valid_from,
  lead(recorded_at) OVER history AS valid_until,
  row_number() OVER history AS place
FROM configurations
WINDOW history AS (PARTITION BY account_id, configuration_id ORDER BY recorded_at NULLS FIRST, version NULLS FIRST, snapshot_id);

COMMENT ON TABLE configuration_periods IS 'One row per snapshot of a configuration, with the time during which it was in force.';
COMMENT ON COLUMN configuration_periods.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN configuration_periods.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN configuration_periods.display_name IS 'As people call it.';
COMMENT ON COLUMN configuration_periods.grouping_type IS 'GROUP_BY_PROFILE, GROUP_BY_PARTICIPANT_ADDRESSES or GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE; it cannot be changed after creation.';
COMMENT ON COLUMN configuration_periods.memory_store_id IS 'NULL where none is set.';
COMMENT ON COLUMN configuration_periods.memory_extraction_enabled IS 'Off unless it is true.';
COMMENT ON COLUMN configuration_periods.intelligence_configuration_ids IS 'Empty where none is set.';
COMMENT ON COLUMN configuration_periods.version IS 'Grows with each update.';
COMMENT ON COLUMN configuration_periods.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN configuration_periods.updated_at IS 'Its own updatedAt.';
COMMENT ON COLUMN configuration_periods.recorded_at IS 'updatedAt, else createdAt.';
COMMENT ON COLUMN configuration_periods.snapshot_id IS 'Joins channel_settings and capture_rules.';
COMMENT ON COLUMN configuration_periods.valid_from IS 'Since when it was in force; NULL where the record has no time.';
COMMENT ON COLUMN configuration_periods.valid_until IS 'When the next snapshot took its place; NULL for the latest. What changed between two snapshots in between, the files do not tell.';
COMMENT ON COLUMN configuration_periods.place IS 'Place in its history, from 1.';
