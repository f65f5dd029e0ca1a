-- needs: coverage, own_addresses
-- Messages and calls that nothing in the log refers to. A SID decides first, by a hash join over ids; addresses are compared only
-- for what is left, within slices of two minutes, so that a busy number is not paired with its whole day.

-- What was never sent and calls that nobody took leave nothing to capture. Pages of the log that are not in the input may refer to
-- anything, so nothing is watched in their accounts.
CREATE OR REPLACE TEMP TABLE watched_traffic AS
WITH
carried AS (
  SELECT
    account_id, message_id AS traffic_id, 'message' AS kind, channel, NULL::VARCHAR AS call_type, direction,
    from_address, to_address, created_at AS begun_at, created_at AS ended_at
  FROM messages
  WHERE channel IN ('SMS', 'WHATSAPP', 'RCS')
    AND coalesce(status, '') NOT IN ('accepted', 'scheduled', 'queued', 'canceled', 'failed')
  UNION ALL
  SELECT
    account_id, call_id, 'call', 'VOICE', call_type, direction,
    from_address, to_address, started_at,
    coalesce(ended_at, started_at + to_seconds(duration_seconds), CASE WHEN status <> 'in-progress' THEN started_at END)
  FROM calls
  WHERE coalesce(status, '') NOT IN ('queued', 'initiated', 'ringing', 'busy', 'failed', 'no-answer', 'canceled')
),
torn AS (
  SELECT DISTINCT account_id
  FROM event_log
  WHERE file_id IN (FROM incomplete_files)
    AND (event_type LIKE 'communication.%' OR event_type LIKE 'participant.%' OR event_type LIKE 'conversation.%')
)
SELECT
  carried.* EXCLUDE (ended_at),
  least(coalesce(carried.ended_at, coverage.as_of), begun_at + INTERVAL 1 day) AS ended_at,
  coverage.as_of
FROM carried
JOIN coverage ON coverage.account_id = carried.account_id AND coverage."source" = 'conversation-orchestrator'
ANTI JOIN torn ON torn.account_id = carried.account_id
-- Lists and some exports tell times to the second, so what happened within the first one may have been logged before it.
WHERE carried.begun_at - coverage.export_begin >= INTERVAL 1 second AND coverage.as_of - carried.begun_at >= INTERVAL 2 minutes;

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
    min(begun_at) AS begun_at, max(ended_at) AS ended_at, max(as_of) AS as_of
  FROM watched_traffic
  ANTI JOIN named_traffic USING (account_id, traffic_id)
  GROUP BY account_id, traffic_id, kind
),
-- Somebody who is put through has one conversation, not one for each leg of the call.
captured_calls AS (
  SELECT * FROM watched_traffic SEMI JOIN named_traffic USING (account_id, traffic_id) WHERE kind = 'call'
),
legs AS (
  SELECT leg.account_id, leg.traffic_id
  FROM unnamed AS leg
  JOIN captured_calls AS whole ON whole.account_id = leg.account_id AND whole.from_address = leg.from_address
  WHERE leg.direction = 'outbound-dial' AND leg.begun_at BETWEEN whole.begun_at AND whole.ended_at
  UNION
  SELECT leg.account_id, leg.traffic_id
  FROM unnamed AS leg
  JOIN captured_calls AS whole ON whole.account_id = leg.account_id AND whole.to_address = leg.from_address
  WHERE leg.direction = 'outbound-dial' AND whole.direction LIKE 'inbound%' AND leg.begun_at BETWEEN whole.begun_at AND whole.ended_at
)
SELECT unnamed.*, plain_address(from_address) AS plain_from, plain_address(to_address) AS plain_to
FROM unnamed
ANTI JOIN legs USING (account_id, traffic_id);

-- What the export can show of messages and calls: the witnesses of absence.
CREATE OR REPLACE TEMP TABLE visible_traffic AS
WITH
shown AS (
  SELECT
    account_id,
    bool_or(is_communication AND (channel_id[1:2] IN ('SM', 'MM') OR resource_id[1:2] IN ('SM', 'MM'))) IS TRUE AS message_ids,
    bool_or(is_communication AND (address IS NOT NULL OR channel_id IS NOT NULL)) AS authors,
    bool_or(NOT is_communication AND (address IS NOT NULL OR channel_id IS NOT NULL)) AS members
  FROM (
    SELECT account_id, channel_id, resource_id, address, event_type LIKE 'communication.%' AS is_communication
    FROM event_log
    SEMI JOIN unnamed_traffic USING (account_id)
    WHERE event_type LIKE 'communication.%' OR event_type LIKE 'participant.%'
  )
  GROUP BY account_id
)
SELECT
  unnamed.*,
  -- A call on which nobody spoke shows in its participants only.
  kind = 'message' OR shown.members AS is_witnessed
FROM unnamed_traffic AS unnamed
JOIN shown USING (account_id)
-- A communication shows who wrote, not to whom: without SIDs an outbound message cannot be told from others.
WHERE CASE
  WHEN kind = 'call' THEN shown.members OR shown.authors
  ELSE shown.message_ids OR (shown.authors AND direction LIKE 'inbound%')
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
    account_id, traffic_id, kind, channel, call_type, begun_at, ended_at,
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
  account_id, traffic_id, kind, channel, begun_at, ended_at,
  unnest([
    address,
    CASE WHEN channel <> 'VOICE' THEN lower(channel) || ':' WHEN call_type = 'CLIENT' THEN 'client:' ELSE 'sip:' END || address
  ]) AS address
FROM others
WHERE address IS NOT NULL;

