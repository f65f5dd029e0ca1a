/*
title: A closed conversation was opened again
severity: error
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/concepts/lifecycle
causes:
  reopened:
    message: "Conversation {subject_id} was CLOSED at {closed_at} and {status} at {reopened_at}: closed conversations are final."
    fix: Follow the request of the later update to what wrote the status, as matching traffic starts a new conversation. If it was not an application of yours, give support the conversation id and both request ids.
falsePositives:
  - Status callbacks that were delivered late or twice.
*/
WITH
reopened AS (
  -- Within one millisecond the log has no order.
  SELECT * FROM conversations WHERE epoch_ms(last_open_at) > epoch_ms(closed_at)
),
told AS (
  SELECT
    reopened.account_id, reopened.conversation_id, events.event_time, events.status, events.format = 'status-callback' AS is_callback,
    epoch_ms(events.event_time) > epoch_ms(reopened.closed_at) AS is_after
  FROM (SELECT account_id, conversation_id, closed_at, unnest(event_keys) AS event_key FROM reopened) AS reopened
  JOIN events USING (event_key)
  WHERE events.event_type = 'conversation.updated' AND events.status IN ('ACTIVE', 'INACTIVE')
),
-- Callbacks are best effort: they come late and twice. One that says what an update before the close said can be of that update.
changes AS (
  SELECT *, is_callback AND bool_or(NOT is_after) OVER (PARTITION BY account_id, conversation_id, status) AS may_be_late
  FROM told
),
openings AS (
  SELECT
    account_id, conversation_id, min(event_time) AS reopened_at, arg_min(status, (event_time, status)) AS status,
    bool_and(may_be_late) AS may_be_late
  FROM changes
  WHERE is_after
  GROUP BY account_id, conversation_id
)
SELECT
  account_id,
  conversation_id AS subject_id,
  'reopened' AS cause,
  CASE WHEN openings.may_be_late THEN 'possible' END AS certainty,
  openings.reopened_at AS first_seen,
  reopened.last_open_at AS last_seen,
  reopened.status IN ('ACTIVE', 'INACTIVE') AND reopened.deleted_at IS NULL AS ongoing,
  reopened.event_keys,
  reopened.closed_at,
  openings.reopened_at,
  openings.status
FROM openings
JOIN reopened USING (account_id, conversation_id)
