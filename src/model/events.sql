-- The canonical table: one row per log entry. A view, so that what nobody uses costs nothing. Names of files are looked up in a
-- list, because a join is carried out even where nobody asks for them, and keeps filters by key from reaching the table.
CREATE OR REPLACE VIEW events AS
SELECT
  event_key, event_log.account_id, log_id, event_time, source_of(source) AS source, event_type, level::VARCHAR AS level, error_code, error_reason,
  request_id, correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id, {{trace_id}} AS trace_id,
  conversation_id, participant_id, communication_id, resource_id,
  status, participant_type, profile_id, channel, address, configuration_id,
  body, {{paths}}[file_id] AS file, {{formats}}[file_id] AS format{{line}}
FROM event_log
{{trace_join}};

COMMENT ON VIEW events IS 'One row per log entry, whatever shape it came in.';
COMMENT ON COLUMN events.event_key IS 'Unique in a run. It says nothing about order.';
COMMENT ON COLUMN events.account_id IS 'Account SID, or `unknown`. Never NULL.';
COMMENT ON COLUMN events.log_id IS 'The entry''s own id, or `content-…` where its shape has none.';
COMMENT ON COLUMN events.event_time IS 'When it was logged. Ties break by log_id.';
COMMENT ON COLUMN events.source IS 'conversation-orchestrator, conversation-memory, conversation-intelligence, …';
COMMENT ON COLUMN events.event_type IS 'conversation.created … communication.updated, diagnostic, or the full com.twilio.… name of another source.';
COMMENT ON COLUMN events.level IS 'INFO, WARNING or ERROR.';
COMMENT ON COLUMN events.error_code IS 'NULL for success.';
COMMENT ON COLUMN events.error_reason IS 'Free text: HTTP status and message of what failed.';
COMMENT ON COLUMN events.request_id IS 'The API request that led to it.';
COMMENT ON COLUMN events.correlation_id IS 'Joins requests that belong together; often the request id again.';
COMMENT ON COLUMN events.trace_id IS 'What is joined by request and correlation ids within an account. A name inside one run only.';
COMMENT ON COLUMN events.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN events.participant_id IS 'conv_participant_…: the participant itself; of a communication its author.';
COMMENT ON COLUMN events.communication_id IS 'conv_communication_…';
COMMENT ON COLUMN events.resource_id IS 'What a diagnostic is about; of a communication its external resourceId.';
COMMENT ON COLUMN events.status IS 'ACTIVE, INACTIVE or CLOSED of a conversation; of a diagnostic undocumented.';
COMMENT ON COLUMN events.participant_type IS 'CUSTOMER, HUMAN_AGENT, AI_AGENT, AGENT or UNKNOWN.';
COMMENT ON COLUMN events.profile_id IS 'mem_profile_…';
COMMENT ON COLUMN events.channel IS 'VOICE, SMS, RCS, WHATSAPP, CHAT, …: of the first address, of a communication''s author.';
COMMENT ON COLUMN events.address IS 'The first address of a participant, the author''s of a communication, as logged.';
COMMENT ON COLUMN events.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN events.body IS 'The payload as it came; loaded only where a rule names it.';
COMMENT ON COLUMN events.file IS 'The export it came from, as it was named.';
COMMENT ON COLUMN events.format IS 'The shape of that export.';