-- Where and when such an address occurs.
CREATE OR REPLACE TEMP TABLE met_addresses AS
WITH
met AS (
  SELECT
    account_id, conversation_id, channel, address, event_time AS met_at, event_type LIKE 'communication.%' AS is_communication,
    coalesce(channel_id[1:2] IN ('SM', 'MM') OR resource_id[1:2] IN ('SM', 'MM'), false) AS is_identified
  FROM event_log
  WHERE event_type LIKE 'communication.%' OR event_type LIKE 'participant.%'
  UNION ALL
  SELECT account_id, conversation_id, clean(other.channel), other.address, event_time, false, false
  FROM (SELECT account_id, conversation_id, event_time, unnest(several_addresses) AS other FROM event_log WHERE several_addresses IS NOT NULL)
  UNION ALL
  SELECT
    account_id, conversation_id, channel, address, coalesce(created_at, recorded_at), true,
    coalesce(channel_id[1:2] IN ('SM', 'MM') OR resource_id[1:2] IN ('SM', 'MM'), false)
  FROM communication_snapshots
  UNION ALL
  SELECT account_id, conversation_id, one.channel, one.address, coalesce(created_at, recorded_at), false, false
  FROM (SELECT * EXCLUDE (addresses), unnest(addresses) AS one FROM participant_snapshots)
)
SELECT * FROM met SEMI JOIN sought_addresses USING (account_id, address);

CREATE OR REPLACE TABLE missed_traffic AS
WITH
-- Who joins while another message of theirs is captured joined because of that one.
identified AS (
  SELECT account_id, conversation_id, event_time
  FROM event_log
  SEMI JOIN (FROM met_addresses WHERE NOT is_communication) AS joined USING (account_id, conversation_id)
  WHERE event_type LIKE 'communication.%' AND (channel_id[1:2] IN ('SM', 'MM') OR resource_id[1:2] IN ('SM', 'MM'))
),
explained AS (
  SELECT DISTINCT joined.account_id, joined.conversation_id, joined.met_at
  FROM met_addresses AS joined
  JOIN identified ON identified.account_id = joined.account_id AND identified.conversation_id = joined.conversation_id
    AND identified.event_time BETWEEN joined.met_at - INTERVAL 2 minutes AND joined.met_at + INTERVAL 2 minutes
  WHERE NOT joined.is_communication
),
sliced AS (
  SELECT *, unnest(range((epoch(begun_at) // 120)::BIGINT - 1, (epoch(ended_at) // 120)::BIGINT + 2)) AS slice
  FROM sought_addresses
),
referred AS (
  SELECT sliced.account_id, sliced.traffic_id
  FROM sliced
  JOIN (
    SELECT
      met.*, (epoch(met.met_at) // 120)::BIGINT AS slice,
      -- A communication that shows the SID of a message is about that one.
      met.is_identified OR (NOT met.is_communication AND explained.met_at IS NOT NULL) AS is_of_another_message
    FROM met_addresses AS met
    LEFT JOIN explained USING (account_id, conversation_id, met_at)
  ) AS met ON met.account_id = sliced.account_id AND met.address = sliced.address AND met.slice = sliced.slice
  WHERE met.met_at BETWEEN sliced.begun_at - INTERVAL 2 minutes AND sliced.ended_at + INTERVAL 2 minutes
    AND coalesce(met.channel = sliced.channel, true)
    AND (sliced.kind = 'call' OR NOT met.is_of_another_message)
),
listed AS (
  SELECT account_id, bool_or(file_id IN (FROM incomplete_files)) AS is_incomplete
  FROM configurations
  GROUP BY account_id
)
SELECT
  visible.account_id, traffic_id, kind, channel, call_type, direction, from_address, to_address, plain_from, plain_to,
  begun_at, ended_at, is_witnessed,
  CASE WHEN listed.account_id IS NULL THEN 'none' WHEN listed.is_incomplete THEN 'some' ELSE 'all' END AS configurations_known,
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

COMMENT ON TABLE missed_traffic IS 'One row per message or call of the side files that no conversation, participant or communication refers to, where the export would show it.';
COMMENT ON COLUMN missed_traffic.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN missed_traffic.traffic_id IS 'Message or call SID.';
COMMENT ON COLUMN missed_traffic.kind IS 'message or call.';
COMMENT ON COLUMN missed_traffic.channel IS 'SMS, WHATSAPP, RCS or VOICE.';
COMMENT ON COLUMN missed_traffic.call_type IS 'PSTN, CLIENT or PUBLIC_SIP; NULL for messages.';
COMMENT ON COLUMN missed_traffic.direction IS 'inbound, outbound-api, …';
COMMENT ON COLUMN missed_traffic.from_address IS 'As listed.';
COMMENT ON COLUMN missed_traffic.to_address IS 'As listed.';
COMMENT ON COLUMN missed_traffic.plain_from IS 'Without a prefix such as `whatsapp:` or `client:`.';
COMMENT ON COLUMN missed_traffic.plain_to IS 'Without a prefix.';
COMMENT ON COLUMN missed_traffic.begun_at IS 'When the message was created or the call began.';
COMMENT ON COLUMN missed_traffic.ended_at IS 'When the call ended; of a message the same as begun_at.';
COMMENT ON COLUMN missed_traffic.is_witnessed IS 'The export shows SIDs or addresses where this one would be named: it is missing for certain.';
COMMENT ON COLUMN missed_traffic.configurations_known IS 'Whether the side files hold all configurations of the account (as far as list pages tell), some, or none.';
COMMENT ON COLUMN missed_traffic.as_of IS 'Where the export of its account ends, or --as-of.';
