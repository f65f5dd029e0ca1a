-- Nothing of the log is looked up in the files again: what stands there alone was looked up when they were loaded.
INSERT INTO input_files SELECT file_id, path, read_path, false, coalesce(format, '') FROM store.log.files;
DROP TABLE rejects;
CREATE VIEW rejects AS FROM store.log.rejects;
DROP TABLE event_log;
CREATE TABLE nameless_log AS FROM store.log.{{nameless}};
-- Entries of the store that lose against one that has its account only now.
CREATE TABLE outdone AS {{outdone}};
CREATE VIEW stored_log AS SELECT * EXCLUDE (id_hash) FROM store.log.event_log UNION ALL FROM nameless_log;
CREATE VIEW whole_log AS FROM stored_log;
CREATE VIEW event_log AS FROM whole_log;
