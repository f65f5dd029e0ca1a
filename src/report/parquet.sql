-- One row a finding, under the names and in the order of the JSON contract.
CREATE TABLE findings AS
FROM read_json(
  $rows,
  format = 'newline_delimited',
  maximum_object_size = $longest,
  columns = {
    ruleId: 'VARCHAR',
    title: 'VARCHAR',
    severity: 'VARCHAR',
    certainty: 'VARCHAR',
    cause: 'VARCHAR',
    accountId: 'VARCHAR',
    subject: 'STRUCT("type" VARCHAR, id VARCHAR)',
    related: 'STRUCT("type" VARCHAR, id VARCHAR)[]',
    message: 'VARCHAR',
    fix: 'VARCHAR',
    reference: 'VARCHAR',
    requestIds: 'VARCHAR[]',
    correlationIds: 'VARCHAR[]',
    firstSeen: 'TIMESTAMPTZ',
    lastSeen: 'TIMESTAMPTZ',
    ongoing: 'BOOLEAN',
    evidence: 'STRUCT(logId VARCHAR, eventTime TIMESTAMPTZ, eventType VARCHAR, "level" VARCHAR, errorCode INTEGER, errorReason VARCHAR, status VARCHAR, requestId VARCHAR, file VARCHAR, line INTEGER)[]',
    data: 'VARCHAR',
    causedBy: 'VARCHAR[]',
    fingerprint: 'VARCHAR'
  }
)
