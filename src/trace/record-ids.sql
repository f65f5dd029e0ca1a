-- What records beside the log can belong to: the id itself, in any account; what the stories name ($named); and what their
-- configurations name: memory stores and intelligence configurations.
CREATE OR REPLACE TEMP TABLE story_ids AS
WITH
named AS (
  SELECT unnest(from_json($named::JSON, '[{"account_id": "VARCHAR", "id": "VARCHAR"}]'), recursive := true)
),
everywhere AS (
  SELECT account_id, $id AS id
  FROM (
    SELECT account_id FROM operations
    UNION SELECT account_id FROM messages
    UNION SELECT account_id FROM calls
    UNION SELECT account_id FROM api_errors
    UNION SELECT account_id FROM configurations
    UNION SELECT account_id FROM stores
    UNION SELECT account_id FROM intelligence_configurations
    UNION SELECT account_id FROM conversation_snapshots
    UNION SELECT account_id FROM participant_snapshots
    UNION SELECT account_id FROM communication_snapshots
    UNION SELECT account_id FROM observation_snapshots
  )
),
-- Who asks for a store wants to know which configurations use it.
using_it AS (
  SELECT account_id, configuration_id AS id
  FROM configurations
  WHERE memory_store_id = $id OR list_contains(intelligence_configuration_ids, $id)
),
ids AS (
  FROM named UNION FROM everywhere UNION FROM using_it
),
configured AS (
  SELECT DISTINCT account_id, unnest(list_append(intelligence_configuration_ids, memory_store_id)) AS id
  FROM configurations
  SEMI JOIN ids ON ids.account_id = configurations.account_id AND ids.id = configurations.configuration_id
)
FROM ids
UNION
FROM configured WHERE id IS NOT NULL;
