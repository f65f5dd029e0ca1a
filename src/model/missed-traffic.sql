-- needs: coverage, own_addresses
CREATE OR REPLACE TABLE missed_traffic (
  account_id VARCHAR, traffic_id VARCHAR, kind VARCHAR, channel VARCHAR, call_type VARCHAR, direction VARCHAR,
  from_address VARCHAR, to_address VARCHAR, plain_from VARCHAR, plain_to VARCHAR,
  begun_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, is_witnessed BOOLEAN, configurations_known VARCHAR, as_of TIMESTAMPTZ
);

COMMENT ON TABLE missed_traffic IS 'One row per message or call of the side files that no conversation, participant or communication refers to, where the export would show it.';
COMMENT ON COLUMN missed_traffic.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN missed_traffic.traffic_id IS 'Message or call SID.';
COMMENT ON COLUMN missed_traffic.kind IS 'message or call.';
COMMENT ON COLUMN missed_traffic.channel IS 'SMS, WHATSAPP, RCS or VOICE.';
COMMENT ON COLUMN missed_traffic.call_type IS 'PSTN, CLIENT or PUBLIC_SIP; NULL for messages.';
COMMENT ON COLUMN missed_traffic.direction IS 'inbound, outbound-api, …';
COMMENT ON COLUMN missed_traffic.from_address IS 'As listed.';
COMMENT ON COLUMN missed_traffic.to_address IS 'As listed.';
COMMENT ON COLUMN missed_traffic.plain_from IS 'Without a prefix such as `whatsapp:` or `client:`.';
COMMENT ON COLUMN missed_traffic.plain_to IS 'Without a prefix.';
COMMENT ON COLUMN missed_traffic.begun_at IS 'When the message was created or the call began.';
COMMENT ON COLUMN missed_traffic.ended_at IS 'When the call ended; of a message the same as begun_at.';
COMMENT ON COLUMN missed_traffic.is_witnessed IS 'The export shows SIDs or addresses where this one would be named: it is missing for certain.';
COMMENT ON COLUMN missed_traffic.configurations_known IS 'Whether the side files hold all configurations of the account (as far as list pages tell), some, or none.';
COMMENT ON COLUMN missed_traffic.as_of IS 'Where the export of its account ends, or --as-of.';
