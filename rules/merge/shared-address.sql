/*
title: Customers with the same address meet in one conversation
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#conversations-merge-unexpectedly
causes:
  expected-grouping:
    message: "Conversation {subject_id} joins two customers who use {shared_addresses}: its configuration groups by addresses."
    fix: This is how {grouping_type} works. Use a configuration with GROUP_BY_PROFILE where people who share an address must be kept apart.
    certainty: confirmed
  shared-address:
    message: "Conversation {subject_id} joins two customers who use {shared_addresses}."
    fix: Find out whose address it is, and whether an identity trait carries it on the wrong profile.
    certainty: likely
*/
WITH
-- Only those whose addresses could be the same are paired; the predicate says whether they are.
keyed AS (
  SELECT DISTINCT account_id, conversation_id, participant_id, address_key(address.address) AS key
  FROM (SELECT account_id, conversation_id, participant_id, unnest(addresses) AS address FROM met_customers)
),
pairs AS (
  SELECT DISTINCT one.account_id, one.participant_id AS one_id, other.participant_id AS other_id
  FROM keyed AS one
  JOIN keyed AS other
    ON other.account_id = one.account_id AND other.conversation_id = one.conversation_id AND other.key = one.key
      AND other.participant_id > one.participant_id
)
SELECT
  one.account_id,
  one.conversation_id AS subject_id,
  CASE
    -- Grouping by address and channel keeps different channels apart, so it does not explain customers who meet from two.
    WHEN one.grouping_type = 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE'
      AND len(one.channels) > 0 AND len(other.channels) > 0 AND NOT list_has_any(one.channels, other.channels) THEN 'shared-address'
    WHEN one.grouping_type LIKE 'GROUP_BY_PARTICIPANT_ADDRESSES%' THEN 'expected-grouping'
    ELSE 'shared-address'
  END AS cause,
  -- A profile that the export does not show is not known to be missing: the two may carry the same one.
  CASE
    WHEN (one.profile_id IS NULL AND NOT one.shows_profile) OR (other.profile_id IS NULL AND NOT other.shows_profile) THEN 'possible'
  END AS certainty,
  greatest(one.first_seen, other.first_seen) AS first_seen,
  CASE WHEN one.is_there AND other.is_there THEN one.observed_until END AS last_seen,
  one.is_there AND other.is_there AS ongoing,
  list_concat(one.event_keys, other.event_keys) AS event_keys,
  [
    {'type': 'participant', 'id': one.participant_id},
    {'type': 'participant', 'id': other.participant_id}
  ] AS related,
  address_texts(one.addresses) AS addresses,
  address_texts(other.addresses) AS other_addresses,
  one.name,
  other.name AS other_name,
  one.profile_id,
  other.profile_id AS other_profile_id,
  one.grouping_type
FROM pairs
JOIN met_customers AS one ON one.account_id = pairs.account_id AND one.participant_id = pairs.one_id
JOIN met_customers AS other ON other.account_id = pairs.account_id AND other.participant_id = pairs.other_id
WHERE one.profile_id <> other.profile_id
  OR ((one.profile_id IS NULL OR other.profile_id IS NULL)
    AND person_name(one.name, one.addresses) <> person_name(other.name, other.addresses))
