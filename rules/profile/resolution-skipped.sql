/*
title: Profile resolution was skipped for a customer
severity: warning
subject: participant
reference: https://www.twilio.com/docs/api/errors/530001
explains: [profile/unresolved-customer]
causes:
  unsupported-address:
    message: "No profile was looked up for customer {subject_id}: {addresses} cannot be mapped to an identifier."
    fix: Give the customer an address that a trait can hold - a telephone number in E.164, an e-mail address or a WhatsApp number.
  unexplained:
    message: "No profile was looked up for customer {subject_id}: {error_reason}"
    fix: Check that the participant's type was CUSTOMER when it was added, and that its address has the form of an identity trait.
*/
WITH
skipped AS (
  SELECT * FROM diagnostics WHERE error_code = 530001 AND participant_id IS NOT NULL
),
about AS (
  SELECT account_id, participant_id, addresses, event_keys FROM participants SEMI JOIN skipped USING (account_id, participant_id)
),
-- By their keys, as what else stands in the log is not read then.
typed AS (
  SELECT told.account_id, told.participant_id, events.event_time, events.log_id, events.participant_type
  FROM (SELECT account_id, participant_id, unnest(event_keys) AS event_key FROM about) AS told
  JOIN events USING (event_key)
  WHERE events.participant_type IS NOT NULL
),
-- Its type at that time: the last one logged by then. What one request does can be logged in any order, so where nothing was
-- logged before, the first one after it counts.
type_then AS (
  SELECT
    skipped.event_key,
    coalesce(
      arg_max(typed.participant_type, moment(typed.event_time, typed.log_id)) FILTER (typed.event_time <= skipped.event_time),
      arg_min(typed.participant_type, moment(typed.event_time, typed.log_id))
    ) AS participant_type
  FROM skipped
  JOIN typed USING (account_id, participant_id)
  GROUP BY skipped.event_key
)
SELECT
  skipped.account_id,
  skipped.participant_id AS subject_id,
  CASE
    WHEN len(list_filter(about.addresses, lambda a: is_mappable(a.channel, a.address))) = 0
      AND len(about.addresses) > 0 THEN 'unsupported-address'
    WHEN regexp_matches(lower(coalesce(skipped.error_reason, '')), 'address|identifier') THEN 'unsupported-address'
    ELSE 'unexplained'
  END AS cause,
  skipped.event_time AS first_seen,
  [skipped.event_key] AS event_keys,
  CASE WHEN skipped.conversation_id IS NULL THEN [] ELSE [{'type': 'conversation', 'id': skipped.conversation_id}] END AS related,
  coalesce(nullif(address_texts(about.addresses), []), ['its address']) AS addresses,
  coalesce(excerpt(skipped.error_reason), 'no reason was logged') AS error_reason
FROM skipped
JOIN type_then USING (event_key)
JOIN about ON about.account_id = skipped.account_id AND about.participant_id = skipped.participant_id
WHERE type_then.participant_type = 'CUSTOMER'
