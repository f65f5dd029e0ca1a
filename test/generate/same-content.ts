import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * True where two files of that name say the same. Text must be equal to the byte; of gzip and Parquet the content is compared, because
 * their bytes also depend on the version and the machine of the library that wrote them.
 */
export async function isSameContent(name: string, left: Uint8Array, right: Uint8Array): Promise<boolean> {
  if (name.endsWith('.gz')) return gunzipSync(left).equals(gunzipSync(right));
  if (name.endsWith('.parquet')) return isDeepStrictEqual(await parquetRows(left), await parquetRows(right));
  return Buffer.from(left).equals(Buffer.from(right));
}

export async function parquetRows(bytes: Uint8Array): Promise<readonly unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await writeFile(join(folder, 'rows.parquet'), bytes);
    const reader = await connection.runAndReadAll(`FROM read_parquet('${folder}/rows.parquet')`);
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
  }
}
