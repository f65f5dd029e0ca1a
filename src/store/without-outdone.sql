CREATE OR REPLACE VIEW stored_log AS
SELECT * EXCLUDE (id_hash) FROM store.log.event_log WHERE event_key NOT IN (FROM outdone)
UNION ALL
FROM nameless_log;
