-- The time of each story: which configurations were in force then.
CREATE OR REPLACE TEMP TABLE story_spans AS
SELECT account_id, began::TIMESTAMPTZ AS began, ended::TIMESTAMPTZ AS ended
FROM (
  SELECT unnest(from_json($spans::JSON, '[{"account_id": "VARCHAR", "began": "VARCHAR", "ended": "VARCHAR"}]'), recursive := true)
);
