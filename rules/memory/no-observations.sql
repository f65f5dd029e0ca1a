/*
title: A conversation ended and memory holds nothing of it
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#memory-extraction-not-producing-observations
requires: [observations]
params:
  delay: { type: interval, default: 10 minutes, description: How long extraction may take after a conversation became INACTIVE or CLOSED. }
causes:
  store-not-active:
    message: "No observation came of conversation {subject_id}: memory store {memory_store_id} is {store_status}."
    fix: Wait until the store is ACTIVE, or give the configuration another one; that counts for conversations that start afterwards.
  store-mismatch:
    message: "No observation came of conversation {subject_id}: its configuration {configuration_id} names no memory store of the account."
    fix: Compare the configuration's memoryStoreId with the stores of the account, and set it to the right one; that counts for conversations that start afterwards.
  no-profile:
    message: "No observation came of conversation {subject_id}: its customer has no profile to hold one."
    fix: Find out why the customer's profile was not resolved, and add customers through active ingestion with type CUSTOMER.
  unexplained:
    message: "No observation or summary names conversation {subject_id} or its customer since it became {reached}, and the files do not say why."
    fix: Check in this order - memoryExtractionEnabled, the status of the store, the configuration's memoryStoreId, the status of the conversation, the customer's profileId. Then look into Conversation Memory.
    certainty: possible
falsePositives:
  - Conversations in which nothing was said that is worth an observation.
*/
WITH
witnesses AS (
  SELECT
    account_id,
    bool_or(kind = 'observation') AS shows_observations,
    -- What an event could not tell before the first and after the last of them is not missing.
    min(observed_at) FILTER (event_key IS NOT NULL) AS shown_from,
    max(observed_at) FILTER (event_key IS NOT NULL) AS shown_until,
    bool_or(event_key IS NULL) AS is_listed
  FROM observations
  WHERE is_witness
  GROUP BY account_id
),
ended AS (
  SELECT
    conversations.*,
    -- Summaries are made of closed conversations only.
    CASE WHEN shows_observations THEN least(inactive_at, closed_at) ELSE closed_at END AS reached_at,
    shown_from, shown_until, is_listed
  FROM conversations
  JOIN witnesses USING (account_id)
  WHERE closed_at IS NOT NULL OR inactive_at IS NOT NULL
),
unnamed AS (
  SELECT *
  FROM ended
  ANTI JOIN (FROM observations WHERE conversation_id IS NOT NULL) AS named USING (account_id, conversation_id)
  WHERE observed_until - reached_at >= $delay
),
customers AS (
  SELECT
    participants.account_id, participants.conversation_id,
    count(*) AS members,
    count(*) FILTER (participant_type = 'CUSTOMER') AS customers,
    count(profile_id) FILTER (participant_type = 'CUSTOMER') AS resolved,
    bool_and(shows_profile) FILTER (participant_type = 'CUSTOMER') AS shows_profiles,
    list(participant_id) FILTER (participant_type = 'CUSTOMER' AND profile_id IS NULL) AS without_profile,
    flatten(list(profile_ids) FILTER (participant_type = 'CUSTOMER')) AS profile_ids
  FROM participants
  SEMI JOIN unnamed USING (account_id, conversation_id)
  GROUP BY participants.account_id, participants.conversation_id
),
last_named AS (
  SELECT account_id, profile_id, max(coalesce(observed_at, 'infinity'::TIMESTAMPTZ)) AS observed_at
  FROM observations
  WHERE profile_id IS NOT NULL
  GROUP BY account_id, profile_id
),
remembered AS (
  SELECT carried.account_id, carried.conversation_id, max(last_named.observed_at) AS observed_at
  FROM (SELECT account_id, conversation_id, unnest(profile_ids) AS profile_id FROM customers) AS carried
  JOIN last_named USING (account_id, profile_id)
  GROUP BY carried.account_id, carried.conversation_id
),
last_stored AS (
  SELECT account_id, store_id, max(observed_at) AS observed_at
  FROM observations
  WHERE store_id IS NOT NULL
  GROUP BY account_id, store_id
),
listed_stores AS (
  SELECT account_id, bool_and(is_list_complete) AS is_complete FROM current_stores GROUP BY account_id
),
checked AS (
  SELECT
    unnamed.*,
    customers.* EXCLUDE (account_id, conversation_id, customers),
    pinned.configuration_id IS NOT NULL AS is_configuration_known,
    pinned.memory_store_id,
    store.status AS store_status,
    store.status <> 'ACTIVE' AS is_store_dead,
    CASE
      WHEN pinned.configuration_id IS NULL THEN NULL
      WHEN pinned.memory_store_id IS NULL THEN true
      -- One into which observations are still written is there, whatever the lists say.
      WHEN store.store_id IS NOT NULL OR last_stored.observed_at >= unnamed.reached_at THEN false
      WHEN listed_stores.is_complete THEN true
    END AS is_mismatch,
    CASE
      WHEN customers.resolved > 0 THEN false
      WHEN customers.customers > 0 AND customers.shows_profiles THEN true
    END AS is_without_profile,
    -- Nothing is to be expected of a conversation in which nobody said anything, as far as the export shows what is said.
    unnamed.communications = 0 AND coverage.shows_communications AS is_silent,
    unnamed.seen_begin AND (is_listed OR (reached_at >= shown_from AND shown_until - reached_at >= $delay)) AS is_covered
  FROM unnamed
  JOIN coverage ON coverage.account_id = unnamed.account_id AND coverage."source" = unnamed."source"
  LEFT JOIN customers ON customers.account_id = unnamed.account_id AND customers.conversation_id = unnamed.conversation_id
  LEFT JOIN remembered ON remembered.account_id = unnamed.account_id AND remembered.conversation_id = unnamed.conversation_id
  LEFT JOIN pinned_configurations AS pinned
    ON pinned.account_id = unnamed.account_id AND pinned.conversation_id = unnamed.conversation_id
  LEFT JOIN current_stores AS store ON store.account_id = unnamed.account_id AND store.store_id = pinned.memory_store_id
  LEFT JOIN last_stored ON last_stored.account_id = unnamed.account_id AND last_stored.store_id = pinned.memory_store_id
  LEFT JOIN listed_stores ON listed_stores.account_id = unnamed.account_id
  WHERE coalesce(remembered.observed_at < coalesce(unnamed.created_at, unnamed.first_seen), true)
    -- Where extraction is off, memory/extraction-disabled says so once.
    AND pinned.extracts IS NOT FALSE
    -- Who is no customer is not remembered.
    AND (customers.members IS NULL OR customers.customers > 0)
),
decided AS (
  SELECT
    *,
    CASE
      WHEN is_store_dead THEN 'store-not-active'
      WHEN is_mismatch THEN 'store-mismatch'
      WHEN is_without_profile THEN 'no-profile'
      WHEN is_covered AND NOT is_silent THEN 'unexplained'
    END AS cause
  FROM checked
)
SELECT
  account_id,
  conversation_id AS subject_id,
  cause,
  CASE
    -- That the list of stores is the whole list, and that extraction is on, is not written down anywhere.
    WHEN cause = 'store-mismatch' AND memory_store_id IS NOT NULL THEN 'likely'
    WHEN cause = 'no-profile' AND NOT is_configuration_known THEN 'likely'
  END AS certainty,
  reached_at AS first_seen,
  observed_until AS last_seen,
  deleted_at IS NULL AS ongoing,
  event_keys,
  list_concat(
    CASE
      WHEN cause = 'no-profile' THEN list_transform(without_profile, lambda id: {'type': 'participant', 'id': id})
      WHEN cause IN ('store-not-active', 'store-mismatch') AND memory_store_id IS NOT NULL
        THEN [{'type': 'store', 'id': memory_store_id}]
      ELSE []
    END,
    CASE WHEN cause = 'store-mismatch' THEN [{'type': 'configuration', 'id': configuration_id}] ELSE [] END
  ) AS related,
  configuration_id,
  memory_store_id,
  store_status,
  CASE WHEN closed_at <= reached_at THEN 'CLOSED' ELSE 'INACTIVE' END AS reached,
  reached_at,
  distinct_texts(profile_ids) AS profile_ids,
  list_transform(
    [
      {'name': 'extraction-enabled', 'is_failed': CASE WHEN is_configuration_known THEN false END},
      {'name': 'store-active', 'is_failed': is_store_dead},
      {'name': 'store-named', 'is_failed': is_mismatch},
      {'name': 'trigger-reached', 'is_failed': false},
      {'name': 'customer-profile', 'is_failed': is_without_profile}
    ],
    lambda each: {
      'name': each.name,
      'outcome': CASE each.is_failed WHEN true THEN 'failed' WHEN false THEN 'passed' ELSE 'not checked' END
    }) AS checks
FROM decided
WHERE cause IS NOT NULL
