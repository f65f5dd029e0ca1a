/**
 * What the audit is measured against: DuckDB alone reads the file into one typed table, with nothing before or after it.
 * `node test/bench/bare-load.mjs FILE` (or a glob) prints the number of rows.
 */
import { DuckDBInstance } from '@duckdb/node-api';

const columns = `{
  logId: 'VARCHAR', eventTime: 'TIMESTAMPTZ', source: 'VARCHAR', eventType: 'VARCHAR', level: 'VARCHAR',
  errorCode: 'INTEGER', errorReason: 'VARCHAR', requestId: 'VARCHAR', correlationId: 'VARCHAR',
  body: 'STRUCT(
    id VARCHAR, accountId VARCHAR, conversationId VARCHAR, configurationId VARCHAR, status VARCHAR, "name" VARCHAR, "type" VARCHAR,
    profileId VARCHAR, addresses STRUCT(channel VARCHAR, address VARCHAR, channelId VARCHAR)[],
    author STRUCT(address VARCHAR, channel VARCHAR, participantId VARCHAR), content STRUCT("type" VARCHAR, "text" VARCHAR),
    recipients STRUCT(address VARCHAR, channel VARCHAR, participantId VARCHAR, deliveryStatus VARCHAR)[],
    channelId VARCHAR, resourceId VARCHAR, resourceSid VARCHAR, errorCode INTEGER,
    createdAt TIMESTAMPTZ, updatedAt TIMESTAMPTZ, occurredAt TIMESTAMPTZ)'
}`;

const file = process.argv[2] ?? '';
const instance = await DuckDBInstance.create(':memory:', { threads: '2', preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
await connection.run(`
  CREATE TABLE events AS
  SELECT * FROM read_ndjson(['${file.replaceAll("'", "''")}'], columns = ${columns}, auto_detect = false, ignore_errors = true)`);
const [[rows]] = (await connection.runAndReadAll('SELECT count(*)::INTEGER FROM events')).getRows();
console.log(rows);
connection.closeSync();
instance.closeSync();
