/*
title: Profile lookup failed
severity: warning
subject: participant
reference: https://www.twilio.com/docs/api/errors/530003
explains: [profile/duplicate-risk]
causes:
  transient:
    message: "Profile lookup for {subject_type} {subject_id} failed on the side of the profile service: {error_reason}"
    fix: Nothing, where it happens now and then - a new profile was tried as a fallback. Where many participants are hit, look for an outage.
  store-invalid:
    message: "Profile lookup for {subject_type} {subject_id} failed, as the memory store is not there or not accessible: {error_reason}"
    fix: Check that the memoryStoreId of the configuration names a store that exists, is ACTIVE and belongs to this account.
  malformed-request:
    message: "Profile lookup for {subject_type} {subject_id} failed, as the request was not valid: {error_reason}"
    fix: Check that the address of the participant is written as the identity trait wants it - E.164 with + for telephone numbers.
  unknown:
    message: "Profile lookup for {subject_type} {subject_id} failed: {error_reason}"
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
WHERE error_code = 530003
