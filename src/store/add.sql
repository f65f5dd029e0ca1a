-- In one transaction, which may change the store alone.
DELETE FROM store.log.event_log WHERE event_key IN (FROM beaten);
INSERT INTO store.log.event_log BY NAME SELECT *, hash(account_id, log_id) AS id_hash FROM event_log {{order}};
INSERT INTO store.log.nameless_log BY NAME FROM nameless_log;
INSERT INTO store.log.file_accounts BY NAME FROM file_accounts;
INSERT INTO store.log.rejects BY NAME FROM rejects;
INSERT INTO store.log.conflicts
SELECT account_id, log_id FROM repeated WHERE is_conflict
EXCEPT FROM store.log.conflicts;
