/*
title: Capture rules take one direction only
severity: warning
subject: configuration
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#no-conversation-created-after-sending-a-message
requires: [configurations]
explains: [capture/no-conversation:one-way-rule]
causes:
  one-way:
    message: "Configuration {subject_id} has no {channel} capture rule with {address} as `{missing_side}`: that direction is not captured. Rules that are missing: {missing_rules}."
    fix: Make capture rules bidirectional - for each Twilio address one rule with it as `from` and one with it as `to`.
falsePositives:
  - Channels on which only one direction is meant to be captured.
*/
WITH
rules AS (
  SELECT * FROM capture_rule_periods WHERE channel <> 'VOICE'
),
own AS (
  SELECT rules.*, plain_to AS address, 'from' AS missing_side
  FROM rules
  WHERE plain_to <> '*' AND (plain_from = '*' OR EXISTS (
    FROM own_addresses WHERE own_addresses.account_id = rules.account_id AND own_addresses.address = rules.plain_to))
  UNION ALL
  SELECT rules.*, plain_from, 'to'
  FROM rules
  WHERE plain_from <> '*' AND (plain_to = '*' OR EXISTS (
    FROM own_addresses WHERE own_addresses.account_id = rules.account_id AND own_addresses.address = rules.plain_from))
),
-- An address that is written in two ways is not one that lacks a direction; capture/not-e164 tells of it.
gaps AS (
  SELECT DISTINCT own.account_id, own.configuration_id, own.place, own.is_current, own.channel, own.address, own.missing_side
  FROM own
  WHERE NOT EXISTS (
    FROM rules AS other
    WHERE other.account_id = own.account_id AND other.configuration_id = own.configuration_id
      AND other.place = own.place AND other.channel = own.channel
      AND coalesce(other.chat_service = own.chat_service, true)
      AND (
        (other.plain_from = '*' AND other.plain_to = '*')
        OR (own.missing_side = 'from' AND other.plain_from = own.address)
        OR (own.missing_side = 'to' AND other.plain_to = own.address)
        OR (own.missing_side = 'from' AND (is_meant_as(other.plain_from, own.address) OR is_meant_as(own.address, other.plain_from)))
        OR (own.missing_side = 'to' AND (is_meant_as(other.plain_to, own.address) OR is_meant_as(own.address, other.plain_to)))
      )
  )
),
-- Since when without a break: it may have been so in earlier snapshots, too.
history AS (
  SELECT
    periods.account_id,
    periods.configuration_id,
    periods.place,
    CASE
      WHEN periods.place > 1 THEN periods.valid_from
      WHEN periods.created_at IS NOT NULL THEN least(periods.created_at, periods.valid_from)
    END AS in_force_from,
    gaps.place IS NOT NULL AS has_gap
  FROM configuration_periods AS periods
  LEFT JOIN (SELECT DISTINCT account_id, configuration_id, place FROM gaps) AS gaps USING (account_id, configuration_id, place)
),
since AS (
  SELECT history.account_id, history.configuration_id, arg_min_null(history.in_force_from, history.place) AS since
  FROM history
  LEFT JOIN (
    SELECT account_id, configuration_id, max(place) AS place FROM history WHERE NOT has_gap GROUP BY account_id, configuration_id
  ) AS fine USING (account_id, configuration_id)
  WHERE history.place > coalesce(fine.place, 0)
  GROUP BY history.account_id, history.configuration_id
)
SELECT
  gaps.account_id,
  gaps.configuration_id AS subject_id,
  'one-way' AS cause,
  coalesce(min(since.since), min(coverage.export_begin)) AS first_seen,
  max(coverage.as_of) AS last_seen,
  true AS ongoing,
  arg_min(gaps.channel, (gaps.channel, gaps.address, gaps.missing_side)) AS channel,
  arg_min(excerpt(gaps.address), (gaps.channel, gaps.address, gaps.missing_side)) AS address,
  arg_min(gaps.missing_side, (gaps.channel, gaps.address, gaps.missing_side)) AS missing_side,
  count(*)::INTEGER AS missing_rules,
  list({'channel': gaps.channel, 'address': gaps.address, 'missing_side': gaps.missing_side}
    ORDER BY gaps.channel, gaps.address, gaps.missing_side) AS gaps
FROM gaps
LEFT JOIN since USING (account_id, configuration_id)
LEFT JOIN coverage ON coverage.account_id = gaps.account_id AND coverage."source" = 'conversation-orchestrator'
WHERE gaps.is_current
GROUP BY gaps.account_id, gaps.configuration_id
