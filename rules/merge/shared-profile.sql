/*
title: Customers with different addresses share a profile in one conversation
severity: error
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#conversations-merge-unexpectedly
causes:
  shared-profile:
    message: "Conversation {subject_id} joins {addresses} and {other_addresses}: both customers carry profile {profile_id}."
    fix: Make identity traits unique - no two customers may have the same phone number or other identifying trait on one profile. Then close the conversation, so that the next messages start separate ones.
falsePositives:
  - One person who writes from two devices.
*/
WITH
customers AS (
  SELECT * FROM met_customers WHERE profile_id IS NOT NULL AND len(addresses) > 0
),
merges AS (
  SELECT account_id, profile_id, min(merged_at) AS first_merged_at
  FROM profile_merges
  GROUP BY account_id, profile_id
)
SELECT
  one.account_id,
  one.conversation_id AS subject_id,
  'shared-profile' AS cause,
  CASE
    WHEN person_name(one.name, one.addresses) <> person_name(other.name, other.addresses) THEN 'confirmed'
    WHEN merges.first_merged_at <= greatest(one.certainly_since, other.certainly_since) THEN 'confirmed'
    WHEN merges.first_merged_at <= greatest(one.profile_since, other.profile_since) THEN 'likely'
    ELSE 'possible'
  END AS certainty,
  greatest(one.profile_since, other.profile_since) AS first_seen,
  list_concat(one.event_keys, other.event_keys) AS event_keys,
  [
    {'type': 'participant', 'id': one.participant_id},
    {'type': 'participant', 'id': other.participant_id},
    {'type': 'profile', 'id': one.profile_id}
  ] AS related,
  one.profile_id,
  address_texts(one.addresses) AS addresses,
  address_texts(other.addresses) AS other_addresses,
  one.name,
  other.name AS other_name,
  one.grouping_type
FROM customers AS one
JOIN customers AS other
  ON other.account_id = one.account_id AND other.conversation_id = one.conversation_id AND other.profile_id = one.profile_id
    AND other.participant_id > one.participant_id
LEFT JOIN merges ON merges.account_id = one.account_id AND merges.profile_id = one.profile_id
WHERE coalesce(one.grouping_type, 'GROUP_BY_PROFILE') = 'GROUP_BY_PROFILE'
