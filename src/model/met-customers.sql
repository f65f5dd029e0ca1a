-- needs: participants, conversations, current_configurations
-- The base of the rules about merges: they compare customers of one conversation, and few conversations have more than one.
CREATE OR REPLACE TABLE met_customers AS
SELECT
  participants.*,
  -- Whoever was there before the export begins may have carried the profile long before its first entry.
  CASE WHEN participants.seen_begin THEN participants.profile_since ELSE participants.created_at END AS certainly_since,
  participants.removed_at IS NULL AND conversations.closed_at IS NULL AND conversations.deleted_at IS NULL AS is_there,
  conversations.configuration_id,
  configuration.grouping_type
FROM participants
JOIN conversations USING (account_id, conversation_id)
LEFT JOIN current_configurations AS configuration
  ON configuration.account_id = participants.account_id AND configuration.configuration_id = conversations.configuration_id
WHERE participants.participant_type = 'CUSTOMER' AND conversations.customers > 1;

COMMENT ON TABLE met_customers IS 'CUSTOMER participants of conversations that hold more than one, with all columns of participants.';
COMMENT ON COLUMN met_customers.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN met_customers.participant_id IS 'conv_participant_…';
COMMENT ON COLUMN met_customers.source IS 'conversation-orchestrator; with account_id the key of coverage.';
COMMENT ON COLUMN met_customers.conversation_id IS 'NULL where no event says it.';
COMMENT ON COLUMN met_customers.created_at IS 'Time of participant.created; where the export begins later, its own createdAt.';
COMMENT ON COLUMN met_customers.seen_begin IS 'Its participant.created is in the export.';
COMMENT ON COLUMN met_customers.removed_at IS 'Time of participant.removed, unless it came back later.';
COMMENT ON COLUMN met_customers.participant_type IS 'The last one logged: CUSTOMER, HUMAN_AGENT, AI_AGENT, AGENT or UNKNOWN.';
COMMENT ON COLUMN met_customers.first_type IS 'The first one logged.';
COMMENT ON COLUMN met_customers.name IS 'The last one logged.';
COMMENT ON COLUMN met_customers.profile_id IS 'The last one logged; a later null does not take it away.';
COMMENT ON COLUMN met_customers.profile_since IS 'When it first carried that profile id.';
COMMENT ON COLUMN met_customers.profile_ids IS 'Every profile id it ever carried, sorted.';
COMMENT ON COLUMN met_customers.shows_profile IS 'Its entries have a profileId key, if only a null one: without, nothing follows from its absence.';
COMMENT ON COLUMN met_customers.addresses IS 'Every address it ever carried: channel, address as logged, channel_id (call or message SID).';
COMMENT ON COLUMN met_customers.channels IS 'The channels of its addresses, sorted.';
COMMENT ON COLUMN met_customers.channel_ids IS 'The call, message and classic conversation SIDs of its addresses, sorted.';
COMMENT ON COLUMN met_customers.channel_known IS 'Some entry showed an address.';
COMMENT ON COLUMN met_customers.is_lean IS 'Its entries carry only the queryable fields.';
COMMENT ON COLUMN met_customers.event_keys IS 'The events about it, in no order.';
COMMENT ON COLUMN met_customers.first_seen IS 'First event about it.';
COMMENT ON COLUMN met_customers.last_seen IS 'Last event about it.';
COMMENT ON COLUMN met_customers.export_begin IS 'Where the export of its account and source begins.';
COMMENT ON COLUMN met_customers.as_of IS 'Where the export of its account and source ends, or --as-of.';
COMMENT ON COLUMN met_customers.observed_until IS 'How long it could be watched: until it was removed, else as_of.';
COMMENT ON COLUMN met_customers.certainly_since IS 'Since when it certainly carried its profile at the latest; before the export begins that is not seen.';
COMMENT ON COLUMN met_customers.is_there IS 'Not removed when the export ends, and the conversation neither closed nor deleted.';
COMMENT ON COLUMN met_customers.configuration_id IS 'That of its conversation.';
COMMENT ON COLUMN met_customers.grouping_type IS 'How that configuration groups; NULL where it is not in the input.';
