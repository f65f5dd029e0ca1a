/*
title: Capture rules of several configurations overlap
severity: warning
subject: address
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#no-conversation-created-after-sending-a-message
requires: [configurations]
explains: [capture/no-conversation:overlapping-rules]
causes:
  overlap:
    message: "{configuration_count} configurations capture the same traffic of {subject_in_words} on {channels}: nothing guarantees which one handles it."
    fix: Let only one configuration have a capture rule for an address and direction, and take it out of the others.
*/
WITH
rules AS (
  SELECT
    *,
    -- Since its configuration has had a rule like it, as far as the files tell.
    CASE
      WHEN count(*) OVER same = count(in_force_from) OVER same THEN min(in_force_from) OVER same
    END AS since
  FROM capture_rule_periods
  WINDOW same AS (PARTITION BY account_id, configuration_id, channel, call_type, chat_service, plain_from, plain_to)
),
pairs AS (
  SELECT
    one.account_id,
    one.channel,
    one.configuration_id AS one_id,
    other.configuration_id AS other_id,
    CASE WHEN one.plain_from = '*' THEN other.plain_from ELSE one.plain_from END AS plain_from,
    CASE WHEN one.plain_to = '*' THEN other.plain_to ELSE one.plain_to END AS plain_to,
    CASE WHEN one.since IS NULL OR other.since IS NULL THEN coalesce(one.since, other.since) ELSE greatest(one.since, other.since) END AS since
  FROM rules AS one
  JOIN rules AS other
    ON other.account_id = one.account_id AND other.channel = one.channel AND other.configuration_id > one.configuration_id
  WHERE one.is_current AND other.is_current
    AND one.call_type IS NOT DISTINCT FROM other.call_type
    AND coalesce(one.chat_service = other.chat_service, true)
    AND (one.plain_from = other.plain_from OR one.plain_from = '*' OR other.plain_from = '*')
    AND (one.plain_to = other.plain_to OR one.plain_to = '*' OR other.plain_to = '*')
    -- One for what an address sends and one for what an address gets meet only where two own addresses write to each other.
    AND NOT (one.plain_from = '*' AND one.plain_to <> '*' AND other.plain_from <> '*' AND other.plain_to = '*')
    AND NOT (one.plain_from <> '*' AND one.plain_to = '*' AND other.plain_from = '*' AND other.plain_to <> '*')
),
subjects AS (
  SELECT
    pairs.*,
    CASE
      WHEN plain_to = '*' THEN plain_from
      WHEN plain_from = '*' OR own.address IS NULL THEN plain_to
      ELSE plain_from
    END AS address
  FROM pairs
  LEFT JOIN own_addresses AS own ON own.account_id = pairs.account_id AND own.address = pairs.plain_from
)
SELECT
  subjects.account_id,
  subjects.address AS subject_id,
  'overlap' AS cause,
  coalesce(min(subjects.since), min(coverage.export_begin)) AS first_seen,
  max(coverage.as_of) AS last_seen,
  true AS ongoing,
  list_transform(
    list_sort(list_distinct(list_concat(list(one_id), list(other_id)))), lambda id: {'type': 'configuration', 'id': id}) AS related,
  CASE subjects.address WHEN '*' THEN 'all addresses' ELSE excerpt(subjects.address) END AS subject_in_words,
  len(list_distinct(list_concat(list(one_id), list(other_id))))::INTEGER AS configuration_count,
  list_sort(list(DISTINCT subjects.channel)) AS channels
FROM subjects
LEFT JOIN coverage ON coverage.account_id = subjects.account_id AND coverage."source" = 'conversation-orchestrator'
GROUP BY subjects.account_id, subjects.address
