-- What every input is projected into: one row per log entry. The public table `events` (src/model/events.sql) is a view of it.
CREATE SEQUENCE event_seq;

-- Texts are what the load and every look at the log pay for, so those that most entries repeat are kept as less: `level` as a
-- number, `source` and `correlation_id` not at all where they say the usual.
CREATE TYPE log_level AS ENUM ('INFO', 'WARNING', 'ERROR');

-- What an entry of the orchestrator is about: the beginning of its event type. Nearly every table is made of one of these kinds, and a
-- number is found ten times quicker than the beginning of a text. Only beside a literal that is cast is it compared as a number.
CREATE TYPE event_kind AS ENUM ('conversation', 'participant', 'communication', 'diagnostic');

-- The types of the orchestrator that the fast path vouches for.
CREATE TYPE documented_type AS ENUM (
  'conversation.created', 'conversation.updated', 'conversation.deleted',
  'participant.created', 'participant.updated', 'participant.removed',
  'communication.created', 'communication.updated',
  'diagnostic'
);

CREATE TABLE input_files (
  file_id  INTEGER PRIMARY KEY,
  path      VARCHAR,  -- as the user named it
  read_path VARCHAR,  -- absolute
  direct    BOOLEAN,  -- DuckDB read it itself: lines and payloads are looked up in the file when somebody needs them
  format    VARCHAR
);

-- Files with pages of a list of which other pages are missing: nothing is concluded from what such a list lacks.
CREATE TABLE incomplete_files (
  file_id INTEGER PRIMARY KEY
);

CREATE TABLE event_log (
  -- The public part, in the order of `events`.
  event_key        BIGINT,
  account_id       VARCHAR,
  log_id           VARCHAR,
  event_time       TIMESTAMPTZ,
  source           VARCHAR,    -- NULL: conversation-orchestrator (see source_of)
  event_type       VARCHAR,
  kind             event_kind, -- NULL: another product's (see kind_of)
  level            log_level,
  error_code       INTEGER,
  error_reason     VARCHAR,
  request_id       VARCHAR,
  correlation_id   VARCHAR,    -- NULL also where it is the request id again (see correlation_of)
  conversation_id  VARCHAR,
  participant_id   VARCHAR,  -- the participant itself; the author of a communication
  communication_id VARCHAR,
  resource_id      VARCHAR,  -- a diagnostic: what it is about; a communication: its external resourceId
  status           VARCHAR,
  participant_type VARCHAR,
  profile_id       VARCHAR,
  channel          VARCHAR,  -- of the first address, or of a communication's author
  address          VARCHAR,
  configuration_id VARCHAR,
  body             JSON,     -- only where somebody asked for it
  file_id          INTEGER,
  line             BIGINT,   -- NULL where DuckDB read the file itself: a parallel read has no line numbers

  -- What the model is built from and rule authors meet in its tables.
  name                VARCHAR,
  -- All addresses, where there is more than the one that `channel`, `address` and `channel_id` tell: lists cost the load a tenth.
  -- Lists keep the field names that payloads have: renaming them would cost more, and few are ever looked at.
  several_addresses   STRUCT(channel VARCHAR, address VARCHAR, channelId VARCHAR)[],
  -- Observations can be made of several conversations; where there is one, `conversation_id` tells it.
  several_conversations VARCHAR[],
  shows_profile       BOOLEAN,  -- the entry has a profileId key, even a null one; NULL: not looked yet
  channel_id          VARCHAR,  -- call, message or classic conversation SID; of a participant, that of the first address
  text_hash           UBIGINT,  -- of a communication's text: enough to see repeats, and small
  recipients          STRUCT(channel VARCHAR, address VARCHAR, participantId VARCHAR, deliveryStatus VARCHAR)[],
  correlates_itself   BOOLEAN,  -- its correlation id is its request id
  store_id            VARCHAR,
  resource_created_at TIMESTAMPTZ  -- the resource's own createdAt, or occurredAt of a communication
);

-- Entries that could not be loaded, with where they stand and why.
CREATE TABLE rejects (
  file_id INTEGER,
  line    BIGINT,
  reason  VARCHAR,
  text    VARCHAR  -- the first 500 characters
);
