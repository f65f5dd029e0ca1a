-- What kept tables are, and from what they were built.
CREATE TABLE store.main.postlude_store AS
SELECT record.*
FROM (SELECT from_json({{record}}, '{
  "postlude": "VARCHAR", "generation": "BIGINT", "options": "JSON",
  "as_of": "TIMESTAMPTZ", "events": "BIGINT", "duplicates": "BIGINT", "accounts": "BIGINT",
  "issues": [{"severity": "VARCHAR", "file": "VARCHAR", "line": "BIGINT", "message": "VARCHAR"}]
}') AS record);

COMMENT ON TABLE store.main.postlude_store IS 'One row: what these tables are, and from what they were made.';
COMMENT ON COLUMN store.main.postlude_store.postlude IS 'The version of postlude that wrote it.';
COMMENT ON COLUMN store.main.postlude_store.generation IS 'The state of the store that they were built from; another one there makes them stale.';
COMMENT ON COLUMN store.main.postlude_store.options IS 'What was left out of them: from, to, asOf, account, assumeAccount, where they were given.';
COMMENT ON COLUMN store.main.postlude_store.as_of IS 'The latest time that any account and source could be watched.';
COMMENT ON COLUMN store.main.postlude_store.events IS 'How many events it holds.';
COMMENT ON COLUMN store.main.postlude_store.duplicates IS 'How many entries were left out because they are in it already.';
COMMENT ON COLUMN store.main.postlude_store.accounts IS 'How many accounts it holds.';
COMMENT ON COLUMN store.main.postlude_store.issues IS 'Trouble with the inputs, and what they cannot show.';

CREATE TABLE store.main.postlude_files AS SELECT file_id, path, format FROM input_files WHERE format <> '' ORDER BY file_id;

COMMENT ON TABLE store.main.postlude_files IS 'One row per file that was loaded.';
COMMENT ON COLUMN store.main.postlude_files.file_id IS 'As the tables beside the log name it.';
COMMENT ON COLUMN store.main.postlude_files.path IS 'As it was named.';
COMMENT ON COLUMN store.main.postlude_files.format IS 'The shape of the file.';
