CREATE OR REPLACE TABLE {{ids}} AS
SELECT nodes.account_id, nodes.id, coalesce(any_value(members.label), any_value(nodes.label)) AS trace_id
FROM {{ids}}_nodes AS nodes
LEFT JOIN {{ids}}_members AS members USING (account_id, id)
GROUP BY nodes.account_id, nodes.id;

DROP TABLE {{ids}}_members;
DROP TABLE {{ids}}_nodes;

COMMENT ON TABLE {{ids}} IS 'Which trace a request or correlation id belongs to.';
COMMENT ON COLUMN {{ids}}.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN {{ids}}.id IS 'A request or correlation id.';
COMMENT ON COLUMN {{ids}}.trace_id IS 'A name inside one run only.';
