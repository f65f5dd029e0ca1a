/*
title: Agent turns are split into many communications
severity: info
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#more-voice-communications-than-expected
params:
  min_fragments: { type: integer, default: 3, description: How many communications in a row make a turn that was split. }
  max_gap: { type: interval, default: 2 seconds, description: What is this far apart or farther is another turn. }
  min_turns: { type: integer, default: 2, description: How many such turns a conversation must have. }
causes:
  tts-fragments:
    message: "Agent turns in conversation {subject_id} were logged in {fragments} pieces, for {turns} turns: {factor} times the communications."
    fix: Conversation Relay writes one communication per fragment of speech. Use the trigger CONVERSATION_END, not COMMUNICATION, for operators that need whole turns, and let callback handlers expect one event per fragment.
*/
WITH
-- A run of n fragments is shorter than n - 1 gaps. Cut into slices of that length, it lies in at most two of them, so that one holds
-- half of it: counting by slice finds the few conversations that are worth sorting.
slices AS (
  SELECT
    hash(account_id, conversation_id) AS conversation_hash,
    hash(participant_id, epoch_us(created_at) // greatest(1, (($min_fragments - 1) * epoch($max_gap) * 1000000)::BIGINT)) AS slice
  FROM communications
  WHERE (channel = 'VOICE' OR channel_id LIKE 'CA%') AND participant_id IS NOT NULL
),
dense AS (
  SELECT DISTINCT conversation_hash
  FROM slices
  GROUP BY conversation_hash, slice
  HAVING count(*) >= $min_fragments / 2
),
-- What is written meanwhile on another channel interrupts nobody, so only what is spoken is put in order.
spoken AS (
  SELECT account_id, conversation_id, participant_id, communication_id, created_at, epoch_us(created_at) AS us, event_keys
  FROM communications
  SEMI JOIN dense ON dense.conversation_hash = hash(communications.account_id, communications.conversation_id)
  WHERE (channel = 'VOICE' OR channel_id LIKE 'CA%') AND conversation_id IS NOT NULL AND created_at IS NOT NULL
),
steps AS (
  SELECT
    *,
    participant_id IS DISTINCT FROM lag(participant_id) OVER talk
      OR coalesce(us - lag(us) OVER talk >= epoch($max_gap) * 1000000, true) AS is_begin
  FROM spoken
  WINDOW talk AS (PARTITION BY account_id, conversation_id ORDER BY created_at, communication_id)
),
numbered AS (
  SELECT
    *, count(*) FILTER (is_begin) OVER (PARTITION BY account_id, conversation_id ORDER BY created_at, communication_id) AS run
  FROM steps
),
turns AS (
  SELECT
    account_id, conversation_id, run, min(participant_id) AS participant_id, count(*) AS fragments,
    min(created_at) AS begun_at, max(created_at) AS ended_at, flatten(list(event_keys)) AS event_keys
  FROM numbered
  GROUP BY account_id, conversation_id, run
),
split AS (
  SELECT turns.*
  FROM turns
  JOIN participants USING (account_id, participant_id)
  WHERE turns.fragments >= $min_fragments AND participants.participant_type IN ('AI_AGENT', 'AGENT', 'HUMAN_AGENT')
),
found AS (
  SELECT
    account_id, conversation_id, count(*)::INTEGER AS turns, sum(fragments)::INTEGER AS fragments,
    min(begun_at) AS first_seen, max(ended_at) AS last_seen, flatten(list(event_keys)) AS event_keys
  FROM split
  GROUP BY account_id, conversation_id
  HAVING count(*) >= $min_turns
)
SELECT
  found.account_id,
  found.conversation_id AS subject_id,
  'tts-fragments' AS cause,
  found.first_seen,
  found.last_seen,
  found.event_keys,
  found.turns,
  found.fragments,
  -- Operators and callbacks run once per communication: how often they run, divided by how often they would.
  round(conversations.communications::DOUBLE / (conversations.communications - found.fragments + found.turns), 2) AS factor,
  round(found.fragments::DOUBLE / found.turns, 2) AS fragments_per_turn,
  conversations.communications
FROM found
JOIN conversations USING (account_id, conversation_id)
