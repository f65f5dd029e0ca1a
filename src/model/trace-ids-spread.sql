-- One round: the smallest label of each link, then of each id.
CREATE OR REPLACE TEMP TABLE {{ids}}_members_next AS
SELECT link, account_id, id, min(label) OVER (PARTITION BY account_id, id) AS label
FROM (SELECT link, account_id, id, min(label) OVER (PARTITION BY link) AS label FROM {{ids}}_members);
