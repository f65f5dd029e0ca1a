/*
title: A message is in a conversation twice
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#no-conversation-created-after-sending-a-message
causes:
  two-legs:
    message: "Conversation {subject_id} holds messages twice ({duplicates}): sender and recipient both belong to the account, so both legs are captured."
    fix: Leave one of the two addresses out of the capture rules, or tell the legs apart by their message SIDs - one is outbound, one inbound. With a phone outside of the account there is one communication.
  two-rules:
    message: "Conversation {subject_id} holds messages twice ({duplicates}): more than one capture rule takes them."
    fix: Keep one rule for each direction of an address, in one configuration only, without a rule from "*" to "*" beside them.
  unexplained:
    message: "Conversation {subject_id} holds messages of one author twice ({duplicates}), less than a second apart."
    fix: Compare the message SIDs of each pair - two of them mean that the sender's application sent it twice. If no application did, give support the ids of both communications.
*/
WITH
-- What has a call SID is voice, whatever else it says, and where no channel is
-- visible it may be.
written AS MATERIALIZED (
  SELECT
    hash(author, text_hash) AS text_key,
    hash(author, resource_id) AS resource_key,
    text_hash IS NOT NULL AS has_text,
    resource_id IS NOT NULL AS has_resource,
    hash(account_id, communication_id) AS id_hash,
    epoch_us(created_at) AS us
  FROM (
    SELECT *, coalesce(participant_id, conversation_id || ' ' || address) AS author
    FROM echoes
    WHERE coalesce(channel <> 'VOICE', channel_id LIKE 'SM%' OR channel_id LIKE 'MM%') AND coalesce(NOT channel_id LIKE 'CA%', true)
  )
  WHERE author IS NOT NULL AND conversation_id IS NOT NULL
),
same_text AS (
  SELECT text_key FROM written WHERE has_text GROUP BY text_key HAVING count(*) > 1
),
same_resource AS (
  SELECT resource_key FROM written WHERE has_resource GROUP BY resource_key HAVING count(*) > 1
),
followed AS (
  SELECT id_hash, lead(id_hash) OVER by_text AS other_hash, lead(us) OVER by_text - us AS apart_us
  FROM written SEMI JOIN same_text USING (text_key)
  WHERE has_text
  WINDOW by_text AS (PARTITION BY text_key ORDER BY us, id_hash)
  UNION
  SELECT id_hash, lead(id_hash) OVER by_resource, lead(us) OVER by_resource - us
  FROM written SEMI JOIN same_resource USING (resource_key)
  WHERE has_resource
  WINDOW by_resource AS (PARTITION BY resource_key ORDER BY us, id_hash)
),
close AS (
  SELECT * FROM followed WHERE apart_us < 1000000
),
doubles AS MATERIALIZED (
  SELECT hash(account_id, communication_id) AS id_hash, * FROM echoes
  SEMI JOIN (SELECT id_hash FROM close UNION SELECT other_hash FROM close) AS close
    ON close.id_hash = hash(echoes.account_id, echoes.communication_id)
),
pairs AS (
  SELECT
    one.account_id, one.conversation_id, one.communication_id, other.communication_id AS other_id, one.channel, one.created_at,
    close.apart_us,
    plain_address(one.address) AS author_address,
    list_distinct(list_transform(list_concat(one.recipients, other.recipients), lambda r: plain_address(r.address))) AS recipient_addresses,
    coalesce(one.resource_id = other.resource_id, false) AS is_one_message,
    list_concat(one.event_keys, other.event_keys) AS event_keys
  FROM close
  JOIN doubles AS one ON one.id_hash = close.id_hash
  JOIN doubles AS other ON other.id_hash = close.other_hash
  WHERE other.account_id = one.account_id AND other.conversation_id = one.conversation_id
),
-- The account's own addresses are those that capture rules name opposite to "*", and those that agents write and speak from: the
-- number that a conversation was reached at belongs to the account, whoever answers. A pair of addresses that a rule names on both
-- sides tells nothing, as one of them may be a customer's. Agents are looked through for the addresses in question only.
questions AS (
  SELECT account_id, author_address AS address FROM pairs
  UNION
  SELECT account_id, unnest(recipient_addresses) FROM pairs
),
agents AS (
  SELECT account_id, plain_address(reached.address) AS address
  FROM (
    SELECT account_id, unnest(addresses) AS reached
    FROM participants
    WHERE participant_type IN ('AI_AGENT', 'AGENT', 'HUMAN_AGENT') AND (SELECT count(*) FROM questions) > 0
  )
),
own AS (
  FROM questions SEMI JOIN own_addresses USING (account_id, address)
  UNION
  FROM questions SEMI JOIN agents USING (account_id, address)
),
ways AS (
  SELECT account_id, communication_id, other_id, channel, created_at, author_address, unnest(recipient_addresses) AS recipient_address
  FROM pairs
),
both_own AS (
  SELECT DISTINCT ways.account_id, communication_id, other_id
  FROM ways
  JOIN own AS sender ON sender.account_id = ways.account_id AND sender.address = ways.author_address
  JOIN own AS recipient ON recipient.account_id = ways.account_id AND recipient.address = ways.recipient_address
),
taken AS (
  SELECT ways.account_id, communication_id, other_id
  FROM ways
  JOIN capture_rule_periods AS rules
    ON rules.account_id = ways.account_id AND rules.channel = ways.channel
      AND rules.plain_from IN ('*', ways.author_address) AND rules.plain_to IN ('*', ways.recipient_address)
      AND coalesce(rules.in_force_from <= ways.created_at, true) AND coalesce(ways.created_at < rules.in_force_until, true)
  GROUP BY ways.account_id, communication_id, other_id
  HAVING count(DISTINCT (rules.configuration_id, rules.position)) > 1
),
explained AS (
  SELECT
    pairs.*,
    CASE
      WHEN both_own.other_id IS NOT NULL THEN 1
      -- One message SID in two communications was captured twice, also where the configurations are not known.
      WHEN taken.other_id IS NOT NULL OR pairs.is_one_message THEN 2
      ELSE 3
    END AS place
  FROM pairs
  LEFT JOIN both_own USING (account_id, communication_id, other_id)
  LEFT JOIN taken USING (account_id, communication_id, other_id)
)
SELECT
  account_id,
  conversation_id AS subject_id,
  ['two-legs', 'two-rules', 'unexplained'][min(place)] AS cause,
  min(created_at) AS first_seen,
  max(created_at + to_microseconds(apart_us)) AS last_seen,
  flatten(list(event_keys)) AS event_keys,
  count(DISTINCT (communication_id, other_id))::INTEGER AS duplicates,
  to_microseconds(max(apart_us)) AS farthest_apart
FROM explained
GROUP BY account_id, conversation_id
