/*
title: A conversation never came to where its operators run
severity: info
subject: conversation
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#intelligence-operators-not-firing
requires: [configurations, intelligence_configurations]
params:
  min_age: { type: interval, default: 1 day, description: How long a conversation may be open. }
causes:
  not-closed:
    message: "Conversation {subject_id} has been open for {open_for} without coming to where its operators run: {triggers}."
    fix: Give its channels statusTimeouts or close it through the API, or run the operators on COMMUNICATION.
*/
WITH
latest AS (
  SELECT account_id, intelligence_configuration_id, snapshot_id
  FROM intelligence_configurations
  QUALIFY row_number() OVER (
    PARTITION BY account_id, intelligence_configuration_id
    ORDER BY recorded_at DESC NULLS LAST, version DESC NULLS LAST, snapshot_id DESC) = 1
),
runs AS (
  SELECT
    latest.account_id, latest.intelligence_configuration_id,
    distinct_texts(flatten(list(rules.triggers))) AS triggers,
    bool_and(len(rules.triggers) > 0) AS shows_triggers
  FROM latest
  JOIN intelligence_rules AS rules USING (account_id, intelligence_configuration_id, snapshot_id)
  GROUP BY latest.account_id, latest.intelligence_configuration_id
),
-- Of each snapshot what its operators wait for, where all of them wait for an end.
waiting AS (
  SELECT
    named.account_id, named.configuration_id, named.place,
    any_value(named.ids) AS intelligence_configuration_ids,
    distinct_texts(flatten(list(runs.triggers))) AS triggers
  FROM (
    SELECT account_id, configuration_id, place, intelligence_configuration_ids AS ids, unnest(list_distinct(intelligence_configuration_ids)) AS intelligence_configuration_id
    FROM configuration_periods
  ) AS named
  LEFT JOIN runs USING (account_id, intelligence_configuration_id)
  GROUP BY named.account_id, named.configuration_id, named.place
  HAVING bool_and(coalesce(runs.shows_triggers
    AND len(list_filter(runs.triggers, lambda t: t NOT IN ('CONVERSATION_END', 'CONVERSATION_INACTIVE'))) = 0, false))
)
SELECT
  conversations.account_id,
  conversations.conversation_id AS subject_id,
  'not-closed' AS cause,
  CASE WHEN coverage.shows_conversation_updates THEN NULL ELSE 'possible' END AS certainty,
  conversations.created_at AS first_seen,
  conversations.as_of AS last_seen,
  true AS ongoing,
  conversations.event_keys,
  conversations.configuration_id,
  waiting.intelligence_configuration_ids,
  waiting.triggers,
  conversations.status,
  conversations.as_of - conversations.created_at AS open_for
FROM waiting
JOIN pinned_configurations AS pinned
  ON pinned.account_id = waiting.account_id AND pinned.configuration_id = waiting.configuration_id AND pinned.place = waiting.place
JOIN conversations ON conversations.account_id = pinned.account_id AND conversations.conversation_id = pinned.conversation_id
JOIN coverage ON coverage.account_id = conversations.account_id AND coverage."source" = conversations."source"
WHERE conversations.status IN ('ACTIVE', 'INACTIVE')
  AND conversations.closed_at IS NULL AND conversations.deleted_at IS NULL
  -- Operators that run on INACTIVE have run where it ever was, and before the export it may have been.
  AND (NOT list_contains(waiting.triggers, 'CONVERSATION_INACTIVE') OR (conversations.inactive_at IS NULL AND conversations.seen_begin))
  AND time_between(conversations.created_at, conversations.as_of) > $min_age
