/*
title: A call is transcribed twice
severity: warning
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#more-voice-communications-than-expected
causes:
  passive-and-active-capture:
    message: "Conversation {subject_id} holds what was said twice, {repeats} times over, each from a transcription of its own."
    fix: Capture a call either passively, by VOICE capture rules, or actively, by the TwiML of the call, not both. Two transcriptions of one call are billed twice, and operators and callbacks run twice.
falsePositives:
  - Callers who say the same word again and again.
*/
WITH
spoken AS (
  SELECT
    account_id, conversation_id, participant_id, communication_id, text_hash, resource_id, created_at, epoch_us(created_at) AS us,
    event_keys
  FROM echoes
  WHERE (channel = 'VOICE' OR channel_id LIKE 'CA%') AND conversation_id IS NOT NULL AND created_at IS NOT NULL
    AND participant_id IS NOT NULL AND text_hash IS NOT NULL AND resource_id IS NOT NULL
),
-- Who says "no" three times within two seconds has not been transcribed twice: each communication is half of one pair at most.
steps AS (
  SELECT
    *,
    coalesce(
      us - lag(us) OVER same > 2000000 OR resource_id = lag(resource_id) OVER same, true) AS is_begin
  FROM spoken
  WINDOW same AS (PARTITION BY account_id, conversation_id, participant_id, text_hash ORDER BY created_at, communication_id)
),
numbered AS (
  SELECT
    *,
    count(*) FILTER (is_begin) OVER (
      PARTITION BY account_id, conversation_id, participant_id, text_hash ORDER BY created_at, communication_id) AS cluster
  FROM steps
),
clusters AS (
  SELECT
    account_id, conversation_id, count(*) // 2 AS repeats,
    min(created_at) AS begun_at, max(created_at) AS ended_at, flatten(list(event_keys)) AS event_keys
  FROM numbered
  GROUP BY account_id, conversation_id, participant_id, text_hash, cluster
  HAVING count(*) > 1
)
SELECT
  account_id,
  conversation_id AS subject_id,
  'passive-and-active-capture' AS cause,
  min(begun_at) AS first_seen,
  max(ended_at) AS last_seen,
  flatten(list(event_keys)) AS event_keys,
  sum(repeats)::INTEGER AS repeats
FROM clusters
GROUP BY account_id, conversation_id
HAVING sum(repeats) >= 2
