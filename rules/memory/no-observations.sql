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
-- Ids and times only: lists come in where a finding is made.
ended AS (
  SELECT
    account_id, conversation_id, coalesce(created_at, first_seen) AS known_since, seen_begin, observed_until, communications,
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
  WHERE time_between(reached_at, observed_until) >= $delay
),
members AS (
  SELECT account_id, conversation_id, participant_id, participant_type = 'CUSTOMER' AS is_customer, profile_id, shows_profile, profile_ids
  FROM participants
  SEMI JOIN unnamed USING (account_id, conversation_id)
),
customers AS (
  SELECT
    account_id, conversation_id,
    count(*) AS members,
    count(*) FILTER (is_customer) AS customers,
    count(profile_id) FILTER (is_customer) AS resolved,
    bool_and(shows_profile) FILTER (is_customer) AS shows_profiles
  FROM members
  GROUP BY account_id, conversation_id
),
last_named AS (
  SELECT account_id, profile_id, max(coalesce(observed_at, 'infinity'::TIMESTAMPTZ)) AS observed_at
  FROM observations
  WHERE profile_id IS NOT NULL
  GROUP BY account_id, profile_id
),
remembered AS (
  SELECT carried.account_id, carried.conversation_id, max(last_named.observed_at) AS observed_at
  FROM (SELECT account_id, conversation_id, unnest(profile_ids) AS profile_id FROM members WHERE is_customer AND len(profile_ids) > 0) AS carried
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
    unnamed.account_id, unnamed.conversation_id, unnamed.reached_at,
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
    coalesce(unnamed.communications = 0 AND coverage.shows_communications, false) AS is_silent,
    coalesce(coverage.shows_participant_updates, false) AS shows_participant_updates,
    unnamed.seen_begin AND (is_listed OR (reached_at >= shown_from AND time_between(reached_at, shown_until) >= $delay)) AS is_covered
  FROM unnamed
  LEFT JOIN coverage ON coverage.account_id = unnamed.account_id AND coverage."source" = 'conversation-orchestrator'
  LEFT JOIN customers ON customers.account_id = unnamed.account_id AND customers.conversation_id = unnamed.conversation_id
  LEFT JOIN remembered ON remembered.account_id = unnamed.account_id AND remembered.conversation_id = unnamed.conversation_id
  LEFT JOIN pinned_configurations AS pinned
    ON pinned.account_id = unnamed.account_id AND pinned.conversation_id = unnamed.conversation_id
  LEFT JOIN current_stores AS store ON store.account_id = unnamed.account_id AND store.store_id = pinned.memory_store_id
  LEFT JOIN last_stored ON last_stored.account_id = unnamed.account_id AND last_stored.store_id = pinned.memory_store_id
  LEFT JOIN listed_stores ON listed_stores.account_id = unnamed.account_id
  WHERE coalesce(remembered.observed_at < unnamed.known_since, true)
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
),
found AS (
  SELECT * FROM decided WHERE cause IS NOT NULL
),
refused AS (
  SELECT DISTINCT account_id, participant_id, true AS is_refused
  FROM diagnostics
  WHERE error_code IN (530001, 530004) AND participant_id IS NOT NULL
),
people AS (
  SELECT
    account_id, conversation_id,
    list(participant_id) FILTER (profile_id IS NULL) AS without_profile,
    list(DISTINCT profile_id) FILTER (profile_id IS NOT NULL) AS profile_ids,
    bool_and(coalesce(is_refused, false)) AS are_refused
  FROM (SELECT account_id, conversation_id, participant_id, profile_id FROM members WHERE is_customer)
  SEMI JOIN found USING (account_id, conversation_id)
  LEFT JOIN refused USING (account_id, participant_id)
  GROUP BY account_id, conversation_id
)
SELECT
  conversations.account_id,
  conversations.conversation_id AS subject_id,
  cause,
  CASE
    -- That the list of stores is the whole list, and that extraction is on, is not written down anywhere.
    WHEN cause = 'store-mismatch' AND memory_store_id IS NOT NULL THEN 'likely'
    -- A late profile comes as an update: where the export shows no updates, only a logged failure is proof that none came.
    WHEN cause = 'no-profile' AND NOT shows_participant_updates AND NOT people.are_refused THEN 'possible'
    WHEN cause = 'no-profile' AND NOT is_configuration_known THEN 'likely'
  END AS certainty,
  reached_at AS first_seen,
  conversations.observed_until AS last_seen,
  conversations.deleted_at IS NULL AS ongoing,
  conversations.event_keys,
  list_concat(
    CASE
      WHEN cause = 'no-profile' THEN list_transform(people.without_profile, lambda id: {'type': 'participant', 'id': id})
      WHEN cause IN ('store-not-active', 'store-mismatch') AND memory_store_id IS NOT NULL
        THEN [{'type': 'store', 'id': memory_store_id}]
      ELSE []
    END,
    CASE WHEN cause = 'store-mismatch' THEN [{'type': 'configuration', 'id': conversations.configuration_id}] ELSE [] END
  ) AS related,
  conversations.configuration_id,
  memory_store_id,
  store_status,
  CASE WHEN conversations.closed_at <= reached_at THEN 'CLOSED' ELSE 'INACTIVE' END AS reached,
  reached_at,
  coalesce(list_sort(people.profile_ids), []) AS profile_ids,
  [
    {'name': 'extraction-enabled', 'outcome': CASE WHEN is_configuration_known THEN 'passed' ELSE 'not checked' END},
    {'name': 'store-active', 'outcome': CASE is_store_dead WHEN true THEN 'failed' WHEN false THEN 'passed' ELSE 'not checked' END},
    {'name': 'store-named', 'outcome': CASE is_mismatch WHEN true THEN 'failed' WHEN false THEN 'passed' ELSE 'not checked' END},
    {'name': 'trigger-reached', 'outcome': 'passed'},
    {'name': 'customer-profile', 'outcome': CASE is_without_profile WHEN true THEN 'failed' WHEN false THEN 'passed' ELSE 'not checked' END}
  ] AS checks
FROM found
JOIN conversations USING (account_id, conversation_id)
LEFT JOIN people ON people.account_id = found.account_id AND people.conversation_id = found.conversation_id
