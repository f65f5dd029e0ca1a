/*
title: Capture rule with an address that is not E.164
severity: error
subject: configuration
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#no-conversation-created-after-sending-a-message
requires: [configurations]
explains: [capture/no-conversation:not-e164]
causes:
  not-e164:
    message: "Configuration {subject_id} names \"{address}\" in a capture rule of {channel}, which is not E.164: no traffic has exactly this address. Such addresses: {address_count}."
    fix: Write addresses of capture rules in E.164, with + and country code and without blanks, dashes or brackets, such as +15551234567.
falsePositives:
  - Short codes and alphanumeric senders, which have no E.164 form.
*/
WITH
written AS (
  SELECT account_id, configuration_id, channel, is_current, in_force_from, from_address AS address, 'from' AS side
  FROM capture_rule_periods
  WHERE channel IN ('SMS', 'RCS', 'WHATSAPP') OR call_type = 'PSTN'
  UNION ALL
  SELECT account_id, configuration_id, channel, is_current, in_force_from, to_address, 'to'
  FROM capture_rule_periods
  WHERE channel IN ('SMS', 'RCS', 'WHATSAPP') OR call_type = 'PSTN'
),
-- Only the prefix of its own channel belongs to an address; an agent of RCS has a name instead of a number.
odd AS (
  SELECT account_id, configuration_id, channel, address,
    list_sort(list(DISTINCT side)) AS sides,
    channel = 'SMS' AND regexp_full_match(address, '[0-9]{3,6}|[A-Za-z0-9 ]*[A-Za-z][A-Za-z0-9 ]*') AS may_be_sender,
    bool_or(is_current) AS is_current,
    CASE WHEN count(*) = count(in_force_from) THEN min(in_force_from) END AS since
  FROM written
  WHERE address <> '*'
    AND NOT is_e164(CASE channel
      WHEN 'WHATSAPP' THEN regexp_replace(address, '^whatsapp:', '')
      WHEN 'RCS' THEN regexp_replace(address, '^rcs:', '')
      ELSE address
    END)
    AND NOT (channel = 'RCS' AND regexp_full_match(address, '(rcs:)?[A-Za-z][A-Za-z0-9_.-]*'))
  GROUP BY account_id, configuration_id, channel, address
)
SELECT
  odd.account_id,
  odd.configuration_id AS subject_id,
  'not-e164' AS cause,
  CASE WHEN bool_and(odd.may_be_sender) THEN 'possible' END AS certainty,
  coalesce(CASE WHEN count(*) = count(odd.since) THEN min(odd.since) END, min(coverage.export_begin)) AS first_seen,
  max(coverage.as_of) AS last_seen,
  true AS ongoing,
  arg_min(excerpt(odd.address), (odd.may_be_sender, odd.channel, odd.address)) AS address,
  arg_min(odd.channel, (odd.may_be_sender, odd.channel, odd.address)) AS channel,
  count(*)::INTEGER AS address_count,
  list({'channel': odd.channel, 'address': odd.address, 'sides': odd.sides} ORDER BY odd.channel, odd.address) AS addresses
FROM odd
LEFT JOIN coverage ON coverage.account_id = odd.account_id AND coverage."source" = 'conversation-orchestrator'
WHERE odd.is_current
GROUP BY odd.account_id, odd.configuration_id
