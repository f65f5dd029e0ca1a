/*
title: Memory extraction has not begun, as the conversation is still active
severity: info
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#memory-extraction-not-producing-observations
requires: [configurations]
params:
  min_age: { type: interval, default: 1 day, description: How long a conversation may be ACTIVE. }
causes:
  still-active:
    message: "Conversation {subject_id} has been ACTIVE for {open_for}, so memory extraction has not begun."
    fix: Extraction begins when a conversation becomes INACTIVE or CLOSED. Give its channels statusTimeouts, or close it through the API.
*/
SELECT
  conversations.account_id,
  conversations.conversation_id AS subject_id,
  'still-active' AS cause,
  CASE WHEN coverage.shows_conversation_updates THEN NULL ELSE 'possible' END AS certainty,
  conversations.created_at AS first_seen,
  conversations.as_of AS last_seen,
  true AS ongoing,
  conversations.event_keys,
  conversations.configuration_id,
  conversations.last_communication_at,
  conversations.as_of - conversations.created_at AS open_for
FROM conversations
JOIN coverage USING (account_id, "source")
JOIN pinned_configurations AS pinned
  ON pinned.account_id = conversations.account_id AND pinned.conversation_id = conversations.conversation_id
WHERE pinned.extracts
  -- One that began before the export, or was INACTIVE in between, may have been remembered then.
  AND conversations.seen_begin
  AND conversations.status = 'ACTIVE'
  AND conversations.inactive_at IS NULL AND conversations.closed_at IS NULL AND conversations.deleted_at IS NULL
  AND time_between(conversations.created_at, conversations.as_of) > $min_age
