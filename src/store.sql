-- What a kept database is: that postlude wrote it, in which layout, and from what.
CREATE TABLE {{store}}.postlude_store AS
SELECT record.*
FROM (SELECT from_json({{record}}, '{
  "version": "INTEGER", "postlude": "VARCHAR", "duckdb": "VARCHAR", "paths": ["VARCHAR"], "options": "JSON",
  "as_of": "TIMESTAMPTZ", "events": "BIGINT", "duplicates": "BIGINT", "accounts": "BIGINT",
  "issues": [{"severity": "VARCHAR", "file": "VARCHAR", "line": "BIGINT", "message": "VARCHAR"}]
}') AS record);

COMMENT ON TABLE {{store}}.postlude_store IS 'One row: what this database is, and from what it was made.';
COMMENT ON COLUMN {{store}}.postlude_store.version IS 'The layout of this file. postlude reads no other than its own.';
COMMENT ON COLUMN {{store}}.postlude_store.postlude IS 'The version of postlude that wrote it.';
COMMENT ON COLUMN {{store}}.postlude_store.duckdb IS 'The version of DuckDB that wrote it.';
COMMENT ON COLUMN {{store}}.postlude_store.paths IS 'What was loaded, as it was named.';
COMMENT ON COLUMN {{store}}.postlude_store.options IS 'How it was loaded: from, to, asOf, account, assumeAccount, timezone, where they were given.';
COMMENT ON COLUMN {{store}}.postlude_store.as_of IS 'The latest time that any account and source could be watched.';
COMMENT ON COLUMN {{store}}.postlude_store.events IS 'How many events it holds.';
COMMENT ON COLUMN {{store}}.postlude_store.duplicates IS 'How many entries were left out because they are in it already.';
COMMENT ON COLUMN {{store}}.postlude_store.accounts IS 'How many accounts it holds.';
COMMENT ON COLUMN {{store}}.postlude_store.issues IS 'Trouble with the inputs, and what they cannot show.';

CREATE TABLE {{store}}.postlude_files AS SELECT file_id, path, format FROM input_files ORDER BY file_id;

COMMENT ON TABLE {{store}}.postlude_files IS 'One row per file that was loaded.';
COMMENT ON COLUMN {{store}}.postlude_files.file_id IS 'As the tables beside the log name it.';
COMMENT ON COLUMN {{store}}.postlude_files.path IS 'As it was named.';
COMMENT ON COLUMN {{store}}.postlude_files.format IS 'The shape of the file.';
