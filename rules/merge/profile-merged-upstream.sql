/*
title: A profile merge joined different customers
severity: warning
subject: profile
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#conversations-merge-unexpectedly
explains: [merge/shared-profile]
causes:
  identity-resolution:
    message: "Identity resolution merged profile {subject_id}; afterwards {addresses} and {other_addresses} carried it in conversation {conversation_id}."
    fix: Check the identity resolution rules and the traits that made both people one profile, before more of their conversations are joined.
*/
WITH
customers AS (
  SELECT * FROM met_customers WHERE profile_id IS NOT NULL AND len(addresses) > 0
)
SELECT
  merge.account_id,
  merge.profile_id AS subject_id,
  'identity-resolution' AS cause,
  CASE WHEN greatest(one.certainly_since, other.certainly_since) >= merge.merged_at THEN 'confirmed' ELSE 'likely' END AS certainty,
  merge.merged_at AS first_seen,
  greatest(one.last_seen, other.last_seen) AS last_seen,
  list_concat([merge.event_key], one.event_keys, other.event_keys) AS event_keys,
  [{'type': 'conversation', 'id': one.conversation_id}] AS related,
  one.conversation_id,
  address_texts(one.addresses) AS addresses,
  address_texts(other.addresses) AS other_addresses
FROM profile_merges AS merge
JOIN customers AS one ON one.account_id = merge.account_id AND one.profile_id = merge.profile_id
JOIN customers AS other
  ON other.account_id = one.account_id AND other.conversation_id = one.conversation_id AND other.profile_id = one.profile_id
    AND other.participant_id > one.participant_id
WHERE greatest(one.profile_since, other.profile_since) >= merge.merged_at
