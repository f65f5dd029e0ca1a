CREATE OR REPLACE TABLE trace_ids AS
SELECT trace_nodes.account_id, trace_nodes.id, coalesce(any_value(trace_members.label), any_value(trace_nodes.label)) AS trace_id
FROM trace_nodes
LEFT JOIN trace_members USING (account_id, id)
GROUP BY trace_nodes.account_id, trace_nodes.id;

DROP TABLE trace_members;
DROP TABLE trace_nodes;

COMMENT ON TABLE trace_ids IS 'Which trace a request or correlation id belongs to.';
COMMENT ON COLUMN trace_ids.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN trace_ids.id IS 'A request or correlation id.';
COMMENT ON COLUMN trace_ids.trace_id IS 'A name inside one run only.';
