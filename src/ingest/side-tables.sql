-- What stands beside the logs: one table a kind of record, each row with the file and line it came from.
-- `recorded_at` is how old the record is at least: its own updatedAt, completedAt or createdAt.

CREATE TABLE configurations (
  account_id VARCHAR, configuration_id VARCHAR, display_name VARCHAR, grouping_type VARCHAR, memory_store_id VARCHAR,
  memory_extraction_enabled BOOLEAN, intelligence_configuration_ids VARCHAR[], version BIGINT,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, snapshot_id VARCHAR, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE configurations IS 'Snapshots of configurations, one row per configuration and state; several rows of one id are its history.';
COMMENT ON COLUMN configurations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN configurations.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN configurations.grouping_type IS 'GROUP_BY_PROFILE, GROUP_BY_PARTICIPANT_ADDRESSES or GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE.';
COMMENT ON COLUMN configurations.memory_store_id IS 'mem_store_… or mem_service_…; NULL where none is set.';
COMMENT ON COLUMN configurations.intelligence_configuration_ids IS 'Empty where none is set.';
COMMENT ON COLUMN configurations.recorded_at IS 'updatedAt, else createdAt; NULL where the record has neither.';
COMMENT ON COLUMN configurations.snapshot_id IS 'Joins channel_settings and capture_rules to this row: the same for the same content.';

CREATE TABLE channel_settings (
  account_id VARCHAR, configuration_id VARCHAR, snapshot_id VARCHAR, channel VARCHAR,
  has_timeouts BOOLEAN, inactive_after INTERVAL, closed_after INTERVAL, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE channel_settings IS 'One row per channel of a configuration snapshot.';
COMMENT ON COLUMN channel_settings.channel IS 'VOICE, SMS, RCS, WHATSAPP or CHAT.';
COMMENT ON COLUMN channel_settings.has_timeouts IS 'False where statusTimeouts is null or absent.';
COMMENT ON COLUMN channel_settings.inactive_after IS 'statusTimeouts.inactive, minutes as an interval.';
COMMENT ON COLUMN channel_settings.closed_after IS 'statusTimeouts.closed, minutes as an interval.';

CREATE TABLE capture_rules (
  account_id VARCHAR, configuration_id VARCHAR, snapshot_id VARCHAR, channel VARCHAR, position INTEGER,
  from_address VARCHAR, to_address VARCHAR, call_type VARCHAR, chat_service VARCHAR, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE capture_rules IS 'One row per capture rule of a configuration snapshot.';
COMMENT ON COLUMN capture_rules.position IS 'Place in the list of its channel, from 1.';
COMMENT ON COLUMN capture_rules.from_address IS '`from`: an address or `*`.';
COMMENT ON COLUMN capture_rules.to_address IS '`to`: an address or `*`.';
COMMENT ON COLUMN capture_rules.call_type IS 'metadata.callType: PSTN, CLIENT or PUBLIC_SIP; NULL means PSTN.';

CREATE TABLE stores (
  account_id VARCHAR, store_id VARCHAR, display_name VARCHAR, status VARCHAR, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE stores IS 'Memory stores.';
COMMENT ON COLUMN stores.status IS 'ACTIVE where it works; other values are not documented.';

CREATE TABLE operations (
  account_id VARCHAR, operation_id VARCHAR, status VARCHAR, created_at TIMESTAMPTZ, completed_at TIMESTAMPTZ,
  error_title VARCHAR, error_detail VARCHAR, error_status INTEGER, result_id VARCHAR, related_ids VARCHAR[],
  recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE operations IS 'Asynchronous operations, one row per record; several rows of one id are its history.';
COMMENT ON COLUMN operations.status IS 'PENDING, RUNNING, CANCELLED, COMPLETED or FAILED.';
COMMENT ON COLUMN operations.related_ids IS 'The ids in `related`.';

CREATE TABLE intelligence_configurations (
  account_id VARCHAR, intelligence_configuration_id VARCHAR, display_name VARCHAR, version BIGINT,
  recorded_at TIMESTAMPTZ, snapshot_id VARCHAR, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE intelligence_configurations IS 'Conversational Intelligence configurations, one row per record.';

CREATE TABLE intelligence_rules (
  account_id VARCHAR, intelligence_configuration_id VARCHAR, snapshot_id VARCHAR, position INTEGER,
  operator_ids VARCHAR[], triggers VARCHAR[], file_id INTEGER, line BIGINT
);
COMMENT ON TABLE intelligence_rules IS 'One row per rule of an intelligence configuration.';
COMMENT ON COLUMN intelligence_rules.triggers IS 'COMMUNICATION, CONVERSATION_END, CONVERSATION_INACTIVE.';

CREATE TABLE messages (
  account_id VARCHAR, message_id VARCHAR, from_address VARCHAR, to_address VARCHAR, channel VARCHAR, direction VARCHAR,
  status VARCHAR, created_at TIMESTAMPTZ, sent_at TIMESTAMPTZ, error_code INTEGER, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE messages IS 'Messages of the account, from API list pages or CSV.';
COMMENT ON COLUMN messages.channel IS 'SMS, WHATSAPP or RCS, from the prefix of the addresses.';

CREATE TABLE calls (
  account_id VARCHAR, call_id VARCHAR, from_address VARCHAR, to_address VARCHAR, call_type VARCHAR, direction VARCHAR,
  status VARCHAR, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, duration_seconds INTEGER, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE calls IS 'Calls of the account, from API list pages or CSV.';
COMMENT ON COLUMN calls.call_type IS 'PSTN, CLIENT or PUBLIC_SIP, from the form of the addresses.';

CREATE TABLE api_errors (
  account_id VARCHAR, occurred_at TIMESTAMPTZ, request_id VARCHAR, method VARCHAR, path VARCHAR, code INTEGER,
  http_status INTEGER, message VARCHAR, more_info VARCHAR, user_error BOOLEAN, params JSON, conflicting_id VARCHAR,
  file_id INTEGER, line BIGINT
);
COMMENT ON TABLE api_errors IS 'Error responses of the API, bare or with the request they answer.';
COMMENT ON COLUMN api_errors.occurred_at IS 'NULL where the record is bare.';
COMMENT ON COLUMN api_errors.conflicting_id IS 'What a conflict is with, from the header X-Conflicting-Resource-Id.';

CREATE TABLE conversation_snapshots (
  account_id VARCHAR, conversation_id VARCHAR, configuration_id VARCHAR, status VARCHAR, name VARCHAR,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE conversation_snapshots IS 'Conversations as the API returned them.';

CREATE TABLE participant_snapshots (
  account_id VARCHAR, participant_id VARCHAR, conversation_id VARCHAR, participant_type VARCHAR, name VARCHAR, profile_id VARCHAR,
  addresses STRUCT(channel VARCHAR, address VARCHAR, channel_id VARCHAR)[], embedded BOOLEAN,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE participant_snapshots IS 'Participants as the API returned them.';
COMMENT ON COLUMN participant_snapshots.embedded IS 'It stood inside a conversation, not as a record of its own.';

CREATE TABLE communication_snapshots (
  account_id VARCHAR, communication_id VARCHAR, conversation_id VARCHAR, participant_id VARCHAR, channel VARCHAR, address VARCHAR,
  channel_id VARCHAR, resource_id VARCHAR, text_hash UBIGINT,
  created_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE communication_snapshots IS 'Communications as the API returned them.';

CREATE TABLE observation_snapshots (
  account_id VARCHAR, observation_id VARCHAR, profile_id VARCHAR, conversation_ids VARCHAR[], store_id VARCHAR,
  created_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE observation_snapshots IS 'Memory observations as the API returned them.';
