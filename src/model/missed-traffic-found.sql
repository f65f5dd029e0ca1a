-- Messages and calls that nothing in the log refers to. A SID decides first, by a hash join over ids; addresses are compared only
-- for what is left, within slices of two minutes, so that a busy number is not paired with its whole day.
-- Times are compared as microseconds: arithmetic with zoned times takes a calendar and twenty times as long.

-- What was never sent and calls that nobody took leave nothing to capture. Pages of the log that are not in the input may refer to
-- anything, so nothing is watched in their accounts. Lists and some exports tell times to the second, so what happened within the
-- first one may have been logged before it.
CREATE OR REPLACE TEMP TABLE watched_traffic AS
WITH
carried AS (
  SELECT
    account_id, message_id AS traffic_id, 'message' AS kind, channel, NULL::VARCHAR AS call_type, direction,
    from_address, to_address, epoch_us(created_at) AS begun, epoch_us(created_at) AS ended
  FROM messages
  WHERE channel IN ('SMS', 'WHATSAPP', 'RCS')
    AND coalesce(status, '') NOT IN ('accepted', 'scheduled', 'queued', 'canceled', 'failed')
  UNION ALL
  SELECT
    account_id, call_id, 'call', 'VOICE', call_type, direction, from_address, to_address, epoch_us(started_at),
    coalesce(
      epoch_us(ended_at),
      epoch_us(started_at) + duration_seconds::BIGINT * 1000000,
      CASE WHEN status <> 'in-progress' THEN epoch_us(started_at) END)
  FROM calls
  WHERE coalesce(status, '') NOT IN ('queued', 'initiated', 'ringing', 'busy', 'failed', 'no-answer', 'canceled')
),
torn AS (
  SELECT DISTINCT account_id
  FROM event_log
  WHERE file_id IN (FROM incomplete_files)
    AND kind <> 'diagnostic'::event_kind
),
spans AS (
  SELECT account_id, epoch_us(export_begin) + 1000000 AS begins, epoch_us(as_of) - 120000000 AS ends, as_of
  FROM coverage
  ANTI JOIN torn USING (account_id)
  WHERE "source" = 'conversation-orchestrator'
)
SELECT
  carried.* EXCLUDE (ended),
  -- A call that goes on, or whose end is not to be believed.
  greatest(least(coalesce(carried.ended, epoch_us(spans.as_of)), carried.begun + 86400000000), carried.begun) AS ended,
  spans.as_of
FROM carried
JOIN spans ON spans.account_id = carried.account_id
WHERE carried.begun BETWEEN spans.begins AND spans.ends;

CREATE OR REPLACE TEMP TABLE named_traffic AS
SELECT DISTINCT account_id, traffic_id
FROM (
  SELECT watched.account_id, watched.traffic_id
  FROM event_log
  JOIN watched_traffic AS watched ON watched.account_id = event_log.account_id AND watched.traffic_id = event_log.channel_id
  UNION ALL
  -- Where a communication shows no channel id, its external id may still be the message.
  SELECT watched.account_id, watched.traffic_id
  FROM event_log
  JOIN watched_traffic AS watched ON watched.account_id = event_log.account_id AND watched.traffic_id = event_log.resource_id
  WHERE event_log.channel_id IS NULL OR event_log.channel_id <> event_log.resource_id
  UNION ALL
  SELECT account_id, unnest(several_addresses).channelId FROM event_log WHERE several_addresses IS NOT NULL
  UNION ALL
  SELECT account_id, channel_id FROM communication_snapshots
  UNION ALL
  SELECT account_id, resource_id FROM communication_snapshots
  UNION ALL
  SELECT account_id, unnest(addresses).channel_id FROM participant_snapshots
)
WHERE traffic_id IS NOT NULL;

