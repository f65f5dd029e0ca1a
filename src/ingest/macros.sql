-- Text that means nothing: exports write empty text and the word null for what is not there.
CREATE MACRO clean(value) AS CASE WHEN value NOT IN ('', 'null') THEN value END;

-- What the columns of event_log leave out because it is the usual.
CREATE MACRO source_of(source) AS coalesce(source, 'conversation-orchestrator');
CREATE MACRO correlation_of(request_id, correlation_id, correlates_itself) AS CASE WHEN correlates_itself THEN request_id ELSE correlation_id END;
