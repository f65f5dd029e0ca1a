-- needs: coverage, conversations, current_configurations
-- The base of voice/silent-call and of what it leads to: voice becomes visible through communications alone, so a silent call is
-- a conversation in which nothing is ever said. Where no channel is visible it may have been anything.
CREATE OR REPLACE TABLE silent_conversations AS
SELECT
  conversations.account_id,
  conversations.conversation_id,
  conversations.configuration_id,
  conversations.created_at,
  conversations.status,
  conversations.closed_at,
  conversations.inactive_at,
  conversations.deleted_at,
  conversations.call_ids,
  'VOICE' IN conversations.channels OR len(conversations.call_ids) > 0 OR configuration.channels = ['VOICE'] AS is_voice,
  coverage.shows_communications,
  coverage.shows_conversation_updates,
  -- Clocks that differ, or an hour that a zone has twice, can put the close first: then nothing tells how long.
  CASE WHEN coalesce(conversations.closed_at, conversations.observed_until) >= conversations.created_at
    THEN coalesce(conversations.closed_at, conversations.observed_until) - conversations.created_at END AS open_for,
  conversations.event_keys,
  conversations.observed_until
FROM conversations
JOIN coverage USING (account_id, "source")
LEFT JOIN current_configurations AS configuration USING (account_id, configuration_id)
WHERE conversations.seen_begin
  AND conversations.communications = 0
  AND (
    'VOICE' IN conversations.channels OR len(conversations.call_ids) > 0 OR configuration.channels = ['VOICE']
    OR (NOT conversations.channel_known AND (coalesce(len(configuration.channels) = 0, true) OR 'VOICE' IN configuration.channels))
  );

COMMENT ON TABLE silent_conversations IS 'Conversations seen to begin, without any communication, that are voice or may be.';
COMMENT ON COLUMN silent_conversations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN silent_conversations.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN silent_conversations.configuration_id IS 'conv_configuration_…; NULL in a lean export.';
COMMENT ON COLUMN silent_conversations.created_at IS 'Time of conversation.created.';
COMMENT ON COLUMN silent_conversations.status IS 'The last one logged.';
COMMENT ON COLUMN silent_conversations.closed_at IS 'First time it was CLOSED.';
COMMENT ON COLUMN silent_conversations.inactive_at IS 'First time it was INACTIVE.';
COMMENT ON COLUMN silent_conversations.deleted_at IS 'Time of conversation.deleted.';
COMMENT ON COLUMN silent_conversations.call_ids IS 'Its call SIDs, sorted.';
COMMENT ON COLUMN silent_conversations.is_voice IS 'A VOICE address, a call SID or a configuration for voice alone says so; false: no channel is visible.';
COMMENT ON COLUMN silent_conversations.shows_communications IS 'The export shows communications of others: the witness that this one has none.';
COMMENT ON COLUMN silent_conversations.shows_conversation_updates IS 'The export shows updates of conversations: the witness that this one was not closed.';
COMMENT ON COLUMN silent_conversations.open_for IS 'From its creation to its close, or as long as it could be watched; NULL where that lies before its creation.';
COMMENT ON COLUMN silent_conversations.event_keys IS 'The events about the conversation itself.';
COMMENT ON COLUMN silent_conversations.observed_until IS 'How long it could be watched.';