-- One message can stand in several records: one for each status that it was listed with.
CREATE OR REPLACE TEMP TABLE unnamed_traffic AS
WITH
unnamed AS (
  SELECT
    account_id, traffic_id, kind, min(channel) AS channel, min(call_type) AS call_type, min(direction) AS direction,
    min(from_address) AS from_address, min(to_address) AS to_address,
    min(begun) AS begun, max(ended) AS ended, max(as_of) AS as_of
  FROM watched_traffic
  ANTI JOIN named_traffic USING (account_id, traffic_id)
  GROUP BY account_id, traffic_id, kind
),
-- Somebody who is put through has one conversation, not one for each leg of the call.
dialled AS (
  SELECT * FROM unnamed WHERE kind = 'call' AND direction = 'outbound-dial'
),
captured_calls AS (
  SELECT watched.*
  FROM watched_traffic AS watched
  SEMI JOIN named_traffic USING (account_id, traffic_id)
  SEMI JOIN dialled ON dialled.account_id = watched.account_id
  WHERE kind = 'call'
),
legs AS (
  SELECT leg.account_id, leg.traffic_id
  FROM dialled AS leg
  JOIN captured_calls AS whole ON whole.account_id = leg.account_id AND whole.from_address = leg.from_address
  WHERE leg.begun BETWEEN whole.begun AND whole.ended
  UNION
  SELECT leg.account_id, leg.traffic_id
  FROM dialled AS leg
  JOIN captured_calls AS whole ON whole.account_id = leg.account_id AND whole.to_address = leg.from_address
  WHERE whole.direction LIKE 'inbound%' AND leg.begun BETWEEN whole.begun AND whole.ended
)
SELECT unnamed.*, plain_address(from_address) AS plain_from, plain_address(to_address) AS plain_to
FROM unnamed
ANTI JOIN legs USING (account_id, traffic_id);

-- What the export can show of messages and calls: the witnesses of absence.
CREATE OR REPLACE TEMP TABLE visible_traffic AS
WITH
accounts AS (
  SELECT DISTINCT account_id FROM unnamed_traffic
),
communicated AS (
  SELECT
    account_id,
    bool_or(is_message_sid(channel_id) OR is_message_sid(resource_id)) IS TRUE AS message_ids,
    count(address) > 0 OR count(channel_id) > 0 AS authors
  FROM event_log
  SEMI JOIN accounts USING (account_id)
  WHERE kind = 'communication'::event_kind
  GROUP BY account_id
),
joined AS (
  SELECT account_id, count(address) > 0 OR count(channel_id) > 0 AS members
  FROM event_log
  SEMI JOIN accounts USING (account_id)
  WHERE kind = 'participant'::event_kind
  GROUP BY account_id
)
SELECT
  unnamed.*,
  -- A call on which nobody spoke shows in its participants only.
  kind = 'message' OR coalesce(joined.members, false) AS is_witnessed
FROM unnamed_traffic AS unnamed
LEFT JOIN communicated USING (account_id)
LEFT JOIN joined ON joined.account_id = unnamed.account_id
-- A communication shows who wrote, not to whom: without SIDs an outbound message cannot be told from others.
WHERE CASE
  WHEN kind = 'call' THEN coalesce(joined.members, false) OR coalesce(communicated.authors, false)
  ELSE communicated.message_ids OR (communicated.authors AND direction LIKE 'inbound%')
END;

-- The addresses by which a conversation could be told: that of the other side, in the ways that logs write it.
CREATE OR REPLACE TEMP TABLE sought_addresses AS
WITH
parties AS (
  SELECT visible.*, own_from.address IS NOT NULL AS is_own_from, own_to.address IS NOT NULL AS is_own_to
  FROM visible_traffic AS visible
  LEFT JOIN own_addresses AS own_from ON own_from.account_id = visible.account_id AND own_from.address = visible.plain_from
  LEFT JOIN own_addresses AS own_to ON own_to.account_id = visible.account_id AND own_to.address = visible.plain_to
),
others AS (
  SELECT
    account_id, traffic_id, kind, channel, call_type, begun, ended,
    unnest(CASE
      WHEN direction LIKE 'inbound%' THEN [plain_from]
      WHEN direction LIKE 'outbound%' AND direction <> 'outbound-dial' THEN [plain_to]
      WHEN is_own_from AND NOT is_own_to THEN [plain_to]
      WHEN is_own_to AND NOT is_own_from THEN [plain_from]
      ELSE [plain_from, plain_to]
    END) AS address
  FROM parties
)
SELECT DISTINCT
  account_id, traffic_id, kind, channel, begun, ended,
  unnest([
    address,
    CASE WHEN channel <> 'VOICE' THEN lower(channel) || ':' WHEN call_type = 'CLIENT' THEN 'client:' ELSE 'sip:' END || address
  ]) AS address
FROM others
WHERE address IS NOT NULL;

