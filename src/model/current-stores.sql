-- The latest record of each memory store.
CREATE OR REPLACE TABLE current_stores AS
SELECT
  * EXCLUDE (file_id, line),
  NOT bool_or(file_id IN (FROM incomplete_files)) OVER (PARTITION BY account_id) AS is_list_complete
FROM stores
QUALIFY row_number() OVER (PARTITION BY account_id, store_id ORDER BY recorded_at DESC NULLS LAST, status, display_name) = 1;

COMMENT ON TABLE current_stores IS 'One row per memory store: its latest record.';
COMMENT ON COLUMN current_stores.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN current_stores.store_id IS 'mem_store_… or mem_service_…';
COMMENT ON COLUMN current_stores.display_name IS 'As people call it.';
COMMENT ON COLUMN current_stores.status IS 'ACTIVE where it works.';
COMMENT ON COLUMN current_stores.recorded_at IS 'How old the record is at least.';
COMMENT ON COLUMN current_stores.is_list_complete IS 'No page is missing of the lists of its account: a store that is not in them does not exist.';
