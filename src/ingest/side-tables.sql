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
COMMENT ON COLUMN configurations.display_name IS 'As people call it.';
COMMENT ON COLUMN configurations.grouping_type IS 'GROUP_BY_PROFILE, GROUP_BY_PARTICIPANT_ADDRESSES or GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE.';
COMMENT ON COLUMN configurations.memory_store_id IS 'mem_store_… or mem_service_…; NULL where none is set.';
COMMENT ON COLUMN configurations.memory_extraction_enabled IS 'Whether conversations are put into memory; off unless it is true.';
COMMENT ON COLUMN configurations.intelligence_configuration_ids IS 'Empty where none is set.';
COMMENT ON COLUMN configurations.version IS 'Grows with each update.';
COMMENT ON COLUMN configurations.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN configurations.updated_at IS 'Its own updatedAt.';
COMMENT ON COLUMN configurations.recorded_at IS 'updatedAt, else createdAt; NULL where the record has neither.';
COMMENT ON COLUMN configurations.snapshot_id IS 'Joins channel_settings and capture_rules to this row: the same for the same content.';
COMMENT ON COLUMN configurations.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN configurations.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE channel_settings (
  account_id VARCHAR, configuration_id VARCHAR, snapshot_id VARCHAR, channel VARCHAR,
  has_timeouts BOOLEAN, inactive_after INTERVAL, closed_after INTERVAL, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE channel_settings IS 'One row per channel of a configuration snapshot.';
COMMENT ON COLUMN channel_settings.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN channel_settings.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN channel_settings.snapshot_id IS 'The snapshot in configurations.';
COMMENT ON COLUMN channel_settings.channel IS 'VOICE, SMS, RCS, WHATSAPP or CHAT.';
COMMENT ON COLUMN channel_settings.has_timeouts IS 'False where statusTimeouts is null or absent.';
COMMENT ON COLUMN channel_settings.inactive_after IS 'statusTimeouts.inactive, minutes as an interval.';
COMMENT ON COLUMN channel_settings.closed_after IS 'statusTimeouts.closed, minutes as an interval.';
COMMENT ON COLUMN channel_settings.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN channel_settings.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE capture_rules (
  account_id VARCHAR, configuration_id VARCHAR, snapshot_id VARCHAR, channel VARCHAR, position INTEGER,
  from_address VARCHAR, to_address VARCHAR, call_type VARCHAR, chat_service VARCHAR, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE capture_rules IS 'One row per capture rule of a configuration snapshot.';
COMMENT ON COLUMN capture_rules.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN capture_rules.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN capture_rules.snapshot_id IS 'The snapshot in configurations.';
COMMENT ON COLUMN capture_rules.channel IS 'VOICE, SMS, RCS, WHATSAPP or CHAT.';
COMMENT ON COLUMN capture_rules.position IS 'Place in the list of its channel, from 1.';
COMMENT ON COLUMN capture_rules.from_address IS '`from`: an address or `*`.';
COMMENT ON COLUMN capture_rules.to_address IS '`to`: an address or `*`.';
COMMENT ON COLUMN capture_rules.call_type IS 'metadata.callType: PSTN, CLIENT or PUBLIC_SIP; NULL means PSTN.';
COMMENT ON COLUMN capture_rules.chat_service IS 'metadata.chatService: the classic chat service of a CHAT rule.';
COMMENT ON COLUMN capture_rules.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN capture_rules.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE stores (
  account_id VARCHAR, store_id VARCHAR, display_name VARCHAR, status VARCHAR, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE stores IS 'Memory stores.';
COMMENT ON COLUMN stores.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN stores.store_id IS 'mem_store_… or mem_service_…';
COMMENT ON COLUMN stores.display_name IS 'As people call it.';
COMMENT ON COLUMN stores.status IS 'ACTIVE where it works; other values are not documented.';
COMMENT ON COLUMN stores.recorded_at IS 'How old the record is at least: its updatedAt, else its createdAt.';
COMMENT ON COLUMN stores.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN stores.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE operations (
  account_id VARCHAR, operation_id VARCHAR, status VARCHAR, created_at TIMESTAMPTZ, completed_at TIMESTAMPTZ,
  error_title VARCHAR, error_detail VARCHAR, error_status INTEGER, result_id VARCHAR, related_ids VARCHAR[],
  recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE operations IS 'Asynchronous operations, one row per record; several rows of one id are its history.';
COMMENT ON COLUMN operations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN operations.operation_id IS 'proc_job_…';
COMMENT ON COLUMN operations.status IS 'PENDING, RUNNING, CANCELLED, COMPLETED or FAILED.';
COMMENT ON COLUMN operations.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN operations.completed_at IS 'Its own completedAt; NULL while it goes on.';
COMMENT ON COLUMN operations.error_title IS 'Title of the problem of a failed one.';
COMMENT ON COLUMN operations.error_detail IS 'What the problem says.';
COMMENT ON COLUMN operations.error_status IS 'HTTP status of the problem.';
COMMENT ON COLUMN operations.result_id IS 'The id in `result`, where memory stores tell what was made.';
COMMENT ON COLUMN operations.related_ids IS 'The ids in `related`.';
COMMENT ON COLUMN operations.recorded_at IS 'How old the record is at least: its completedAt, else its updatedAt or createdAt.';
COMMENT ON COLUMN operations.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN operations.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE intelligence_configurations (
  account_id VARCHAR, intelligence_configuration_id VARCHAR, display_name VARCHAR, version BIGINT,
  recorded_at TIMESTAMPTZ, snapshot_id VARCHAR, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE intelligence_configurations IS 'Conversational Intelligence configurations, one row per record.';
COMMENT ON COLUMN intelligence_configurations.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN intelligence_configurations.intelligence_configuration_id IS 'As configurations name it in intelligence_configuration_ids.';
COMMENT ON COLUMN intelligence_configurations.display_name IS 'As people call it.';
COMMENT ON COLUMN intelligence_configurations.version IS 'Grows with each update.';
COMMENT ON COLUMN intelligence_configurations.recorded_at IS 'How old the record is at least: its updatedAt, else its createdAt.';
COMMENT ON COLUMN intelligence_configurations.snapshot_id IS 'Joins intelligence_rules to this row: the same for the same content.';
COMMENT ON COLUMN intelligence_configurations.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN intelligence_configurations.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE intelligence_rules (
  account_id VARCHAR, intelligence_configuration_id VARCHAR, snapshot_id VARCHAR, position INTEGER,
  operator_ids VARCHAR[], triggers VARCHAR[], file_id INTEGER, line BIGINT
);
COMMENT ON TABLE intelligence_rules IS 'One row per rule of an intelligence configuration.';
COMMENT ON COLUMN intelligence_rules.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN intelligence_rules.intelligence_configuration_id IS 'The configuration it is part of.';
COMMENT ON COLUMN intelligence_rules.snapshot_id IS 'The snapshot in intelligence_configurations.';
COMMENT ON COLUMN intelligence_rules.position IS 'Place in the list of rules, from 1.';
COMMENT ON COLUMN intelligence_rules.operator_ids IS 'The language operators that it runs.';
COMMENT ON COLUMN intelligence_rules.triggers IS 'COMMUNICATION, CONVERSATION_END, CONVERSATION_INACTIVE.';
COMMENT ON COLUMN intelligence_rules.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN intelligence_rules.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE messages (
  account_id VARCHAR, message_id VARCHAR, from_address VARCHAR, to_address VARCHAR, channel VARCHAR, direction VARCHAR,
  status VARCHAR, created_at TIMESTAMPTZ, sent_at TIMESTAMPTZ, error_code INTEGER, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE messages IS 'Messages of the account, from API list pages or CSV.';
COMMENT ON COLUMN messages.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN messages.message_id IS 'Message SID: SM… or MM…';
COMMENT ON COLUMN messages.from_address IS 'As listed, with a prefix such as `whatsapp:`.';
COMMENT ON COLUMN messages.to_address IS 'As listed, with a prefix such as `whatsapp:`.';
COMMENT ON COLUMN messages.channel IS 'SMS, WHATSAPP or RCS, from the prefix of the addresses.';
COMMENT ON COLUMN messages.direction IS 'inbound, outbound-api, outbound-call or outbound-reply.';
COMMENT ON COLUMN messages.status IS 'As listed, in lower case: delivered, failed, received, …';
COMMENT ON COLUMN messages.created_at IS 'When it was created; where the list does not say, when it was sent.';
COMMENT ON COLUMN messages.sent_at IS 'When it was sent.';
COMMENT ON COLUMN messages.error_code IS 'NULL for success.';
COMMENT ON COLUMN messages.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN messages.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE calls (
  account_id VARCHAR, call_id VARCHAR, from_address VARCHAR, to_address VARCHAR, call_type VARCHAR, direction VARCHAR,
  status VARCHAR, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, duration_seconds INTEGER, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE calls IS 'Calls of the account, from API list pages or CSV.';
COMMENT ON COLUMN calls.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN calls.call_id IS 'Call SID: CA…';
COMMENT ON COLUMN calls.from_address IS 'As listed, with a prefix such as `client:` or `sip:`.';
COMMENT ON COLUMN calls.to_address IS 'As listed, with a prefix such as `client:` or `sip:`.';
COMMENT ON COLUMN calls.call_type IS 'PSTN, CLIENT or PUBLIC_SIP, from the form of the addresses.';
COMMENT ON COLUMN calls.direction IS 'inbound, outbound-api or outbound-dial.';
COMMENT ON COLUMN calls.status IS 'As listed, in lower case: completed, no-answer, busy, …';
COMMENT ON COLUMN calls.started_at IS 'When it began; where the list does not say, when it was created.';
COMMENT ON COLUMN calls.ended_at IS 'When it ended; NULL where the list does not say.';
COMMENT ON COLUMN calls.duration_seconds IS 'How long it lasted, in seconds.';
COMMENT ON COLUMN calls.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN calls.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE api_errors (
  account_id VARCHAR, occurred_at TIMESTAMPTZ, request_id VARCHAR, method VARCHAR, path VARCHAR, code INTEGER,
  http_status INTEGER, message VARCHAR, more_info VARCHAR, user_error BOOLEAN, params JSON, conflicting_id VARCHAR,
  file_id INTEGER, line BIGINT
);
COMMENT ON TABLE api_errors IS 'Error responses of the API, bare or with the request they answer.';
COMMENT ON COLUMN api_errors.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN api_errors.occurred_at IS 'NULL where the record is bare.';
COMMENT ON COLUMN api_errors.request_id IS 'As the record, the answer or its headers have it; NULL where none does.';
COMMENT ON COLUMN api_errors.method IS 'GET, POST, …; NULL where the record is bare.';
COMMENT ON COLUMN api_errors.path IS 'Without host; NULL where the record is bare.';
COMMENT ON COLUMN api_errors.code IS 'The error code of the answer.';
COMMENT ON COLUMN api_errors.http_status IS 'The HTTP status of the answer.';
COMMENT ON COLUMN api_errors.message IS 'What the answer says.';
COMMENT ON COLUMN api_errors.more_info IS 'The address that the answer points to.';
COMMENT ON COLUMN api_errors.user_error IS 'The answer says that the caller was wrong.';
COMMENT ON COLUMN api_errors.params IS 'The params of the answer as JSON.';
COMMENT ON COLUMN api_errors.conflicting_id IS 'What a conflict is with, from the header X-Conflicting-Resource-Id.';
COMMENT ON COLUMN api_errors.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN api_errors.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE conversation_snapshots (
  account_id VARCHAR, conversation_id VARCHAR, configuration_id VARCHAR, status VARCHAR, name VARCHAR,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE conversation_snapshots IS 'Conversations as the API returned them.';
COMMENT ON COLUMN conversation_snapshots.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN conversation_snapshots.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN conversation_snapshots.configuration_id IS 'conv_configuration_…';
COMMENT ON COLUMN conversation_snapshots.status IS 'ACTIVE, INACTIVE or CLOSED.';
COMMENT ON COLUMN conversation_snapshots.name IS 'Its name; NULL where it has none.';
COMMENT ON COLUMN conversation_snapshots.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN conversation_snapshots.updated_at IS 'Its own updatedAt.';
COMMENT ON COLUMN conversation_snapshots.recorded_at IS 'How old the record is at least: its updatedAt, else its createdAt.';
COMMENT ON COLUMN conversation_snapshots.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN conversation_snapshots.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE participant_snapshots (
  account_id VARCHAR, participant_id VARCHAR, conversation_id VARCHAR, participant_type VARCHAR, name VARCHAR, profile_id VARCHAR,
  addresses STRUCT(channel VARCHAR, address VARCHAR, channel_id VARCHAR)[], embedded BOOLEAN,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE participant_snapshots IS 'Participants as the API returned them.';
COMMENT ON COLUMN participant_snapshots.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN participant_snapshots.participant_id IS 'conv_participant_…';
COMMENT ON COLUMN participant_snapshots.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN participant_snapshots.participant_type IS 'CUSTOMER, HUMAN_AGENT, AI_AGENT, AGENT or UNKNOWN.';
COMMENT ON COLUMN participant_snapshots.name IS 'Its name; NULL where it has none.';
COMMENT ON COLUMN participant_snapshots.profile_id IS 'mem_profile_…; NULL where it has none.';
COMMENT ON COLUMN participant_snapshots.addresses IS 'Every address: channel, address as written, channel_id (call or message SID).';
COMMENT ON COLUMN participant_snapshots.embedded IS 'It stood inside a conversation, not as a record of its own.';
COMMENT ON COLUMN participant_snapshots.created_at IS 'Its own createdAt.';
COMMENT ON COLUMN participant_snapshots.updated_at IS 'Its own updatedAt.';
COMMENT ON COLUMN participant_snapshots.recorded_at IS 'How old the record is at least: its updatedAt, else its createdAt.';
COMMENT ON COLUMN participant_snapshots.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN participant_snapshots.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE communication_snapshots (
  account_id VARCHAR, communication_id VARCHAR, conversation_id VARCHAR, participant_id VARCHAR, channel VARCHAR, address VARCHAR,
  channel_id VARCHAR, resource_id VARCHAR, text_hash UBIGINT,
  created_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE communication_snapshots IS 'Communications as the API returned them.';
COMMENT ON COLUMN communication_snapshots.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN communication_snapshots.communication_id IS 'conv_communication_…';
COMMENT ON COLUMN communication_snapshots.conversation_id IS 'conv_conversation_…';
COMMENT ON COLUMN communication_snapshots.participant_id IS 'Its author.';
COMMENT ON COLUMN communication_snapshots.channel IS 'The author''s channel: VOICE, SMS, RCS, WHATSAPP, CHAT, …';
COMMENT ON COLUMN communication_snapshots.address IS 'The author''s address, as written.';
COMMENT ON COLUMN communication_snapshots.channel_id IS 'Call, message or classic conversation SID.';
COMMENT ON COLUMN communication_snapshots.resource_id IS 'External id: a message SID; for voice a transcription SID with an index.';
COMMENT ON COLUMN communication_snapshots.text_hash IS 'Equal where the texts are equal; NULL where the record has no text.';
COMMENT ON COLUMN communication_snapshots.created_at IS 'Its own occurredAt, else createdAt.';
COMMENT ON COLUMN communication_snapshots.recorded_at IS 'How old the record is at least: its updatedAt, else its createdAt.';
COMMENT ON COLUMN communication_snapshots.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN communication_snapshots.line IS 'Line in that file, from 1; NULL where that is not known.';

CREATE TABLE observation_snapshots (
  account_id VARCHAR, observation_id VARCHAR, profile_id VARCHAR, conversation_ids VARCHAR[], store_id VARCHAR,
  created_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ, file_id INTEGER, line BIGINT
);
COMMENT ON TABLE observation_snapshots IS 'Memory observations as the API returned them.';
COMMENT ON COLUMN observation_snapshots.account_id IS 'Account SID, or `unknown`.';
COMMENT ON COLUMN observation_snapshots.observation_id IS 'mem_observation_… or mem_summary_…';
COMMENT ON COLUMN observation_snapshots.profile_id IS 'The profile it stands on.';
COMMENT ON COLUMN observation_snapshots.conversation_ids IS 'The conversations it was made of; empty where it names none.';
COMMENT ON COLUMN observation_snapshots.store_id IS 'The memory store it lies in.';
COMMENT ON COLUMN observation_snapshots.created_at IS 'Its own createdAt, else occurredAt.';
COMMENT ON COLUMN observation_snapshots.recorded_at IS 'How old the record is at least: its updatedAt, else its createdAt.';
COMMENT ON COLUMN observation_snapshots.file_id IS 'Number of the file it stood in: a name inside one run only.';
COMMENT ON COLUMN observation_snapshots.line IS 'Line in that file, from 1; NULL where that is not known.';
