CREATE OR REPLACE TABLE error_codes (
  code INTEGER, title VARCHAR, level VARCHAR, "source" VARCHAR, http_status INTEGER, meaning VARCHAR, advice VARCHAR, reference VARCHAR
);

COMMENT ON TABLE error_codes IS 'The dictionary of error codes, one row per code.';
COMMENT ON COLUMN error_codes.code IS 'As in events.error_code and api_errors.code.';
COMMENT ON COLUMN error_codes.title IS 'A few words, without a full stop.';
COMMENT ON COLUMN error_codes.level IS 'WARNING or ERROR: the level at which it is logged.';
COMMENT ON COLUMN error_codes.source IS 'The source of its log entries, or `api` for answers of the API.';
COMMENT ON COLUMN error_codes.http_status IS 'What the API sends with it, where that is known.';
COMMENT ON COLUMN error_codes.meaning IS 'What happened.';
COMMENT ON COLUMN error_codes.advice IS 'What to do about it.';
COMMENT ON COLUMN error_codes.reference IS 'Where it is documented.';
