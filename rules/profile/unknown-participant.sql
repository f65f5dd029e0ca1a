/*
title: Participant stayed UNKNOWN
severity: info
subject: participant
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#participant-has-no-profileid
params:
  grace: { type: interval, default: 30 seconds, description: How long a lookup may take. }
causes:
  lookup-only:
    message: "Participant {subject_id} stayed UNKNOWN: its address was looked up, nobody was found, and no profile is made for UNKNOWN."
    fix: Where a profile is expected, add the participant through active ingestion with type CUSTOMER.
*/
SELECT
  participants.account_id,
  participants.participant_id AS subject_id,
  'lookup-only' AS cause,
  -- An upgrade is an update: where the export shows none at all, it may have been left out.
  CASE WHEN coverage.shows_participant_updates THEN 'confirmed' ELSE 'possible' END AS certainty,
  coalesce(participants.created_at, participants.first_seen) AS first_seen,
  participants.observed_until AS last_seen,
  participants.removed_at IS NULL AS ongoing,
  participants.event_keys,
  CASE WHEN participants.conversation_id IS NULL THEN [] ELSE [{'type': 'conversation', 'id': participants.conversation_id}] END AS related,
  address_texts(participants.addresses) AS addresses
FROM participants
JOIN coverage USING (account_id, "source")
WHERE participants.participant_type = 'UNKNOWN'
  AND participants.profile_id IS NULL
  AND time_between(coalesce(participants.created_at, participants.first_seen), participants.observed_until) >= $grace