-- Where and when such an address occurs.
CREATE OR REPLACE TEMP TABLE met_addresses AS
WITH
wanted AS (
  SELECT DISTINCT account_id, address FROM sought_addresses
),
met AS (
  SELECT event_log.account_id, conversation_id, channel, event_log.address, event_time AS met_at,
    kind = 'communication'::event_kind AS is_communication, channel_id, resource_id
  FROM event_log
  JOIN wanted ON wanted.account_id = event_log.account_id AND wanted.address = event_log.address
  WHERE kind IN ('communication'::event_kind, 'participant'::event_kind)
  UNION ALL
  SELECT event_log.account_id, conversation_id, clean(other.channel), other.address, event_time, false, NULL, NULL
  FROM (
    SELECT account_id, conversation_id, event_time, unnest(several_addresses) AS other FROM event_log WHERE several_addresses IS NOT NULL
  ) AS event_log
  JOIN wanted ON wanted.account_id = event_log.account_id AND wanted.address = other.address
  UNION ALL
  SELECT snapshots.account_id, conversation_id, channel, snapshots.address, coalesce(created_at, recorded_at), true, channel_id, resource_id
  FROM communication_snapshots AS snapshots
  JOIN wanted ON wanted.account_id = snapshots.account_id AND wanted.address = snapshots.address
  UNION ALL
  SELECT snapshots.account_id, conversation_id, one.channel, one.address, coalesce(created_at, recorded_at), false, NULL, NULL
  FROM (SELECT * EXCLUDE (addresses), unnest(addresses) AS one FROM participant_snapshots) AS snapshots
  JOIN wanted ON wanted.account_id = snapshots.account_id AND wanted.address = one.address
)
SELECT
  account_id, conversation_id, channel, address, epoch_us(met_at) AS met, epoch_us(met_at) // 120000000 AS slice, is_communication,
  coalesce(is_message_sid(channel_id) OR is_message_sid(resource_id), false) AS is_identified
FROM met;

-- What could refer to it: the same address on the same channel within two minutes. A call refers to its participants however they
-- joined; of messages only those count that nothing else explains.
CREATE OR REPLACE TEMP TABLE near_traffic AS
SELECT
  sliced.account_id, sliced.traffic_id, sliced.kind, met.conversation_id, met.met, met.is_communication
FROM (SELECT *, unnest(range(begun // 120000000 - 1, ended // 120000000 + 2)) AS slice FROM sought_addresses) AS sliced
JOIN met_addresses AS met ON met.account_id = sliced.account_id AND met.address = sliced.address AND met.slice = sliced.slice
WHERE met.met BETWEEN sliced.begun - 120000000 AND sliced.ended + 120000000
  AND coalesce(met.channel = sliced.channel, true)
  -- A communication that shows the SID of a message is about that one.
  AND (sliced.kind = 'call' OR NOT met.is_identified);

INSERT INTO missed_traffic
WITH
-- Who joins while another message of theirs is captured joined because of that one.
joining AS (
  SELECT DISTINCT account_id, conversation_id, met FROM near_traffic WHERE kind = 'message' AND NOT is_communication
),
identified AS (
  SELECT event_log.account_id, event_log.conversation_id, epoch_us(event_log.event_time) AS said
  FROM event_log
  SEMI JOIN joining USING (account_id, conversation_id)
  WHERE kind = 'communication'::event_kind AND (is_message_sid(channel_id) OR is_message_sid(resource_id))
),
explained AS (
  SELECT DISTINCT joining.account_id, joining.conversation_id, joining.met
  FROM joining
  JOIN identified ON identified.account_id = joining.account_id AND identified.conversation_id = joining.conversation_id
    AND identified.said BETWEEN joining.met - 120000000 AND joining.met + 120000000
),
referred AS (
  SELECT DISTINCT near.account_id, near.traffic_id
  FROM near_traffic AS near
  LEFT JOIN explained USING (account_id, conversation_id, met)
  WHERE near.kind = 'call' OR near.is_communication OR explained.met IS NULL
),
listed AS (
  SELECT account_id, bool_or(file_id IN (FROM incomplete_files)) AS is_incomplete
  FROM configurations
  GROUP BY account_id
)
SELECT
  visible.account_id, traffic_id, kind, channel, call_type, direction, from_address, to_address, plain_from, plain_to,
  make_timestamptz(begun), make_timestamptz(ended), is_witnessed,
  CASE WHEN listed.account_id IS NULL THEN 'none' WHEN listed.is_incomplete THEN 'some' ELSE 'all' END,
  as_of
FROM visible_traffic AS visible
ANTI JOIN referred USING (account_id, traffic_id)
LEFT JOIN listed ON listed.account_id = visible.account_id;

DROP TABLE watched_traffic;
DROP TABLE named_traffic;
DROP TABLE unnamed_traffic;
DROP TABLE visible_traffic;
DROP TABLE sought_addresses;
DROP TABLE met_addresses;
DROP TABLE near_traffic;
