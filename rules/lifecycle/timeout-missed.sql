/*
title: A conversation stayed open longer than its timeouts allow
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/concepts/lifecycle
requires: [configurations]
params:
  tolerance: { type: number, default: 0.25, description: "How late a timer may fire, as a part of the timeout: 0.25 is a quarter." }
causes:
  timer-did-not-fire:
    message: "Conversation {subject_id} was still open {open_for} after its last communication, though its timeout is {timeout}."
    fix: Close it through the API. Where more conversations of this configuration stay open, give support their ids and the time of the last communication.
  no-timeout-configured:
    message: "Conversation {subject_id} has been open for {open_for}: its configuration has no closed timeout for {untimed_channels}."
    fix: Set statusTimeouts.closed for the channel, which counts for conversations that start afterwards, and close this one through the API.
    severity: info
*/
WITH
-- Until its first snapshot the files do not tell what a configuration was. Of several without a time only the last is known to have
-- been in force.
periods AS (
  SELECT
    account_id, configuration_id, snapshot_id, valid_from, valid_until,
    row_number() OVER (PARTITION BY account_id, configuration_id ORDER BY place) = 1 AS is_first,
    coalesce(next_version - version > 1, false) AS is_followed_by_unknown
  FROM (
    SELECT *, lead(place) OVER history AS next_place, lead(version) OVER history AS next_version
    FROM configuration_periods
    WINDOW history AS (PARTITION BY account_id, configuration_id ORDER BY place)
  )
  WHERE valid_until IS NOT NULL OR next_place IS NULL
),
open AS (
  SELECT *, coalesce(closed_at, observed_until) AS open_until
  FROM conversations
  WHERE configuration_id IS NOT NULL AND len(channels) > 0
    -- Whether a silent call is stuck is for voice/stuck-active to say.
    AND NOT (communications = 0 AND 'VOICE' IN channels)
),
-- Few combinations of channels occur, so what holds for each is looked up once, not for every conversation.
used AS (
  SELECT DISTINCT account_id, configuration_id, channels FROM open
),
limits AS (
  SELECT
    account_id, configuration_id, channels, snapshot_id, valid_from, valid_until, is_first, is_followed_by_unknown,
    max(settings.closed_after) AS timeout,
    -- Without any timeouts a call closes with its last transcription, by design. With only one for INACTIVE it may stay open.
    list_sort(list(used.channel) FILTER (
      settings.closed_after IS NULL
      AND (used.channel IN ('SMS', 'RCS', 'WHATSAPP', 'CHAT') OR (used.channel = 'VOICE' AND settings.has_timeouts)))) AS untimed_channels
  FROM (SELECT *, unnest(channels) AS channel FROM used) AS used
  JOIN periods USING (account_id, configuration_id)
  LEFT JOIN channel_settings AS settings USING (account_id, configuration_id, snapshot_id, channel)
  GROUP BY account_id, configuration_id, channels, snapshot_id, valid_from, valid_until, is_first, is_followed_by_unknown
),
-- A conversation keeps the configuration it was created with.
judged AS (
  SELECT
    open.account_id, open.conversation_id, open.configuration_id, open.created_at, open.last_said_at, open.open_until,
    limits.timeout, limits.untimed_channels,
    CASE
      WHEN limits.valid_from > open.created_at THEN 'possible'
      WHEN limits.is_followed_by_unknown THEN 'likely'
    END AS certainty,
    CASE
      -- Another channel's longer timeout keeps the whole conversation open, and one without any does so for good.
      WHEN limits.untimed_channels IS NULL
        THEN CASE
          WHEN epoch_us(open_until) - epoch_us(last_said_at) > epoch(limits.timeout) * 1000000 * (1 + $tolerance)
            THEN 'timer-did-not-fire'
        END
      WHEN epoch_us(open_until) - epoch_us(created_at) > 7 * 86400000000 THEN 'no-timeout-configured'
    END AS cause
  FROM open
  JOIN limits
    ON limits.account_id = open.account_id AND limits.configuration_id = open.configuration_id AND limits.channels = open.channels
      AND (limits.is_first OR limits.valid_from <= open.created_at)
      AND coalesce(open.created_at < limits.valid_until, true)
),
-- The claim rests on the last communication. Few conversations are left here, so that few communications are looked at.
overdue AS MATERIALIZED (
  SELECT account_id, conversation_id FROM judged WHERE cause = 'timer-did-not-fire'
),
last_said AS (
  SELECT
    communications.account_id, communications.conversation_id,
    arg_max(
      communications.event_keys, (coalesce(communications.created_at, communications.last_seen), communications.communication_id)
    ) AS event_keys
  FROM communications
  JOIN overdue USING (account_id, conversation_id)
  GROUP BY communications.account_id, communications.conversation_id
)
SELECT
  judged.account_id,
  judged.conversation_id AS subject_id,
  judged.cause,
  CASE
    -- That it is open still is shown by the update which does not come, so updates must be in the export.
    WHEN conversations.closed_at IS NULL AND NOT coverage.shows_conversation_updates THEN 'possible'
    ELSE judged.certainty
  END AS certainty,
  CASE judged.cause WHEN 'timer-did-not-fire' THEN judged.last_said_at + judged.timeout ELSE judged.created_at END AS first_seen,
  judged.open_until AS last_seen,
  conversations.closed_at IS NULL AND conversations.deleted_at IS NULL AS ongoing,
  list_concat(conversations.event_keys, coalesce(last_said.event_keys, [])) AS event_keys,
  [{'type': 'configuration', 'id': judged.configuration_id}] AS related,
  judged.open_until - CASE judged.cause WHEN 'timer-did-not-fire' THEN judged.last_said_at ELSE judged.created_at END AS open_for,
  judged.timeout,
  judged.untimed_channels,
  judged.last_said_at AS last_communication_at,
  conversations.status,
  conversations.channels
FROM judged
JOIN conversations USING (account_id, conversation_id)
JOIN coverage USING (account_id, "source")
LEFT JOIN last_said ON last_said.account_id = judged.account_id AND last_said.conversation_id = judged.conversation_id
WHERE judged.cause = 'timer-did-not-fire'
  -- Whoever closed it by hand needs no timeout to do so.
  OR (judged.cause = 'no-timeout-configured' AND conversations.closed_at IS NULL AND conversations.deleted_at IS NULL)
