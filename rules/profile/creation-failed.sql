/*
title: Profile creation failed
severity: error
subject: participant
reference: https://www.twilio.com/docs/api/errors/530004
explains: [profile/unresolved-customer]
causes:
  transient:
    message: "Creating a profile for participant {subject_id} failed for a moment: {error_reason}"
    fix: The participant was added without a profile, and memory is not available for it. Update the participant once the service works again, so that its profile is resolved.
  store-invalid:
    message: "Creating a profile for participant {subject_id} failed, because the memory store does not exist or is not accessible: {error_reason}"
    fix: Check that the memoryStoreId of the configuration names a store that exists, is ACTIVE and belongs to this account.
  malformed-request:
    message: "Creating a profile for participant {subject_id} failed, because the request was not valid: {error_reason}"
    fix: Check the profile's data and trait mapping, and that the address is written as the trait wants it - E.164 with + for telephone numbers.
  unknown:
    message: "Creating a profile for participant {subject_id} failed: {error_reason}"
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
WHERE error_code = 530004
