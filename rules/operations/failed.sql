/*
title: An asynchronous operation failed
severity: error
subject: operation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#asynchronous-operation-issues
requires: [operations]
causes:
  invalid-phone-number:
    message: "Operation {subject_id} failed over a phone number: {problem}."
    fix: Write the phone numbers of the request in E.164 - plus sign, country code, digits - and send it again.
  memory-store:
    message: "Operation {subject_id} failed over the memory store: {problem}."
    fix: Check that the request names a memoryStoreId, and that this store exists on the account and is ACTIVE. Then send it again.
  capture-rules:
    message: "Operation {subject_id} failed over its capture rules: {problem}."
    fix: Check each capture rule of the request - from and to are an address or an asterisk, callType is PSTN, CLIENT or PUBLIC_SIP - and send it again.
  other:
    message: "Operation {subject_id} failed: {problem}."
    fix: Read what the operation says about its error, correct the request, and send it again. Support needs operation id, time and account.
*/
SELECT
  account_id,
  operation_id AS subject_id,
  'other' AS cause,
  created_at AS first_seen,
  coalesce(completed_at, created_at) AS last_seen,
  list_transform(
    list_distinct(resource_ids || regexp_extract_all(
      concat_ws(' ', error_title, error_detail), 'mem_(?:store|service)_[0-9a-z]{26}|conv_(?:configuration|conversation)_[0-9a-z]{26}')),
    lambda id: {
      'type': CASE
        WHEN starts_with(id, 'conv_configuration_') THEN 'configuration'
        WHEN starts_with(id, 'conv_conversation_') THEN 'conversation'
        WHEN starts_with(id, 'mem_s') THEN 'store'
        ELSE 'resource'
      END,
      'id': id
    }
  ) AS related,
  coalesce(excerpt(nullif(rtrim(concat_ws(': ', error_title, error_detail), '. '), '')), 'it does not say why') AS problem,
  error_title,
  error_detail,
  error_status
FROM current_operations
WHERE status = 'FAILED'
