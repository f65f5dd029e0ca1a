-- Filled from the payloads of `…profiles.merged` events, whose field names are not documented: any profile id in them counts.
CREATE OR REPLACE TABLE profile_merges (account_id VARCHAR, event_key BIGINT, log_id VARCHAR, merged_at TIMESTAMPTZ, profile_id VARCHAR);

COMMENT ON TABLE profile_merges IS 'One row per profile id that a profile merge names.';
COMMENT ON COLUMN profile_merges.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN profile_merges.event_key IS 'The merge event, for event_keys.';
COMMENT ON COLUMN profile_merges.log_id IS 'The merge event''s log id.';
COMMENT ON COLUMN profile_merges.merged_at IS 'When the merge was logged.';
COMMENT ON COLUMN profile_merges.profile_id IS 'mem_profile_…';
