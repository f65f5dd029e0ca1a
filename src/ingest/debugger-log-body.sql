STRUCT(
  id VARCHAR, accountId VARCHAR, accountSid VARCHAR, conversationId VARCHAR, participantId VARCHAR, communicationId VARCHAR,
  type VARCHAR, participantType VARCHAR, status VARCHAR, name VARCHAR, profileId VARCHAR, configurationId VARCHAR,
  storeId VARCHAR, memoryStoreId VARCHAR, channelId VARCHAR, resourceId VARCHAR, resourceSid VARCHAR,
  errorCode VARCHAR, errorReason VARCHAR, createdAt VARCHAR, occurredAt VARCHAR,
  account_id VARCHAR, conversation_id VARCHAR, participant_id VARCHAR, profile_id VARCHAR, store_id VARCHAR,
  error_code VARCHAR, error_reason VARCHAR, created_at VARCHAR, conversationIds VARCHAR[], conversation_ids VARCHAR[],
  {{said}}
  addresses STRUCT(channel VARCHAR, address VARCHAR, channelId VARCHAR)[],
  author STRUCT(channel VARCHAR, address VARCHAR, participantId VARCHAR))
