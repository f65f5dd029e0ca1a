-- What was read meets what is in the store. First, who has no account of his own goes aside.
CREATE TABLE nameless_log AS FROM event_log WHERE account_id IS NULL;
DELETE FROM event_log WHERE account_id IS NULL;
CREATE TABLE file_accounts AS SELECT DISTINCT file_id, account_id FROM event_log;
CREATE TABLE own_entries AS SELECT count(*) AS rows FROM event_log;

-- Entries of the store with the same log ids come in, so that the same rule decides between them and those that were read. Their hashes
-- alone are looked through; different ids can share one, and are told apart by that rule.
INSERT INTO input_files SELECT file_id, path, read_path, false, coalesce(format, '') FROM store.log.files;
CREATE TABLE met AS
SELECT event_key FROM store.log.event_log WHERE id_hash IN (SELECT hash(account_id, log_id) FROM event_log);
INSERT INTO event_log BY NAME
SELECT * EXCLUDE (id_hash) FROM store.log.event_log WHERE event_key IN (FROM met);
