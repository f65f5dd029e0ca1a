-- needs: coverage, participants
-- It is not documented whether a diagnostic's resource is the participant or the conversation; the codes speak of "this participant".
-- Where it names the conversation, the participant is the only one of its request, else the only customer there is. Not so for
-- 530001, which is logged for every agent, too: among several it says nothing about the customer.
CREATE OR REPLACE TABLE diagnostics AS
WITH
logged AS (
  SELECT event_key, account_id, log_id, event_time, level::VARCHAR AS level, error_code, error_reason, request_id,
    correlation_of(request_id, correlation_id, correlates_itself) AS correlation_id,
    resource_id, conversation_id, participant_id, status
  FROM event_log
  WHERE kind = 'diagnostic'::event_kind
),
of_request AS (
  SELECT logged.event_key, min(event_log.participant_id) AS participant_id
  FROM logged
  JOIN event_log USING (account_id, request_id)
  WHERE logged.participant_id IS NULL AND event_log.kind = 'participant'::event_kind
  GROUP BY logged.event_key
  HAVING count(DISTINCT event_log.participant_id) = 1
),
of_conversation AS (
  SELECT logged.event_key, min(participants.participant_id) AS participant_id
  FROM logged
  JOIN participants USING (account_id, conversation_id)
  WHERE logged.participant_id IS NULL AND logged.error_code IS DISTINCT FROM 530001
    AND participants.participant_type IN ('CUSTOMER', 'UNKNOWN')
  GROUP BY logged.event_key
  HAVING count(*) = 1
),
named AS (
  SELECT logged.* REPLACE (coalesce(logged.participant_id, of_request.participant_id, of_conversation.participant_id) AS participant_id)
  FROM logged
  LEFT JOIN of_request USING (event_key)
  LEFT JOIN of_conversation USING (event_key)
)
SELECT
  named.event_key,
  named.account_id,
  named.log_id,
  named.event_time,
  'conversation-orchestrator' AS "source",
  named.level,
  named.error_code,
  named.error_reason,
  named.request_id,
  named.correlation_id,
  named.resource_id,
  named.participant_id,
  coalesce(named.conversation_id, participants.conversation_id) AS conversation_id,
  CASE
    WHEN named.participant_id IS NOT NULL THEN 'participant'
    WHEN named.conversation_id IS NOT NULL THEN 'conversation'
    WHEN named.resource_id IS NOT NULL THEN 'resource'
    WHEN named.request_id IS NOT NULL THEN 'request'
    ELSE 'account'
  END AS about_type,
  coalesce(named.participant_id, named.conversation_id, named.resource_id, named.request_id, named.account_id) AS about_id,
  named.status,
  coverage.export_begin,
  coverage.as_of
FROM named
LEFT JOIN participants ON participants.account_id = named.account_id AND participants.participant_id = named.participant_id
LEFT JOIN coverage ON coverage.account_id = named.account_id AND coverage."source" = 'conversation-orchestrator';

COMMENT ON TABLE diagnostics IS 'One row per diagnostic event, with the participant and conversation it is about.';
COMMENT ON COLUMN diagnostics.event_key IS 'The event itself, for event_keys.';
COMMENT ON COLUMN diagnostics.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN diagnostics.log_id IS 'Breaks ties of event_time.';
COMMENT ON COLUMN diagnostics.event_time IS 'When it was logged.';
COMMENT ON COLUMN diagnostics.source IS 'With account_id the key of coverage.';
COMMENT ON COLUMN diagnostics.level IS 'INFO, WARNING or ERROR.';
COMMENT ON COLUMN diagnostics.error_code IS '530001, 530003, 530004, …';
COMMENT ON COLUMN diagnostics.error_reason IS 'Free text: HTTP status and message.';
COMMENT ON COLUMN diagnostics.request_id IS 'The API request that led to it.';
COMMENT ON COLUMN diagnostics.correlation_id IS 'Joins requests that belong together.';
COMMENT ON COLUMN diagnostics.resource_id IS 'As logged: a participant, conversation or other id.';
COMMENT ON COLUMN diagnostics.participant_id IS 'The participant it is about; NULL where that cannot be told.';
COMMENT ON COLUMN diagnostics.conversation_id IS 'The conversation it is about, its participant''s where it does not say.';
COMMENT ON COLUMN diagnostics.about_type IS 'What is the nearest known that it is about: participant, conversation, resource, request or account.';
COMMENT ON COLUMN diagnostics.about_id IS 'The id of that.';
COMMENT ON COLUMN diagnostics.status IS 'As logged; its values are not documented.';
COMMENT ON COLUMN diagnostics.export_begin IS 'Where the export of its account and source begins.';
COMMENT ON COLUMN diagnostics.as_of IS 'Where the export of its account and source ends, or --as-of.';
