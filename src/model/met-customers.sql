-- needs: participants, conversations, current_configurations
-- The base of the rules about merges: they compare customers of one conversation, and few conversations have more than one.
CREATE OR REPLACE TABLE met_customers AS
SELECT
  participants.*,
  -- Whoever was there before the export begins may have carried the profile long before its first entry.
  CASE WHEN participants.seen_begin THEN participants.profile_since ELSE participants.created_at END AS certainly_since,
  conversations.configuration_id,
  configuration.grouping_type
FROM participants
JOIN conversations USING (account_id, conversation_id)
LEFT JOIN current_configurations AS configuration
  ON configuration.account_id = participants.account_id AND configuration.configuration_id = conversations.configuration_id
WHERE participants.participant_type = 'CUSTOMER' AND conversations.customers > 1;

COMMENT ON TABLE met_customers IS 'CUSTOMER participants of conversations that hold more than one, with all columns of participants.';
COMMENT ON COLUMN met_customers.certainly_since IS 'Since when it certainly carried its profile at the latest; before the export begins that is not seen.';
COMMENT ON COLUMN met_customers.configuration_id IS 'That of its conversation.';
COMMENT ON COLUMN met_customers.grouping_type IS 'How that configuration groups; NULL where it is not in the input.';
