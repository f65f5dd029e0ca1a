/*
title: A conversation keeps the configuration from before its operators were added
severity: info
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#intelligence-operators-not-firing
requires: [configurations]
causes:
  pinned-version:
    message: "Conversation {subject_id} does not run the operators that its configuration got at {added_at}: it keeps the version it began with."
    fix: Nothing is wrong with the operators. Intelligence configurations that are added count for conversations that start afterwards; test with a new one.
*/
WITH
-- Pairs of snapshots of which the later one names intelligence configurations that the earlier one does not.
additions AS (
  SELECT
    earlier.account_id, earlier.configuration_id, earlier.place,
    later.valid_from AS added_at,
    list_filter(later.intelligence_configuration_ids, lambda id: NOT list_contains(earlier.intelligence_configuration_ids, id)) AS added_ids
  FROM configuration_periods AS earlier
  JOIN configuration_periods AS later
    ON later.account_id = earlier.account_id AND later.configuration_id = earlier.configuration_id AND later.place > earlier.place
  WHERE later.valid_from IS NOT NULL AND len(added_ids) > 0
)
SELECT
  conversations.account_id,
  conversations.conversation_id AS subject_id,
  'pinned-version' AS cause,
  min(additions.added_at) AS first_seen,
  any_value(coalesce(conversations.closed_at, conversations.observed_until)) AS last_seen,
  any_value(conversations.closed_at IS NULL AND conversations.deleted_at IS NULL) AS ongoing,
  any_value(conversations.event_keys) AS event_keys,
  [{'type': 'configuration', 'id': any_value(conversations.configuration_id)}] AS related,
  any_value(conversations.configuration_id) AS configuration_id,
  any_value(conversations.created_at) AS created_at,
  min(additions.added_at) AS added_at,
  distinct_texts(flatten(list(additions.added_ids))) AS added_ids
FROM additions
JOIN pinned_configurations AS pinned
  ON pinned.account_id = additions.account_id AND pinned.configuration_id = additions.configuration_id
    AND pinned.place = additions.place
JOIN conversations ON conversations.account_id = pinned.account_id AND conversations.conversation_id = pinned.conversation_id
WHERE pinned.is_certain
  AND additions.added_at > conversations.created_at
  AND additions.added_at < coalesce(conversations.closed_at, conversations.observed_until)
GROUP BY conversations.account_id, conversations.conversation_id
