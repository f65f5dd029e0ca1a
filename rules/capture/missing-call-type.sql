/*
title: CLIENT or SIP calls are not captured
severity: warning
subject: configuration
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#client-or-sip-calls-arent-captured
requires: [calls, configurations]
explains: [capture/no-conversation:missing-call-type]
causes:
  client:
    message: "Configuration {subject_id} has no VOICE capture rule with callType CLIENT. CLIENT calls that reached no conversation: {missed}."
    fix: Add a VOICE capture rule with metadata.callType CLIENT and the client identity as its address, and one with PUBLIC_SIP where such calls are missed, too. Rules without callType take PSTN calls only.
  sip:
    message: "Configuration {subject_id} has no VOICE capture rule with callType PUBLIC_SIP. SIP calls that reached no conversation: {missed}."
    fix: Add a VOICE capture rule with metadata.callType PUBLIC_SIP and the address as these calls have it. Rules without callType take PSTN calls only.
  address-format:
    message: "Configuration {subject_id} names {call_type} in its VOICE capture rules, but no address of them fits, such as {example}. Calls missed: {missed}."
    fix: Give the capture rule the address as calls of this type have it - the client identity, or the SIP user or number.
  dynamic-identity:
    message: "Configuration {subject_id} captures CLIENT calls of fixed identities only, and {identities} others were called, such as {example}. Calls missed: {missed}."
    fix: Use active TwiML ingestion in place of capture rules where client identities change from call to call.
falsePositives:
  - Calls between agents that no configuration is meant to capture.
*/
WITH
missed AS (
  SELECT * FROM missed_traffic WHERE call_type IN ('CLIENT', 'PUBLIC_SIP')
),
-- Today's rules count: who has put it right needs no advice.
captured AS (
  SELECT DISTINCT account_id, traffic_id FROM capture_matches WHERE way = 'match' AND is_current
),
voice AS (
  SELECT
    account_id,
    configuration_id,
    call_type,
    bool_or(plain_to <> '*') AS is_fixed_to,
    min(in_force_from) AS in_force_from
  FROM capture_rule_periods
  WHERE channel = 'VOICE' AND is_current
  GROUP BY account_id, configuration_id, call_type
),
begun AS (
  SELECT account_id, configuration_id, min(created_at) AS created_at FROM configuration_periods GROUP BY account_id, configuration_id
),
unfit AS (
  SELECT missed.* FROM missed ANTI JOIN captured USING (account_id, traffic_id)
),
-- Which configuration falls short: one whose rules fit but for the call type; else one that names the type, for other addresses;
-- else each that captures voice.
near AS (
  SELECT DISTINCT account_id, traffic_id, configuration_id FROM capture_matches WHERE way = 'other-type' AND is_current
),
blamed AS (
  SELECT unfit.*, near.configuration_id, voice.configuration_id IS NOT NULL AS is_named, coalesce(voice.is_fixed_to, false) AS is_fixed_to
  FROM unfit
  JOIN near USING (account_id, traffic_id)
  LEFT JOIN voice ON voice.account_id = near.account_id AND voice.configuration_id = near.configuration_id AND voice.call_type = unfit.call_type
  UNION ALL
  SELECT unfit.*, voice.configuration_id, true, voice.is_fixed_to
  FROM unfit
  ANTI JOIN near USING (account_id, traffic_id)
  JOIN voice ON voice.account_id = unfit.account_id AND voice.call_type = unfit.call_type
  UNION ALL
  SELECT unfit.*, voice.configuration_id, false, false
  FROM unfit
  ANTI JOIN near USING (account_id, traffic_id)
  JOIN (SELECT DISTINCT account_id, configuration_id FROM voice) AS voice ON voice.account_id = unfit.account_id
  WHERE NOT EXISTS (FROM voice AS naming WHERE naming.account_id = unfit.account_id AND naming.call_type = unfit.call_type)
),
counted AS (
  SELECT
    blamed.account_id,
    blamed.configuration_id,
    blamed.call_type,
    blamed.is_named,
    count(*)::INTEGER AS calls_missed,
    count(DISTINCT CASE WHEN is_fixed_to THEN plain_to ELSE plain_from END)
      FILTER ((CASE WHEN is_fixed_to THEN to_address ELSE from_address END) ILIKE 'client:%')::INTEGER AS identities,
    min(CASE
      WHEN CASE WHEN is_named THEN is_fixed_to ELSE regexp_matches(to_address, '^(client|sips?):', 'i') END THEN to_address
      ELSE from_address
    END) AS example,
    bool_or(is_witnessed) AND (blamed.is_named OR min(configurations_known) = 'all') AS is_certain,
    min(begun_at) AS first_seen,
    max(begun_at) AS last_seen
  FROM blamed
  LEFT JOIN begun USING (account_id, configuration_id)
  WHERE coalesce(blamed.begun_at >= begun.created_at, true)
  GROUP BY blamed.account_id, blamed.configuration_id, blamed.call_type, blamed.is_named
)
SELECT
  counted.account_id,
  counted.configuration_id AS subject_id,
  CASE
    WHEN NOT counted.is_named AND counted.call_type = 'CLIENT' THEN 'client'
    WHEN NOT counted.is_named THEN 'sip'
    -- One or two strange identities are a rule that was written wrongly; many are identities that no rule can list.
    WHEN counted.call_type = 'CLIENT' AND counted.identities >= 3 THEN 'dynamic-identity'
    ELSE 'address-format'
  END AS cause,
  CASE WHEN NOT counted.is_certain THEN 'possible' END AS certainty,
  counted.first_seen,
  counted.last_seen,
  true AS ongoing,
  counted.call_type,
  counted.calls_missed,
  other.call_type AS other_call_type,
  other.calls_missed AS other_calls_missed,
  -- A finding has one cause, so what of the other type is told beside it.
  counted.calls_missed || CASE
    WHEN other.call_type IS NULL THEN ''
    WHEN other.is_named THEN '; ' || other.call_type || ' calls, whose addresses its rules do not fit: ' || other.calls_missed
    ELSE '; ' || other.call_type || ' calls, for which it has no rule: ' || other.calls_missed
  END AS missed,
  counted.identities,
  CASE
    WHEN length(counted.example) > 40 THEN left(counted.example, 39) || '…'
    ELSE coalesce(counted.example, 'calls without an address')
  END AS example
FROM counted
-- A configuration names a type or does not, so that there is one other row at most.
LEFT JOIN counted AS other
  ON other.account_id = counted.account_id AND other.configuration_id = counted.configuration_id AND other.call_type <> counted.call_type
