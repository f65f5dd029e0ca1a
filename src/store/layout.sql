-- An event store: what was read, as it was read, so that it can be settled together with whatever is read later. A schema of its own,
-- since the tables that rules read can be kept in the same file (tables.ts).
CREATE SCHEMA store.log;

-- One row. `generation` names what is in the store: 0 where that is nothing, then a number that each load that changed anything draws anew,
-- so that no other store has it, nor a copy of this one that was changed in another way. `is_whole` is false while a load goes on, and stays
-- so where it was cut off. Which files it has yet to add stands in a table that is there only so long (missing.ts).
CREATE TABLE store.log.meta (
  version INTEGER, postlude VARCHAR, duckdb VARCHAR, keeps_body BOOLEAN, generation BIGINT, is_whole BOOLEAN
);

-- One row per content that was read; `format` is NULL where it was no export that this version knows.
CREATE TABLE store.log.files (
  file_id INTEGER, path VARCHAR, read_path VARCHAR, format VARCHAR, content_hash VARCHAR, bytes BIGINT, entries BIGINT, postlude VARCHAR
);

-- Where a content was seen last, and what the file system said of it then: while it says the same, the file is not read again. Without a
-- path: one that gave way to another that is in the store, too, as the last of rotated logs does.
CREATE TABLE store.log.known_paths (read_path VARCHAR, bytes BIGINT, modified_ns BIGINT, content_hash VARCHAR);

-- Of which accounts a file speaks, also in entries that are kept as those of another file: whose its entries without an account are can
-- follow from that.
CREATE TABLE store.log.file_accounts (file_id INTEGER, account_id VARCHAR);

-- Of the lines of a file that DuckDB read itself: a hash of the log id on each, in 32 bits, and where every 16th begins, as doubles.
CREATE TABLE store.log.line_indexes (file_id INTEGER, lines INTEGER, hashes BLOB, marks BLOB);

CREATE TABLE store.log.pages (
  file_id INTEGER, path VARCHAR, line BIGINT, list_key VARCHAR, next VARCHAR, has_previous BOOLEAN
);
CREATE TABLE store.log.issues (file_id INTEGER, severity VARCHAR, file VARCHAR, line BIGINT, message VARCHAR);
CREATE TABLE store.log.rejects AS FROM rejects LIMIT 0;
-- Log ids that were read with different contents, of which one is kept.
CREATE TABLE store.log.conflicts (account_id VARCHAR, log_id VARCHAR);

-- `id_hash` finds what is in the store already: one number instead of two texts.
CREATE TABLE store.log.event_log AS SELECT *, NULL::UBIGINT AS id_hash FROM event_log LIMIT 0;
-- Entries that do not name their account. Whose they are depends on everything else, so it is settled anew when the store is read, and so
-- are they kept as they came, each as often as it was read.
CREATE TABLE store.log.nameless_log AS FROM event_log LIMIT 0;
