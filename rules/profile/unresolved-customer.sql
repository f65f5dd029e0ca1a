/*
title: Customer has no profile
severity: error
subject: participant
reference: https://www.twilio.com/docs/conversations/orchestrator/troubleshooting#participant-has-no-profileid
explains: [memory/no-observations]
params:
  grace: { type: interval, default: 30 seconds, description: How long profile resolution may take. }
causes:
  creation-failed:
    message: "Customer {subject_id} has no profile: creating it failed."
    fix: Put right what the logged reason names, then add the participant again through active ingestion with type CUSTOMER.
  skipped:
    message: "Customer {subject_id} has no profile: its resolution was skipped."
    fix: Give the customer an address that a trait can hold, and make sure that its type is CUSTOMER from the start.
  no-memory-store:
    message: "Customer {subject_id} has no profile: configuration {configuration_id} has no memory store."
    fix: Set memoryStoreId on the configuration; it counts for conversations that start afterwards.
  store-not-active:
    message: "Customer {subject_id} has no profile: memory store {memory_store_id} is {store_status}."
    fix: Wait until the store is ACTIVE, or give the configuration another one.
  unmappable-address:
    message: "Customer {subject_id} has no profile: {trait} takes {addresses}."
    fix: Write the address as the trait wants it - a telephone number in E.164 with +, an e-mail address, a WhatsApp number, for a chat the ChatID of a profile.
  lookup-failed:
    message: "Customer {subject_id} has no profile: the lookup failed, and no creation was logged after it."
    fix: Put right what the logged reason names, then add the participant again through active ingestion with type CUSTOMER.
  passive-ingestion:
    message: "Customer {subject_id} has no profile: capture rules took it in, and passive ingestion does not always create one."
    fix: Add participants through active ingestion with type CUSTOMER where a profile is needed.
    certainty: possible
  unexplained:
    message: "Customer {subject_id} has no profile, and the export does not say why."
    fix: Check in this order - its type is CUSTOMER, the configuration has a memoryStoreId, the address has exactly the form of the trait, the participant came through active ingestion.
    certainty: possible
*/
WITH
customers AS (
  -- One that was there before the export begins has been without a profile at least since its first entry.
  SELECT
    *,
    len(addresses) > 0 AND len(list_filter(addresses, lambda a: is_mappable(a.channel, a.address))) = 0 AS is_unmappable,
    len(list_filter(addresses, lambda a: may_be_chat_id(a.channel, a.address))) > 0 AS may_be_chat_id
  FROM participants
  WHERE participant_type = 'CUSTOMER' AND profile_id IS NULL AND shows_profile
    AND time_between(coalesce(created_at, first_seen), observed_until) >= $grace
),
-- Resolution starts when a participant becomes a customer, which can be long after it was created: UNKNOWN participants are upgraded,
-- agents are corrected. So the time it had is counted from the last change to CUSTOMER, in the order of events.
typed AS (
  SELECT
    told.account_id, told.participant_id, events.event_time, events.participant_type,
    max(CASE WHEN events.participant_type <> 'CUSTOMER' THEN moment(events.event_time, events.log_id) END)
      OVER (PARTITION BY told.account_id, told.participant_id) AS last_other,
    moment(events.event_time, events.log_id) AS moment
  FROM (SELECT account_id, participant_id, unnest(event_keys) AS event_key FROM customers) AS told
  JOIN events USING (event_key)
  WHERE events.participant_type IS NOT NULL
),
became AS (
  SELECT account_id, participant_id, min(event_time) AS since
  FROM typed
  WHERE participant_type = 'CUSTOMER' AND (last_other IS NULL OR moment > last_other)
  GROUP BY account_id, participant_id
),
codes AS (
  SELECT
    account_id, participant_id,
    bool_or(error_code = 530004) AS creation_failed,
    bool_or(error_code = 530001) AS skipped,
    bool_or(error_code = 530003) AS lookup_failed,
    list(event_key) AS event_keys
  FROM diagnostics
  WHERE error_code IN (530001, 530003, 530004) AND participant_id IS NOT NULL
  GROUP BY account_id, participant_id
)
SELECT
  customers.account_id,
  customers.participant_id AS subject_id,
  CASE
    WHEN codes.creation_failed THEN 'creation-failed'
    WHEN codes.skipped THEN 'skipped'
    WHEN configuration.configuration_id IS NOT NULL AND configuration.memory_store_id IS NULL THEN 'no-memory-store'
    WHEN store.status <> 'ACTIVE' THEN 'store-not-active'
    -- What was looked up was taken for an identifier, so that a failed lookup speaks for a ChatID.
    WHEN is_unmappable AND NOT (may_be_chat_id AND coalesce(codes.lookup_failed, false)) THEN 'unmappable-address'
    WHEN codes.lookup_failed THEN 'lookup-failed'
    WHEN list_has_any(configuration.captured_channels, customers.channels) THEN 'passive-ingestion'
    ELSE 'unexplained'
  END AS cause,
  -- A late profile comes as an update: where the export shows no updates, only a logged failure is proof that none came.
  CASE
    WHEN cause = 'unmappable-address' AND may_be_chat_id THEN 'possible'
    WHEN coverage.shows_participant_updates OR codes.creation_failed OR codes.skipped THEN NULL
    ELSE 'possible'
  END AS certainty,
  became.since AS first_seen,
  customers.observed_until AS last_seen,
  customers.removed_at IS NULL AS ongoing,
  list_concat(customers.event_keys, coalesce(codes.event_keys, [])) AS event_keys,
  CASE WHEN customers.conversation_id IS NULL THEN [] ELSE [{'type': 'conversation', 'id': customers.conversation_id}] END AS related,
  address_texts(customers.addresses) AS addresses,
  CASE WHEN may_be_chat_id THEN 'perhaps no identity trait' ELSE 'no identity trait' END AS trait,
  conversations.configuration_id,
  configuration.memory_store_id,
  store.status AS store_status
FROM customers
JOIN became USING (account_id, participant_id)
JOIN coverage USING (account_id, "source")
LEFT JOIN codes USING (account_id, participant_id)
LEFT JOIN conversations ON conversations.account_id = customers.account_id AND conversations.conversation_id = customers.conversation_id
LEFT JOIN current_configurations AS configuration
  ON configuration.account_id = customers.account_id AND configuration.configuration_id = conversations.configuration_id
LEFT JOIN current_stores AS store ON store.account_id = customers.account_id AND store.store_id = configuration.memory_store_id
WHERE time_between(became.since, customers.observed_until) >= $grace
