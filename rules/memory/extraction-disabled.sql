/*
title: Conversations use a configuration without memory extraction
severity: info
subject: configuration
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#memory-extraction-not-producing-observations
requires: [configurations]
causes:
  extraction-disabled:
    message: "Configuration {subject_id} has memory extraction switched off, so nothing is remembered. Conversations that used it so: {conversations}."
    fix: Set memoryExtractionEnabled to true where observations are wanted, with all other fields in the same PUT; it counts for conversations that start afterwards.
falsePositives:
  - Configurations that are meant to remember nothing.
*/
SELECT
  pinned.account_id,
  pinned.configuration_id AS subject_id,
  'extraction-disabled' AS cause,
  min(coalesce(conversations.created_at, conversations.first_seen)) AS first_seen,
  max(CASE WHEN configuration.memory_extraction_enabled IS TRUE THEN conversations.last_seen ELSE conversations.as_of END) AS last_seen,
  bool_and(configuration.memory_extraction_enabled IS NOT TRUE) AS ongoing,
  any_value(configuration.display_name) AS display_name,
  count(*) AS conversations
FROM (FROM pinned_configurations WHERE NOT extracts) AS pinned
JOIN conversations USING (account_id, conversation_id)
JOIN current_configurations AS configuration
  ON configuration.account_id = pinned.account_id AND configuration.configuration_id = pinned.configuration_id
GROUP BY pinned.account_id, pinned.configuration_id
