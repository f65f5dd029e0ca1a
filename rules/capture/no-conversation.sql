/*
title: No conversation was created for a message or call
severity: warning
subject: message
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#no-conversation-created-after-sending-a-message
requires: [messages|calls]
causes:
  propagation:
    message: "{kind_in_words} {subject_id} reached no conversation: configuration {configuration_id} had changed at {changed_at}, less than 10 seconds before."
    fix: Wait 5 to 10 seconds after a configuration was created or changed before sending traffic through it. Nothing else is needed.
  not-e164:
    message: "{kind_in_words} {subject_id} reached no conversation: its capture rule names \"{rule_address}\", and rules compare addresses exactly."
    fix: Write the address of the capture rule in E.164, with + and country code and without blanks or dashes.
  one-way-rule:
    message: "{kind_in_words} {subject_id} from {from_in_words} to {to_in_words} reached no conversation: the capture rules take only the other direction."
    fix: Give the channel two capture rules - one with the Twilio address as `from`, one with it as `to`.
  missing-call-type:
    message: "{kind_in_words} {subject_id} from {from_in_words} to {to_in_words} reached no conversation: no VOICE capture rule fits {call_type} calls like it."
    fix: Add a VOICE capture rule with the callType of this call in its metadata and the address as such calls have it; where identities change, use active TwiML ingestion.
    reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#client-or-sip-calls-arent-captured
  overlapping-rules:
    message: "{kind_in_words} {subject_id} from {from_in_words} to {to_in_words} reached no conversation: the rules of {configurations_matching} configurations match it."
    fix: Let only one configuration have a capture rule for an address and direction. With several of them, nothing guarantees which one handles the traffic.
  no-matching-rule:
    message: "{kind_in_words} {subject_id} from {from_in_words} to {to_in_words} reached no conversation: no capture rule matched it."
    fix: Add capture rules for this address and channel in both directions to a configuration, or start the conversation through active ingestion.
  unexplained:
    message: "{kind_in_words} {subject_id} from {from_in_words} to {to_in_words} reached no conversation, and nothing in the input explains it."
    fix: Query the Conversations endpoint with the SID as channelId, as the default list may hide the conversation. Then check direction, E.164 form and overlap of the capture rules.
falsePositives:
  - Messages and calls that no configuration is meant to capture.
*/
WITH
-- The rules that were in force when it happened.
fitting AS (
  SELECT
    account_id,
    traffic_id,
    count(DISTINCT configuration_id) FILTER (way = 'match') AS matching,
    list(DISTINCT configuration_id) FILTER (way = 'match') AS configurations_matching,
    list(DISTINCT configuration_id) FILTER (way = 'reverse') AS configurations_reverse,
    list(DISTINCT configuration_id) FILTER (way = 'meant') AS configurations_meant,
    list(DISTINCT configuration_id) FILTER (way = 'other-type') AS configurations_other_type,
    min(CASE
      WHEN way <> 'meant' THEN NULL
      WHEN from_address <> '*' AND NOT is_e164(plain_address(from_address)) THEN from_address
      ELSE to_address
    END) AS rule_address,
    -- What the findings of capture/overlapping-rules are about.
    list_distinct(flatten(list([
      CASE WHEN from_address <> '*' THEN plain_address(from_address) END,
      CASE WHEN to_address <> '*' THEN plain_address(to_address) END
    ]) FILTER (way = 'match'))) AS matching_addresses,
    max(changed_at) FILTER (way = 'match') AS changed_at,
    arg_max(configuration_id, (changed_at, configuration_id)) FILTER (way = 'match') AS changed_configuration
  FROM capture_matches
  WHERE is_in_force
  GROUP BY account_id, traffic_id
),
-- Who falls short of a call of this type, where no rule has at least its addresses: those that name the type, else all.
voice AS (
  SELECT
    account_id,
    list(DISTINCT configuration_id) AS configurations,
    list(DISTINCT configuration_id) FILTER (call_type = 'CLIENT') AS client_configurations,
    list(DISTINCT configuration_id) FILTER (call_type = 'PUBLIC_SIP') AS sip_configurations
  FROM capture_rule_periods
  WHERE channel = 'VOICE' AND is_current
  GROUP BY account_id
),
checked AS (
  SELECT
    missed.*,
    fitting.* EXCLUDE (account_id, traffic_id),
    coalesce(
      fitting.configurations_other_type,
      CASE missed.call_type WHEN 'CLIENT' THEN voice.client_configurations ELSE voice.sip_configurations END,
      voice.configurations) AS voice_configurations,
    -- In microseconds: the difference of zoned times takes a calendar, and twenty times as long.
    coalesce(epoch_us(missed.begun_at) - epoch_us(fitting.changed_at) <= 10000000, false) AS is_fresh,
    coalesce(fitting.matching, 0) = 0 AND fitting.configurations_meant IS NOT NULL AS is_not_e164,
    coalesce(fitting.matching, 0) = 0 AND fitting.configurations_reverse IS NOT NULL AS is_one_way,
    coalesce(fitting.matching, 0) = 0 AND missed.call_type IN ('CLIENT', 'PUBLIC_SIP') AND voice.configurations IS NOT NULL AS lacks_call_type,
    coalesce(fitting.matching, 0) > 1 AS is_overlapping,
    coalesce(fitting.matching, 0) = 0 AND missed.configurations_known = 'all' AS is_unmatched
  FROM missed_traffic AS missed
  LEFT JOIN fitting USING (account_id, traffic_id)
  LEFT JOIN voice ON voice.account_id = missed.account_id
),
decided AS (
  SELECT
    *,
    CASE
      WHEN is_fresh THEN 'propagation'
      WHEN is_not_e164 THEN 'not-e164'
      WHEN is_one_way THEN 'one-way-rule'
      WHEN lacks_call_type THEN 'missing-call-type'
      WHEN is_overlapping THEN 'overlapping-rules'
      WHEN is_unmatched THEN 'no-matching-rule'
      ELSE 'unexplained'
    END AS cause
  FROM checked
)
SELECT
  account_id,
  traffic_id AS subject_id,
  kind AS subject_type,
  cause,
  CASE WHEN NOT is_witnessed THEN 'possible' END AS certainty,
  begun_at AS first_seen,
  ended_at AS last_seen,
  list_concat(
    list_transform(
      CASE cause
        WHEN 'propagation' THEN [changed_configuration]
        WHEN 'not-e164' THEN configurations_meant
        WHEN 'one-way-rule' THEN configurations_reverse
        WHEN 'missing-call-type' THEN voice_configurations
        WHEN 'no-matching-rule' THEN []
        ELSE coalesce(configurations_matching, [])
      END,
      lambda id: {'type': 'configuration', 'id': id}),
    CASE
      WHEN cause = 'overlapping-rules' THEN list_transform(
        coalesce(nullif(matching_addresses, []), ['*']), lambda id: {'type': 'address', 'id': id})
      ELSE []
    END
  ) AS related,
  CASE kind WHEN 'call' THEN 'Call' ELSE 'Message' END AS kind_in_words,
  channel,
  call_type,
  direction,
  from_address,
  to_address,
  CASE WHEN length(from_address) > 40 THEN left(from_address, 39) || '…' ELSE coalesce(from_address, 'its sender') END AS from_in_words,
  CASE WHEN length(to_address) > 40 THEN left(to_address, 39) || '…' ELSE coalesce(to_address, 'its receiver') END AS to_in_words,
  changed_configuration AS configuration_id,
  changed_at,
  excerpt(rule_address) AS rule_address,
  coalesce(matching, 0)::INTEGER AS configurations_matching,
  list_transform(
    [
      {'name': 'propagation', 'is_failed': is_fresh},
      {'name': 'not-e164', 'is_failed': is_not_e164},
      {'name': 'one-way-rule', 'is_failed': is_one_way},
      {'name': 'missing-call-type', 'is_failed': lacks_call_type},
      {'name': 'overlapping-rules', 'is_failed': is_overlapping},
      {'name': 'no-matching-rule', 'is_failed': is_unmatched}
    ],
    lambda each: {
      'name': each.name,
      'outcome': CASE
        WHEN each.is_failed THEN 'failed'
        WHEN configurations_known = 'none' OR (configurations_known = 'some' AND each.name <> 'propagation') THEN 'not checked'
        ELSE 'passed'
      END
    }) AS checks
FROM decided
