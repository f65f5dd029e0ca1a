-- What the export of an account and source can show. Absence needs a witness: nothing is missing where its kind is never seen.
CREATE OR REPLACE TABLE coverage AS
SELECT
  account_id,
  source_of("source") AS "source",
  min(event_time) AS export_begin,
  coalesce(getvariable('as_of'), getvariable('as_of_accounts')[account_id], max(event_time)) AS as_of,
  count(*) AS events,
  coalesce(bool_or(kind = 'conversation'::event_kind), false) AS shows_conversations,
  coalesce(bool_or(kind = 'participant'::event_kind), false) AS shows_participants,
  coalesce(bool_or(kind = 'communication'::event_kind), false) AS shows_communications,
  bool_or(event_type = 'conversation.updated') AS shows_conversation_updates,
  bool_or(event_type = 'participant.updated') AS shows_participant_updates,
  coalesce(bool_or(kind = 'diagnostic'::event_kind), false) AS shows_diagnostics,
  bool_or(level = 'INFO') AS shows_info,
  bool_or(profile_id IS NOT NULL OR shows_profile IS TRUE) AS shows_profiles,
  bool_or(channel IS NOT NULL) AS shows_channels
FROM event_log
GROUP BY account_id, event_log."source";

COMMENT ON TABLE coverage IS 'One row per account and source: what its export can show, and between which times.';
COMMENT ON COLUMN coverage.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN coverage.source IS 'conversation-orchestrator, conversation-memory, …';
COMMENT ON COLUMN coverage.export_begin IS 'First event time. What began before was not seen to begin.';
COMMENT ON COLUMN coverage.as_of IS 'Last event time, or --as-of. Never the wall clock.';
COMMENT ON COLUMN coverage.events IS 'How many events of that source it holds.';
COMMENT ON COLUMN coverage.shows_conversations IS 'Some event is about a conversation.';
COMMENT ON COLUMN coverage.shows_participants IS 'Some event is about a participant.';
COMMENT ON COLUMN coverage.shows_communications IS 'Some event is about a communication: a conversation without one lacks it.';
COMMENT ON COLUMN coverage.shows_conversation_updates IS 'Some conversation was updated: one that is never closed is open.';
COMMENT ON COLUMN coverage.shows_participant_updates IS 'Some participant was updated: a profile that never arrives is missing.';
COMMENT ON COLUMN coverage.shows_diagnostics IS 'Some event is a diagnostic.';
COMMENT ON COLUMN coverage.shows_info IS 'False where the export was filtered to warnings and errors.';
COMMENT ON COLUMN coverage.shows_profiles IS 'Some entry carries a profile id, or at least the key.';
COMMENT ON COLUMN coverage.shows_channels IS 'Some entry shows a channel; a lean export does not.';
