/*
title: A configuration has no intelligence configuration
severity: warning
subject: configuration
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#intelligence-operators-not-firing
requires: [configurations]
causes:
  dropped-by-update:
    message: "Configuration {subject_id} lost its intelligence configurations in an update at {dropped_at}: no operator runs since."
    fix: Set intelligenceConfigurationIds again, to the ids in the data, and write all fields with every PUT, as one that is left out is deleted.
  never-set:
    message: "Configuration {subject_id} has no intelligence configuration, so no operator runs on its conversations."
    fix: Add intelligenceConfigurationIds where operators are wanted, with all other fields in the same PUT; it counts for conversations that start afterwards.
    severity: info
falsePositives:
  - Configurations that are meant to run no operators.
*/
WITH
bare AS (
  SELECT * FROM current_configurations WHERE len(intelligence_configuration_ids) = 0
),
-- The last snapshot that had some. Of two that nothing puts in order it is not known which came first.
had AS (
  SELECT
    periods.account_id, periods.configuration_id,
    max(periods.place) AS place,
    arg_max(periods.intelligence_configuration_ids, periods.place) AS dropped_ids,
    bool_or(coalesce(periods.recorded_at >= bare.recorded_at, bare.recorded_at IS NULL)
      AND coalesce(periods.version >= bare.version, true)) AS is_order_unknown
  FROM configuration_periods AS periods
  JOIN bare ON bare.account_id = periods.account_id AND bare.configuration_id = periods.configuration_id
  WHERE len(periods.intelligence_configuration_ids) > 0
  GROUP BY periods.account_id, periods.configuration_id
),
dropped AS (
  SELECT had.*, next.valid_from AS dropped_at
  FROM had
  JOIN configuration_periods AS next
    ON next.account_id = had.account_id AND next.configuration_id = had.configuration_id AND next.place = had.place + 1
),
ends AS (
  SELECT account_id, max(as_of) AS as_of FROM coverage GROUP BY account_id
),
used AS (
  SELECT account_id, configuration_id, count(*) AS conversations
  FROM pinned_configurations
  WHERE len(intelligence_configuration_ids) = 0
  GROUP BY account_id, configuration_id
)
SELECT
  bare.account_id,
  bare.configuration_id AS subject_id,
  CASE WHEN dropped.place IS NULL THEN 'never-set' ELSE 'dropped-by-update' END AS cause,
  coalesce(dropped.dropped_at, bare.created_at, bare.recorded_at) AS first_seen,
  ends.as_of AS last_seen,
  true AS ongoing,
  bare.display_name,
  dropped.dropped_at,
  dropped.dropped_ids,
  coalesce(used.conversations, 0) AS conversations
FROM bare
JOIN ends USING (account_id)
LEFT JOIN dropped ON dropped.account_id = bare.account_id AND dropped.configuration_id = bare.configuration_id
LEFT JOIN used ON used.account_id = bare.account_id AND used.configuration_id = bare.configuration_id
WHERE dropped.is_order_unknown IS NOT TRUE
