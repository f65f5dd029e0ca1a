/*
title: Profile lookup failed
severity: warning
subject: participant
reference: https://www.twilio.com/docs/api/errors/530003
causes:
  transient:
    message: "Looking up the profile of participant {subject_id} failed for a moment: {error_reason}"
    fix: Nothing, where it happens now and then - a new profile was tried as a fallback. Look for an outage where many are hit.
  store-invalid:
    message: "Looking up the profile of participant {subject_id} failed, because the memory store does not exist or is not accessible: {error_reason}"
    fix: Check that the memoryStoreId of the configuration names a store that exists, is ACTIVE and belongs to this account.
  malformed-request:
    message: "Looking up the profile of participant {subject_id} failed, because the request was not valid: {error_reason}"
    fix: Check that the address of the participant is written as the identity trait wants it - E.164 with + for telephone numbers.
  unknown:
    message: "Looking up the profile of participant {subject_id} failed: {error_reason}"
    fix: Read the reason; an HTTP status of 5xx is transient, 4xx points at the configuration.
*/
SELECT
  account_id,
  coalesce(participant_id, resource_id, log_id) AS subject_id,
  'unknown' AS cause,
  event_time AS first_seen,
  event_time AS last_seen,
  [event_key] AS event_keys,
  CASE WHEN conversation_id IS NULL THEN [] ELSE [{'type': 'conversation', 'id': conversation_id}] END AS related,
  coalesce(error_reason, 'no reason was logged') AS error_reason
FROM diagnostics
WHERE error_code = 530003
