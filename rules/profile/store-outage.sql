/*
title: A memory store failed many participants
severity: critical
subject: store
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#participant-has-no-profileid
explains: [profile/lookup-failed, profile/creation-failed]
params:
  min_participants: { type: integer, default: 5, description: How many participants must be hit within the window. }
  window: { type: interval, default: 10 minutes, description: Within what time. }
causes:
  outage:
    message: "Profile resolution failed through {subject_type} {subject_id}: the service was not available. Participants hit: {participants_hit}."
    fix: Nothing is wrong with the participants. Once the store answers, look which of those hit still have no profile, and add them again with type CUSTOMER; ask support where it goes on.
  store-invalid:
    message: "Profile resolution failed through {subject_type} {subject_id}: the memory store does not exist or is not accessible. Participants hit: {participants_hit}."
    fix: Check that the configuration's memoryStoreId names a store that exists, is ACTIVE and belongs to this account. Then add the participants hit again with type CUSTOMER.
  other:
    message: "Profile resolution failed through {subject_type} {subject_id}, each time for the same kind of reason. Participants hit: {participants_hit}."
    fix: Read the reasons in the evidence. A 400 or 422 points at what all of them have in common - the form of their addresses, or the trait mapping of the store.
*/
WITH
failures AS (
  SELECT
    diagnostics.*,
    conversations.configuration_id,
    nullif(regexp_extract(diagnostics.error_reason, 'mem_(store|service)_[0-9a-z]{26}'), '') AS named_store
  FROM diagnostics
  LEFT JOIN conversations USING (account_id, conversation_id)
  WHERE diagnostics.error_code IN (530003, 530004)
),
-- One of two reasons that belong together may name the store and the other not; they are still of one outage.
stores_of_subjects AS (
  SELECT account_id, about_id, min(named_store) AS store_id
  FROM failures
  GROUP BY account_id, about_id
  HAVING count(DISTINCT named_store) = 1
),
stores_of_configurations AS (
  SELECT account_id, configuration_id, min(named_store) AS store_id
  FROM failures
  WHERE configuration_id IS NOT NULL
  GROUP BY account_id, configuration_id
  HAVING count(DISTINCT named_store) = 1
),
-- The nearest that is known: the store, else the configuration, else the account.
placed AS (
  SELECT
    failures.*,
    coalesce(named_store, configuration.memory_store_id, stores_of_subjects.store_id, stores_of_configurations.store_id) AS store_id
  FROM failures
  LEFT JOIN current_configurations AS configuration USING (account_id, configuration_id)
  LEFT JOIN stores_of_subjects USING (account_id, about_id)
  LEFT JOIN stores_of_configurations USING (account_id, configuration_id)
)
SELECT
  account_id,
  coalesce(store_id, configuration_id, account_id) AS subject_id,
  CASE WHEN store_id IS NOT NULL THEN 'store' WHEN configuration_id IS NOT NULL THEN 'configuration' ELSE 'account' END AS subject_type,
  'other' AS cause,
  max(as_of) AS as_of,
  list({
    'about_type': about_type, 'about_id': about_id, 'event_time': event_time, 'error_reason': error_reason, 'event_key': event_key
  } ORDER BY event_time, log_id) AS failures
FROM placed
GROUP BY ALL
HAVING count(DISTINCT about_id) >= $min_participants
