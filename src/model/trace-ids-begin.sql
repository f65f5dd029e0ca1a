-- Which request and correlation ids of an account belong together: connected components, by spreading the smallest label.
-- An id can be a request here and a correlation there, so both are the same kind of node. Most entries carry the same id twice
-- or stand alone, and need no rounds; only links between different ids are spread. A recursive CTE took twenty times as long.
-- The log is all entries, or some that hold whole traces.
CREATE OR REPLACE TEMP TABLE {{ids}}_nodes AS
SELECT account_id, id, row_number() OVER () AS label
FROM (
  SELECT account_id, request_id AS id FROM {{log}} WHERE request_id IS NOT NULL
  UNION
  SELECT account_id, correlation_id FROM {{log}} WHERE correlation_id IS NOT NULL
);

CREATE OR REPLACE TEMP TABLE {{ids}}_members AS
WITH links AS (
  SELECT account_id, request_id, correlation_id, row_number() OVER () AS link
  FROM (SELECT DISTINCT account_id, request_id, correlation_id FROM {{log}} WHERE request_id <> correlation_id)
)
SELECT link, account_id, id, label
FROM (
  SELECT link, account_id, request_id AS id FROM links
  UNION ALL
  SELECT link, account_id, correlation_id FROM links
)
JOIN {{ids}}_nodes USING (account_id, id);
