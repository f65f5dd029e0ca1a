/*
title: Voice conversation is stuck in ACTIVE
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#voice-conversation-stuck-in-active
params:
  max_active: { type: interval, default: 1 hour, description: How long a silent conversation may stay ACTIVE. }
causes:
  timeout-never-started:
    message: "Conversation {subject_id} has been ACTIVE for {open_for}: its timeouts start with the first transcription, which never came."
    fix: Set "statusTimeouts" to null on the VOICE channel, so that conversations close with their last transcription, or close it through the API.
*/
SELECT
  account_id,
  conversation_id AS subject_id,
  'timeout-never-started' AS cause,
  CASE WHEN is_voice AND shows_communications AND shows_conversation_updates THEN 'confirmed' ELSE 'possible' END AS certainty,
  created_at AS first_seen,
  observed_until AS last_seen,
  true AS ongoing,
  event_keys,
  list_transform(call_ids, lambda id: {'type': 'call', 'id': id}) AS related,
  open_for
FROM silent_conversations
-- One that was deleted is no more stuck than one that was closed, and one that was INACTIVE has had a timer running.
WHERE status = 'ACTIVE' AND inactive_at IS NULL AND closed_at IS NULL AND deleted_at IS NULL AND open_for >= $max_active
