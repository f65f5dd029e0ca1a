/*
title: Profile creation failed
severity: error
subject: participant
reference: https://www.twilio.com/docs/api/errors/530004
explains: [profile/unresolved-customer]
causes:
  transient:
    message: "No profile was created for {subject_type} {subject_id}; the fault was on the side of the profile service: {error_reason}"
    fix: The participant was added without a profile, so memory does not work for it. Once the service answers again, add it anew through active ingestion with type CUSTOMER.
  store-invalid:
    message: "No profile was created for {subject_type} {subject_id}, as the memory store is not there or not accessible: {error_reason}"
    fix: Check that the memoryStoreId of the configuration names a store that exists, is ACTIVE and belongs to this account.
  malformed-request:
    message: "No profile was created for {subject_type} {subject_id}, as the request was not valid: {error_reason}"
    fix: Check the profile's data and trait mapping, and that the address is written as the trait wants it - E.164 with + for telephone numbers.
  unknown:
    message: "No profile was created for {subject_type} {subject_id}: {error_reason}"
    fix: Read the reason; an HTTP status of 5xx is transient, 4xx points at the configuration.
*/
SELECT
  account_id,
  about_id AS subject_id,
  about_type AS subject_type,
  'unknown' AS cause,
  event_time AS first_seen,
  event_time AS last_seen,
  [event_key] AS event_keys,
  CASE WHEN conversation_id IS NULL THEN [] ELSE [{'type': 'conversation', 'id': conversation_id}] END AS related,
  error_reason AS whole_reason,
  coalesce(excerpt(error_reason), 'no reason was logged') AS error_reason
FROM diagnostics
WHERE error_code = 530004
