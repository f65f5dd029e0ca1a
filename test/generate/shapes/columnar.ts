/** Binary tables of the envelope: Parquet through DuckDB, Arrow as file and as stream. `body` is JSON text in all of them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Int32, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import type { Entry } from '../world.ts';
import { ndjson } from './json.ts';

export async function parquet(entries: readonly Entry[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await writeFile(join(folder, 'entries.ndjson'), ndjson(entries));
    await connection.run(`
      COPY (
        SELECT logId, eventTime, source, eventType, level, errorCode, errorReason, requestId, correlationId, body::VARCHAR AS body
        FROM read_ndjson('${folder}/entries.ndjson', columns = {
          logId: 'VARCHAR', eventTime: 'VARCHAR', source: 'VARCHAR', eventType: 'VARCHAR', level: 'VARCHAR',
          errorCode: 'INTEGER', errorReason: 'VARCHAR', requestId: 'VARCHAR', correlationId: 'VARCHAR', body: 'JSON'
        })
      ) TO '${folder}/entries.parquet' (FORMAT parquet, COMPRESSION zstd)`);
    return await readFile(join(folder, 'entries.parquet'));
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}

export function arrow(entries: readonly Entry[], framing: 'file' | 'stream'): Uint8Array {
  const text = (of: (entry: Entry) => string | null) => vectorFromArray(entries.map(of), new Utf8());
  const columns = new Table({
    logId: text((entry) => entry.logId),
    eventTime: text((entry) => entry.eventTime),
    source: text((entry) => entry.source),
    eventType: text((entry) => entry.eventType),
    level: text((entry) => entry.level),
    errorCode: vectorFromArray(
      entries.map((entry) => entry.errorCode),
      new Int32(),
    ),
    errorReason: text((entry) => entry.errorReason),
    requestId: text((entry) => entry.requestId),
    correlationId: text((entry) => entry.correlationId),
    body: text((entry) => JSON.stringify(entry.body)),
  });
  return tableToIPC(columns, framing);
}
