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
  customers.account_id,
  customers.conversation_id AS subject_id,
  'shared-profile' AS cause,
  min(customers.grouping_type) AS grouping_type,
  list({
    'participant_id': customers.participant_id,
    'name': customers.name,
    'own_name': person_name(customers.name, customers.addresses),
    'addresses': address_texts(customers.addresses),
    'profile_id': customers.profile_id,
    'profile_since': customers.profile_since,
    'since_merge': CASE
      WHEN merges.first_merged_at <= customers.certainly_since THEN 'confirmed'
      WHEN merges.first_merged_at <= customers.profile_since THEN 'likely'
    END,
    'is_there': customers.is_there,
    'observed_until': customers.observed_until,
    'event_keys': customers.event_keys
  } ORDER BY customers.participant_id) AS customers
FROM customers
LEFT JOIN merges ON merges.account_id = customers.account_id AND merges.profile_id = customers.profile_id
WHERE coalesce(customers.grouping_type, 'GROUP_BY_PROFILE') = 'GROUP_BY_PROFILE'
GROUP BY customers.account_id, customers.conversation_id
-- Fewer profiles than customers: some carry the same one.
HAVING count(DISTINCT customers.profile_id) < count(*)
