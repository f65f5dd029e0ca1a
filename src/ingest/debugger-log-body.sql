STRUCT(
  id VARCHAR, accountId VARCHAR, accountSid VARCHAR, conversationId VARCHAR, participantId VARCHAR, communicationId VARCHAR,
  type VARCHAR, participantType VARCHAR, status VARCHAR, name VARCHAR, profileId VARCHAR, configurationId VARCHAR,
  storeId VARCHAR, memoryStoreId VARCHAR, channelId VARCHAR, resourceId VARCHAR, resourceSid VARCHAR,
  errorCode VARCHAR, errorReason VARCHAR, createdAt VARCHAR, occurredAt VARCHAR,
  account_id VARCHAR, account_sid VARCHAR, conversation_id VARCHAR, participant_id VARCHAR, communication_id VARCHAR,
  participant_type VARCHAR, profile_id VARCHAR, configuration_id VARCHAR, store_id VARCHAR, memory_store_id VARCHAR,
  channel_id VARCHAR, resource_id VARCHAR, resource_sid VARCHAR, error_code VARCHAR, error_reason VARCHAR,
  created_at VARCHAR, occurred_at VARCHAR,
  addresses STRUCT(channel VARCHAR, address VARCHAR, channelId VARCHAR)[],
  author STRUCT(channel VARCHAR, address VARCHAR, participantId VARCHAR),
  content STRUCT("text" VARCHAR),
  recipients STRUCT(channel VARCHAR, address VARCHAR, participantId VARCHAR, deliveryStatus VARCHAR)[])
