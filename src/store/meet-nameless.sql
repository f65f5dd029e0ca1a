CREATE TABLE met AS
SELECT event_key FROM store.log.event_log WHERE id_hash IN (SELECT hash(account_id, log_id) FROM nameless_log);
CREATE TABLE meeting AS
FROM nameless_log
UNION ALL
SELECT * EXCLUDE (id_hash) FROM store.log.event_log WHERE event_key IN (FROM met);
