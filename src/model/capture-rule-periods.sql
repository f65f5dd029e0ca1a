-- Capture rules with the time during which their configuration had them. What a configuration was before its first snapshot, the
-- files do not tell; that snapshot is taken for what it was since its creation.
CREATE OR REPLACE TABLE capture_rule_periods AS
WITH
periods AS (
  SELECT
    account_id,
    configuration_id,
    snapshot_id,
    place,
    place = max(place) OVER (PARTITION BY account_id, configuration_id) AS is_current,
    CASE WHEN place > 1 THEN valid_from WHEN created_at IS NOT NULL THEN least(created_at, valid_from) END AS in_force_from,
    valid_until AS in_force_until,
    list_filter([valid_from, CASE WHEN place = 1 THEN created_at END], lambda t: t IS NOT NULL) AS changed_at
  FROM configuration_periods
)
SELECT
  periods.account_id,
  periods.configuration_id,
  periods.snapshot_id,
  periods.place,
  periods.is_current,
  periods.in_force_from,
  periods.in_force_until,
  periods.changed_at,
  rules.channel,
  rules.position,
  -- Rules without a call type are for PSTN; the specification calls SIP what the documentation calls PUBLIC_SIP.
  CASE
    WHEN rules.channel = 'VOICE'
      THEN CASE WHEN upper(rules.call_type) = 'SIP' THEN 'PUBLIC_SIP' ELSE upper(coalesce(rules.call_type, 'PSTN')) END
  END AS call_type,
  rules.chat_service,
  coalesce(rules.from_address, '*') AS from_address,
  coalesce(rules.to_address, '*') AS to_address,
  coalesce(plain_address(rules.from_address), '*') AS plain_from,
  coalesce(plain_address(rules.to_address), '*') AS plain_to
FROM capture_rules AS rules
JOIN periods USING (account_id, configuration_id, snapshot_id)
-- Of several snapshots without a time only the last one is known to have been in force.
WHERE periods.is_current OR periods.in_force_until IS NOT NULL;

COMMENT ON TABLE capture_rule_periods IS 'One row per capture rule and snapshot of its configuration, with the time during which it was in force.';
COMMENT ON COLUMN capture_rule_periods.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN capture_rule_periods.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN capture_rule_periods.snapshot_id IS 'The snapshot that holds it.';
COMMENT ON COLUMN capture_rule_periods.place IS 'Place of that snapshot in the history of its configuration, from 1.';
COMMENT ON COLUMN capture_rule_periods.is_current IS 'That snapshot is the latest.';
COMMENT ON COLUMN capture_rule_periods.in_force_from IS 'Since when; of the first snapshot since its configuration was created. NULL: since nobody knows when.';
COMMENT ON COLUMN capture_rule_periods.in_force_until IS 'When the next snapshot took its place; NULL for the latest.';
COMMENT ON COLUMN capture_rule_periods.changed_at IS 'When the configuration was created or changed to this snapshot.';
COMMENT ON COLUMN capture_rule_periods.channel IS 'VOICE, SMS, RCS, WHATSAPP or CHAT.';
COMMENT ON COLUMN capture_rule_periods.position IS 'Place in the list of its channel, from 1.';
COMMENT ON COLUMN capture_rule_periods.call_type IS 'PSTN (where the rule names none), CLIENT or PUBLIC_SIP; NULL where the channel is not VOICE.';
COMMENT ON COLUMN capture_rule_periods.chat_service IS 'metadata.chatService.';
COMMENT ON COLUMN capture_rule_periods.from_address IS '`from` as it is written; `*` is any.';
COMMENT ON COLUMN capture_rule_periods.to_address IS '`to` as it is written; `*` is any.';
COMMENT ON COLUMN capture_rule_periods.plain_from IS '`from` without a prefix such as `whatsapp:` or `client:`.';
COMMENT ON COLUMN capture_rule_periods.plain_to IS '`to` without a prefix.';
