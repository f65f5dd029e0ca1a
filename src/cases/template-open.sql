/*
title: Conversation was left open
severity: warning # info | warning | error | critical
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting
params:
  max_open: { type: interval, default: 1 hour, description: How long a conversation may be open. }
causes:
  left-open:
    message: "Conversation {subject_id} was still open after {open_for}."
    fix: Say what the reader should do about it.
falsePositives:
  - Say what looks like this and is all right.
*/
SELECT
  account_id,
  conversation_id AS subject_id,
  'left-open' AS cause,
  created_at AS first_seen,
  event_keys,
  observed_until - created_at AS open_for,
  communications
FROM conversations
WHERE closed_at IS NULL AND observed_until - created_at >= $max_open
