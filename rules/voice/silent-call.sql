/*
title: Voice conversation has no communications
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#voice-conversation-has-no-communications
explains: [voice/stuck-active]
params:
  min_age: { type: interval, default: 5 minutes, description: How old a call must be before silence counts. }
causes:
  no-transcription:
    message: "Conversation {subject_id} was open for {open_for} and nothing was transcribed."
    fix: Voice communications come from real-time transcription, not from the call. Make sure that someone speaks, that transcription runs, and that the VOICE capture rules of the configuration match this call.
  no-transcription-unordered:
    message: "Nothing was transcribed in conversation {subject_id}. The log closes it before it creates it, so how long it was open is not known."
    fix: Voice communications come from real-time transcription, not from the call. Make sure that someone speaks, that transcription runs, and that the VOICE capture rules of the configuration match this call.
falsePositives:
  - Calls that nobody answered, or on which nobody spoke.
*/
SELECT
  account_id,
  conversation_id AS subject_id,
  CASE WHEN open_for IS NULL THEN 'no-transcription-unordered' ELSE 'no-transcription' END AS cause,
  -- Without a visible channel it may be no call; without a witness the export may just not show communications.
  CASE WHEN is_voice AND shows_communications THEN 'confirmed' ELSE 'possible' END AS certainty,
  least(created_at, closed_at) AS first_seen,
  greatest(created_at, coalesce(closed_at, observed_until)) AS last_seen,
  closed_at IS NULL AND deleted_at IS NULL AS ongoing,
  event_keys,
  list_transform(call_ids, lambda id: {'type': 'call', 'id': id}) AS related,
  open_for,
  status,
  is_voice
FROM silent_conversations
WHERE closed_at IS NOT NULL OR open_for >= $min_age
