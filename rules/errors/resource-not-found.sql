/*
title: A resource was not found
severity: warning
subject: resource
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#common-http-status-codes
causes:
  wrong-id-format:
    message: "The API found no {subject_id}: an id here is {expected}."
    fix: Use the id as the API returned it, and look whether it is that of another kind of resource than the path asks for.
  deleted-before:
    message: "The API found no {subject_id}: it was deleted at {deleted_at}."
    fix: Find out who deleted it and who still uses its id. What is deleted does not come back.
  unknown:
    message: "The API did not find what it was asked for in {subject_type} {subject_id}."
    fix: Check that the id is right, that it belongs to this account and store, and that the resource was not deleted before the export begins.
*/
WITH
missed AS (
  SELECT
    *,
    -- Of several ids in a path the one that explains the answer; else the last, which is what the request is about.
    coalesce(
      list_filter(resources, lambda each: NOT each.fits)[1],
      list_filter(resources, lambda each: each.deleted_at IS NOT NULL)[1],
      resources[-1]
    ) AS resource
  FROM error_responses
  WHERE http_status = 404
),
named AS (
  SELECT
    *,
    -- A bare answer does not say what was asked for; then answers of one code are told together.
    coalesce(resource.id, request_id, code::VARCHAR, 'HTTP 404') AS subject_id,
    CASE WHEN resource.id IS NOT NULL THEN 'resource' WHEN request_id IS NOT NULL THEN 'request' ELSE 'code' END AS subject_type,
    CASE
      WHEN NOT resource.fits THEN 'wrong-id-format'
      WHEN resource.deleted_at IS NOT NULL THEN 'deleted-before'
      ELSE 'unknown'
    END AS cause
  FROM missed
)
SELECT
  account_id,
  subject_id,
  subject_type,
  cause,
  CASE WHEN cause = 'deleted-before' AND min(occurred_at) IS NULL THEN 'likely' ELSE 'confirmed' END AS certainty,
  min(occurred_at) AS first_seen,
  max(occurred_at) AS last_seen,
  list_distinct(list_filter(list(event_key) || list(resource.event_key), lambda each: each IS NOT NULL)) AS event_keys,
  -- Other than ||, this takes a missing list for an empty one.
  list_concat(related_requests(list(DISTINCT request_id) FILTER (request_id IS NOT NULL)), CASE
    WHEN starts_with(subject_id, 'conv_conversation_') THEN [{'type': 'conversation', 'id': subject_id}]
    WHEN starts_with(subject_id, 'conv_participant_') THEN [{'type': 'participant', 'id': subject_id}]
    WHEN starts_with(subject_id, 'conv_communication_') THEN [{'type': 'communication', 'id': subject_id}]
    WHEN starts_with(subject_id, 'conv_configuration_') THEN [{'type': 'configuration', 'id': subject_id}]
    WHEN starts_with(subject_id, 'mem_store_') OR starts_with(subject_id, 'mem_service_') THEN [{'type': 'store', 'id': subject_id}]
    WHEN starts_with(subject_id, 'mem_profile_') THEN [{'type': 'profile', 'id': subject_id}]
    WHEN starts_with(subject_id, 'proc_job_') THEN [{'type': 'operation', 'id': subject_id}]
  END) AS related,
  min(resource.expected) || CASE
    WHEN ends_with(min(resource.expected), '_') THEN ' and 26 letters and digits'
    ELSE ' and 32 hexadecimal digits'
  END AS expected,
  min(resource.deleted_at) AS deleted_at,
  min(path) AS path,
  (count(DISTINCT request_id) + count(*) FILTER (request_id IS NULL))::INTEGER AS requests
FROM named
GROUP BY account_id, subject_id, subject_type, cause
