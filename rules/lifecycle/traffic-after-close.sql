/*
title: Communications after the conversation was closed
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/concepts/lifecycle
params:
  tolerance: { type: interval, default: 5 seconds, description: How late a communication may still be that was on its way. }
causes:
  late-communication:
    message: "Conversation {subject_id} was closed at {closed_at}; communications that came later: {late_communications}, the last one {latest_after} after it."
    fix: CLOSED is final, and new traffic belongs into a new conversation. Find out from the request ids what still writes into this one - usually an application that keeps an id without looking at the status.
*/
WITH
closed AS (
  -- The last event about a communication is never before the last communication, so few are left to look at. Differences of times
  -- with a zone are fifty times dearer than those of numbers.
  SELECT account_id, conversation_id, closed_at, event_keys
  FROM conversations
  WHERE last_communication_at > closed_at AND epoch_us(last_communication_at) - epoch_us(closed_at) > epoch($tolerance) * 1000000
),
late AS (
  SELECT
    communications.account_id, communications.conversation_id, communications.communication_id, communications.event_keys,
    -- What was said before the close and only logged after it came in time.
    coalesce(communications.occurred_at, communications.created_at) AS occurred_at
  FROM communications
  JOIN closed USING (account_id, conversation_id)
  WHERE epoch_us(coalesce(communications.occurred_at, communications.created_at)) - epoch_us(closed.closed_at)
    > epoch($tolerance) * 1000000
),
counted AS (
  SELECT
    account_id, conversation_id, count(*)::INTEGER AS late_communications,
    min(occurred_at) AS first_late_at, max(occurred_at) AS last_late_at, flatten(list(event_keys)) AS event_keys
  FROM late
  GROUP BY account_id, conversation_id
)
SELECT
  account_id,
  conversation_id AS subject_id,
  'late-communication' AS cause,
  counted.first_late_at AS first_seen,
  counted.last_late_at AS last_seen,
  list_concat(closed.event_keys, counted.event_keys) AS event_keys,
  closed.closed_at,
  counted.late_communications,
  counted.last_late_at - closed.closed_at AS latest_after
FROM counted
JOIN closed USING (account_id, conversation_id)
