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
    message: "Profile resolution failed for {participants_hit} participants through {subject_id}: the service was not available."
    fix: Nothing was wrong with the participants. Once the store works again, update those that are listed, so that their profiles are resolved; ask support where the outage goes on.
  store-invalid:
    message: "Profile resolution failed for {participants_hit} participants through {subject_id}: the memory store does not exist or is not accessible."
    fix: Check that the memoryStoreId of the configuration names a store that exists, is ACTIVE and belongs to this account, then update the participants that are listed.
  other:
    message: "Profile resolution failed for {participants_hit} participants through {subject_id}."
    fix: Read the reasons that were logged; they are the same for all of them.
*/
WITH
failures AS (
  SELECT
    diagnostics.account_id,
    coalesce(diagnostics.participant_id, diagnostics.resource_id, diagnostics.log_id) AS participant_id,
    diagnostics.event_time,
    diagnostics.log_id,
    diagnostics.event_key,
    diagnostics.error_reason,
    diagnostics.as_of,
    conversations.configuration_id,
    nullif(regexp_extract(diagnostics.error_reason, 'mem_(store|service)_[0-9a-z]{26}'), '') AS named_store
  FROM diagnostics
  LEFT JOIN conversations USING (account_id, conversation_id)
  WHERE diagnostics.error_code IN (530003, 530004)
),
-- The nearest that is known: the store, else the configuration, else the account.
placed AS (
  SELECT
    failures.*,
    coalesce(failures.named_store, configuration.memory_store_id, failures.configuration_id, failures.account_id) AS subject_id,
    CASE
      WHEN coalesce(failures.named_store, configuration.memory_store_id) IS NOT NULL THEN 'store'
      WHEN failures.configuration_id IS NOT NULL THEN 'configuration'
      ELSE 'account'
    END AS subject_type
  FROM failures
  LEFT JOIN current_configurations AS configuration USING (account_id, configuration_id)
)
SELECT
  account_id,
  subject_id,
  subject_type,
  'other' AS cause,
  any_value(as_of) AS as_of,
  list({
    'participant_id': participant_id, 'event_time': event_time, 'error_reason': error_reason, 'event_key': event_key
  } ORDER BY event_time, log_id) AS failures
FROM placed
GROUP BY account_id, subject_id, subject_type
HAVING count(DISTINCT participant_id) >= $min_participants
